"""What can be wrong with a record: each class is one sentence, which is also its message."""

from __future__ import annotations


class ContractError(Exception):
    """A record does not keep to the contract."""

    def __init__(self, detail: str = "") -> None:
        summary = (self.__doc__ or "").strip()
        super().__init__(f"{summary} {detail}".strip())


class Undecodable(ContractError):
    """The bytes of the record are not a valid event."""


class UnknownType(ContractError):
    """No event of this type is known to this version of Tocsin."""


class MissingAttribute(ContractError):
    """A required CloudEvents attribute is missing from the record's headers."""
