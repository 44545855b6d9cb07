"""Makes and measures the knowledge files; never imported by the service."""
