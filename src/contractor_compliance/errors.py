"""The exceptions of the library, in one tree.

Exceptions are for broken calls and broken stores. A contractor without coverage is no exception: it is a `Finding`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from contractor_compliance.results.outcome import Verdict

__all__ = [
    "AccessDeniedError",
    "CommitUnknownError",
    "ConflictError",
    "ContractorComplianceError",
    "CursorError",
    "DeskError",
    "DocumentError",
    "Fault",
    "FutureInstantError",
    "GateError",
    "InvalidValueError",
    "KeyReusedError",
    "MissingExtraError",
    "NotAllowedError",
    "NotOnFileError",
    "SchemaError",
    "StorageError",
    "StoreBusyError",
    "StoreClosedError",
    "StoreFailedError",
    "StoreURLError",
    "UnavailableError",
    "UnknownCompanyError",
    "UnreadableError",
]


@attrs.frozen
class Fault:
    """One thing that is wrong with an input: where it stands, what stood there, and how to correct it.

    Attributes:
        path: Where it stands, from the root of the input: `$.policies[2].limits[0].each_occurrence`.
        value: What stood there, as text; `***` for a tax id.
        problem: What is wrong with it and how to correct it.

    Example:
        >>> fault = Fault("$.number", "''", "must not be blank")
        >>> str(fault.below("$.policies[2]"))
        "$.policies[2].number = '': must not be blank"
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
    """A document that cannot be read: it is not JSON, of another kind or version, or has faults at the paths listed."""


class MissingExtraError(ContractorComplianceError, ImportError):
    """A part of the library needs a package that is not installed; the message names the extra to install."""

    def __init__(self, purpose: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{purpose} needs an optional dependency: pip install 'contractor-compliance[{extra}]'")


class StorageError(ContractorComplianceError):
    """Base of the exceptions of storage. Nothing was written, unless the class says otherwise."""


class StoreURLError(StorageError, ValueError):
    """A store cannot be opened from this URL: its scheme, or a part of it, names no store."""


class StoreClosedError(StorageError):
    """The store, or this handle of it, was closed and must be opened again."""

    def __init__(self) -> None:
        super().__init__("This store, or this handle of it, was closed; open the store again and take a new handle.")


class SchemaError(StorageError):
    """The tables are missing, too old or too new for this release; the message says how to migrate them.

    Attributes:
        actual: The version of the tables in the database; None = there are no tables of ours.
        expected: The version that this release works with.
    """

    def __init__(self, message: str, *, actual: int | None, expected: int) -> None:
        self.actual = actual
        self.expected = expected
        super().__init__(message)


class ConflictError(StorageError):
    """A record that the commit was based on has changed since it was read: read again, decide again, commit again.

    Attributes:
        conflicts: A sentence for each aggregate whose version is not the expected one.
    """

    def __init__(self, conflicts: Sequence[str]) -> None:
        self.conflicts = tuple(conflicts)
        lines = "".join(f"\n  {conflict}" for conflict in self.conflicts)
        super().__init__(f"Not saved, because of changes by others; read again and decide again:{lines}")


class KeyReusedError(StorageError):
    """The idempotency key belongs to another request; a new request needs a new key."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(
            f"The idempotency key {key!r} belongs to an earlier request with other content; take a new key."
        )


class UnknownCompanyError(StorageError, LookupError):
    """The company is not in this store; its first commit must hold the `Company` itself."""

    def __init__(self, company_id: str) -> None:
        self.company_id = company_id
        super().__init__(f"There is no company {company_id!r} in this store; its first commit must hold the Company.")


class CursorError(StorageError, ValueError):
    """The cursor does not belong to this query: ask for the first page again, without a cursor."""

    def __init__(self) -> None:
        super().__init__("The cursor does not belong to this query; ask for the first page again, without a cursor.")


class FutureInstantError(StorageError, ValueError):
    """What is known at an instant in the future was asked for."""

    def __init__(self, known_at: datetime, latest: datetime) -> None:
        super().__init__(
            f"known_at {known_at} lies in the future; the latest instant that can be asked for is {latest}."
        )


class UnreadableError(StorageError):
    """A record is in the store but cannot be read; it was left as it is.

    Attributes:
        unreadable: A sentence for each record: which one, and what is wrong with it.
    """

    def __init__(self, unreadable: Sequence[str]) -> None:
        self.unreadable = tuple(unreadable)
        lines = "".join(f"\n  {sentence}" for sentence in self.unreadable)
        super().__init__(f"Records that cannot be read; they were left as they are:{lines}")


class UnavailableError(StorageError):
    """The database cannot be reached, or ended the call: nothing was written. The same call may succeed later."""


class StoreBusyError(UnavailableError):
    """Another transaction holds the lock, or the database asks for a retry: run the transaction again as a whole."""


class CommitUnknownError(StorageError):
    """The connection was lost during a commit, which may or may not have been saved.

    Commit again with the same idempotency key: it then has one effect, whichever it was.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(
            f"The connection was lost during the commit with the key {key!r}, which may or may not have been saved; "
            "commit again with the same key."
        )


class StoreFailedError(StorageError):
    """The database refused a statement: its disk is full, a privilege is missing, or the library has a fault."""


class DeskError(ContractorComplianceError):
    """Base of the exceptions of a desk: it refused the request, and nothing was written."""


class AccessDeniedError(DeskError, PermissionError):
    """The caller may not do this: the caller is no active member of the company, or has no role that allows it."""


class NotOnFileError(DeskError, LookupError):
    """The record named is not on file in this company; whether another company has it is not disclosed."""


class NotAllowedError(DeskError, ValueError):
    """The present state of the records does not allow it; the message says what would."""


class GateError(NotAllowedError):
    """The company's gate refuses an assignment whose check does not pass.

    Attributes:
        verdict: Code of the assignment's verdict.
    """

    def __init__(self, assignment_id: str, verdict: Verdict) -> None:
        self.verdict = verdict.value
        super().__init__(
            f"Assignment {assignment_id!r} is {verdict.label}, and this company's gate refuses that: get the coverage "
            "that is missing, or let a member who may override give a reason."
        )
