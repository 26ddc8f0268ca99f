"""Single values as the text in which stores keep them: compact JSON with clear tax ids, the same for equal values."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any, TypeVar, cast

from cattrs import Converter

from contractor_compliance.domain import Evidence
from contractor_compliance.errors import DocumentError, Fault
from contractor_compliance.serialization.converter import make_converter
from contractor_compliance.serialization.faults import READ_ERRORS, document_error, faults_in

__all__ = ["RECORD_VERSION", "read_record", "write_record"]

T = TypeVar("T")

#: Version of the text. A store keeps it beside each text, so that a later release can read what this one wrote.
RECORD_VERSION = 1

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def write_record(value: Any) -> str:
    """Return a value as text for a store. It holds tax ids in clear: keep it out of logs and messages.

    Raises:
        DocumentError: For a value that no document can hold, such as a number of thousands of digits.
    """
    try:
        return _ENCODER.encode(_hooks(value.__class__)[0](value))
    except (RecursionError, ValueError):
        problem = Fault("$", "not shown", "is nested too deeply, or holds a number of too many digits, to be written")
    raise DocumentError(type(value).__name__, (problem,))


def read_record(text: str, cls: type[T], version: int = RECORD_VERSION) -> T:
    """Return the value that `write_record` wrote.

    Raises:
        DocumentError: With every fault (the first hundred); if the text is damaged, or of a later version.
    """
    if version != RECORD_VERSION:
        problem = f"is of a version that this release does not know; it knows {RECORD_VERSION}"
        raise DocumentError(cls.__name__, (Fault("$", f"version {version}", problem),))
    try:
        return cast("T", _hooks(cast("Any", cls))[1](json.loads(text), cls))
    except READ_ERRORS as error:
        found = document_error(cls.__name__, faults_in(error))
    except (TypeError, ValueError):
        found = DocumentError(cls.__name__, (Fault("$", "not shown", "is not JSON"),))
    # Raised here and not above: no traceback then carries the text, which may hold a tax id.
    raise found


@functools.cache
def _hooks(cls: Any) -> tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]:
    converter = _record_converter()
    return converter.get_unstructure_hook(cls), converter.get_structure_hook(cls)


@functools.cache
def _record_converter() -> Converter:
    """Return a converter that reads equal evidence once: in a store, thousands of statements have the same."""
    converter = make_converter(tax_ids="clear")
    read = converter.get_structure_hook(Evidence)
    read_once = functools.lru_cache(maxsize=4096)(lambda items: read(dict(items), Evidence))

    def read_evidence(tree: Any, _: Any) -> Any:
        try:
            return read_once(tuple(tree.items()))
        except (AttributeError, TypeError):
            return read(tree, Evidence)  # no object, or one with something in it that is no text: told what is wrong

    converter.register_structure_hook(Evidence, read_evidence)
    return converter
