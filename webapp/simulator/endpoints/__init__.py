"""The simulator over HTTP: PingOne's endpoints, and pages for the visitor."""
