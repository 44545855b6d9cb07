"""What can go wrong between the command line and a running instance."""

from __future__ import annotations


class Unreachable(Exception):
    """No instance answers."""


class Declined(Exception):
    """The instance said no."""
