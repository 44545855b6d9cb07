"""Where stories come in."""
