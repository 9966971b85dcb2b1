"""The orders API: a resource server of its own, beside the application or in another process."""
