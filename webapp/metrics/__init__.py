"""Numbers for Prometheus, on a port of their own. Nothing in here is loaded unless METRICS_PORT is set."""
