"""What the enrich service reads from disk."""
