"""The register of document formats: which kinds there are, and which versions of each are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import attrs

from contractor_compliance.domain import Dossier, RuleBook
from contractor_compliance.errors import DocumentError, Fault
from contractor_compliance.intake.mapping import ColumnMapping
from contractor_compliance.results.report import ComplianceReport
from contractor_compliance.serialization.faults import document_error, shown

__all__ = ["FORMATS", "Format", "Upgrade", "format_of", "upgraded"]

#: Turns the plain values of a document into those of the next version. It is given documents that nobody has checked,
#: so it leaves alone what it does not recognize; the fault is reported afterwards.
Upgrade = Callable[[dict[str, Any]], dict[str, Any]]

_NAME = re.compile(r"contractor-compliance/([a-z]+)/([1-9][0-9]{0,5})", re.ASCII)


@attrs.frozen
class Format:
    """One kind of document.

    Attributes:
        kind: Its name within `contractor-compliance/<kind>/<version>`.
        value: The class that it is read into.
        upgrades: How documents of version 1, 2, ... become those of the next; there is one less than versions.

    Example:
        >>> from contractor_compliance.serialization import FORMATS
        >>> [format_.name for format_ in FORMATS[:2]]
        ['contractor-compliance/dossier/1', 'contractor-compliance/rulebook/1']
    """

    kind: str
    value: type
    upgrades: tuple[Upgrade, ...] = ()

    @property
    def version(self) -> int:
        """The version that is written."""
        return len(self.upgrades) + 1

    @property
    def name(self) -> str:
        """What stands under `format` in a document of the version that is written."""
        return self.named(self.version)

    def named(self, version: int) -> str:
        """Return what stands under `format` in a document of some version."""
        return f"contractor-compliance/{self.kind}/{version}"


#: Every kind of document. A new version appends an upgrade here, and schema and golden files beside the old ones.
FORMATS = (
    Format("dossier", Dossier),
    Format("rulebook", RuleBook),
    Format("report", ComplianceReport),
    Format("mapping", ColumnMapping),
)


def format_of(value: type) -> Format:
    """Return the format that a class is written in.

    Raises:
        DocumentError: If there are no documents of that class.
    """
    for format_ in FORMATS:
        if format_.value is value:
            return format_
    documents = ", ".join(format_.value.__name__ for format_ in FORMATS)
    name = getattr(value, "__name__", repr(value))
    raise DocumentError("document", (Fault("$", name, f"has no document format; these have: {documents}"),))


def upgraded(tree: Any, expected: Format) -> dict[str, Any]:
    """Return the body of a document, without its `format` key, in the version that is written.

    Raises:
        DocumentError: If it is no object, or of another kind, or of a version that this release does not know.
    """
    subject = f"{expected.kind} document"
    if not isinstance(tree, dict):
        raise document_error(subject, [Fault("$", shown(tree), f'must be an object with "format": "{expected.name}"')])
    body = dict(tree)
    if "format" not in body:
        missing = f'is missing; write "{expected.name}" if that is what this is'
        raise document_error(subject, [Fault("$.format", "nothing", missing)])
    given = body.pop("format")
    problem = _mismatch(given, expected)
    if problem:
        raise document_error(subject, [Fault("$.format", shown(given), problem)])
    for upgrade in expected.upgrades[_version(given) - 1 :]:
        body = upgrade(body)
    return body


def _version(name: str) -> int:
    return int(name.rpartition("/")[2])


def _mismatch(given: object, expected: Format) -> str | None:
    readable = ", ".join(expected.named(version) for version in range(1, expected.version + 1))
    match = _NAME.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        return f"is no document format; this release reads {readable}"
    kind, version = match[1], int(match[2])
    if kind == expected.kind:
        later = (
            f"is of a later version; this release reads {readable}: upgrade the library, or ask for an earlier version"
        )
        return later if version > expected.version else None
    for format_ in FORMATS:
        if format_.kind == kind:
            return f"is another kind of document; read it as {format_.value.__name__}, or give a {expected.kind}"
    kinds = ", ".join(format_.kind for format_ in FORMATS)
    return f"is of a kind that this release does not know; it knows {kinds}"
