"""Single values as the text in which stores keep them: compact JSON with clear tax ids, the same for equal values."""

from __future__ import annotations

import contextlib
import json
from typing import Any, TypeVar, cast

from contractor_compliance.errors import DocumentError, Fault, InvalidValueError
from contractor_compliance.serialization.converter import shared_converter
from contractor_compliance.serialization.faults import READ_ERRORS, RefusedError, document_error, faults_in
from contractor_compliance.serialization.quick import NotQuickError, quick_reader

__all__ = ["RECORD_VERSION", "read_record", "write_record"]

T = TypeVar("T")

#: Version of the text. A store keeps it beside each text, so that a later release can read what this one wrote.
RECORD_VERSION = 1

#: What reading raises of trees that are not as they should be.
_WRONG = (AttributeError, InvalidValueError, KeyError, RefusedError, TypeError)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def write_record(value: Any) -> str:
    """Return a value as text for a store. It holds tax ids in clear: keep it out of logs and messages.

    Raises:
        DocumentError: For a value that no document can hold, such as a number of thousands of digits.

    Example:
        >>> from contractor_compliance.domain import Subject
        >>> write_record(Subject(issuer="https://login.example", subject="user-17"))
        '{"issuer":"https://login.example","subject":"user-17"}'
    """
    try:
        return _ENCODER.encode(shared_converter("clear").unstructure(value))
    except (RecursionError, ValueError):
        problem = Fault("$", "not shown", "is nested too deeply, or holds a number of too many digits, to be written")
    raise DocumentError(type(value).__name__, (problem,))


def read_record(text: str, cls: type[T], version: int = RECORD_VERSION) -> T:
    """Return the value that `write_record` wrote.

    Raises:
        DocumentError: With every fault (the first hundred); if the text is damaged, or of a later version.

    Example:
        >>> from contractor_compliance.domain import Subject
        >>> read_record('{"issuer":"https://login.example","subject":"user-17"}', Subject).subject
        'user-17'
    """
    if version != RECORD_VERSION:
        problem = f"is of a version that this release does not know; it knows {RECORD_VERSION}"
        raise DocumentError(cls.__name__, (Fault("$", f"version {version}", problem),))
    try:
        tree = json.loads(text)
        read = quick_reader(cast("Any", cls))
        if read is not None:
            # Whatever is wrong, the converter says below what it is; should it find nothing, then nothing was.
            with contextlib.suppress(NotQuickError, *_WRONG):
                return cast("T", read(tree))
        return shared_converter("clear").structure(tree, cls)
    except READ_ERRORS as error:
        refusal = document_error(cls.__name__, faults_in(error))
    except (TypeError, ValueError):
        refusal = DocumentError(cls.__name__, (Fault("$", "not shown", "is not JSON"),))
    # Raised here and not above: no traceback then carries the text, which may hold a tax id.
    raise refusal
