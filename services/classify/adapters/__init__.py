"""Reads the knowledge files that the judgement stands on."""
