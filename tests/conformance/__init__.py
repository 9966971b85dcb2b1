"""The OpenID Foundation's conformance modules for relying parties, by name."""
