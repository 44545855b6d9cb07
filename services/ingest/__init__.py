"""Ingest: bytes from anywhere in, normalised story revisions out."""
