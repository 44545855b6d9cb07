"""The decisions of the alert service."""
