"""The one tree of exceptions.

Exceptions are for broken calls and broken stores. A contractor without cover is no exception: it is a `Finding`.
"""

from __future__ import annotations

import attrs

__all__ = [
    "ContractorComplianceError",
    "DocumentError",
    "Fault",
    "InvalidValueError",
    "MissingExtraError",
]


@attrs.frozen
class Fault:
    """One thing that is wrong with an input.

    Attributes:
        path: Where it stands, from the root of what was given: `$.policies[2].limits[0].each_occurrence`.
        value: What stood there, as text; `***` for a tax id.
        problem: What is wrong with it and how to put it right.
    """

    path: str
    value: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path} = {self.value}: {self.problem}"

    def below(self, prefix: str) -> Fault:
        """Return the same fault seen from a container that holds the value at `prefix` (`$.policies[2]`)."""
        return attrs.evolve(self, path=prefix + self.path.removeprefix("$"))


class ContractorComplianceError(Exception):
    """Base of every exception that the library raises on purpose."""


class _FaultyInputError(ContractorComplianceError, ValueError):
    def __init__(self, subject: str, faults: tuple[Fault, ...]) -> None:
        self.subject = subject
        self.faults = faults
        super().__init__(subject, faults)

    def __str__(self) -> str:
        lines = "".join(f"\n  {fault}" for fault in self.faults)
        return f"{self.subject} is not valid:{lines}"


class InvalidValueError(_FaultyInputError):
    """A domain value that cannot be built; `faults` lists everything that is wrong with it, not just the first."""


class DocumentError(_FaultyInputError):
    """A document that cannot be read: not JSON, of another kind or version, or with faults at the paths listed."""


class MissingExtraError(ContractorComplianceError, ImportError):
    """A part of the library needs a package that is not installed; the message names the extra to install."""

    def __init__(self, purpose: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{purpose} needs an optional dependency: pip install 'contractor-compliance[{extra}]'")
