"""
Three errors, three reactions.

    RuntimeFault
    |- Transient   try again from the last commit, after a pause
    |  `- Fenced   give the partition up: another member has it
    |- Poison      set the record aside as a dead letter and go on
    `- Fatal       stop the process; health is red
"""

from __future__ import annotations


class RuntimeFault(Exception):
    """Something that the runtime reacts to by its class."""


class Transient(RuntimeFault):
    """The outside world failed in a way that may pass: the broker is away, the disk is full, the log is locked."""


class Fenced(Transient):
    """Another member of the group owns the partition now; what was uncommitted is theirs to redo."""


class Poison(RuntimeFault):
    """The record can never be processed, however often it is tried."""


class Fatal(RuntimeFault):
    """Going on would lose or corrupt something."""
