"""Sample stories for a first look, written for Tocsin; every name and event in them is invented or harmless."""
