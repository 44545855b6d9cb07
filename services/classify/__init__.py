"""Classify: is a story breaking, which event in the world does it tell of, and why."""
