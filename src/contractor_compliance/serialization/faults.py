"""What is wrong with a document, said with the path, the value and the fix; tax ids are never repeated."""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import attrs
from cattrs import BaseValidationError, ForbiddenExtraKeysError
from cattrs.errors import AttributeValidationNote, IterableValidationNote

from contractor_compliance.errors import DocumentError, Fault, InvalidValueError

__all__ = [
    "MOST_FAULTS",
    "READ_ERRORS",
    "RefusedError",
    "did_you_mean",
    "document_error",
    "faults_in",
    "name_of",
    "shown",
    "step",
]

#: A document may hold a million faults; this many are listed, which is more than anyone reads.
MOST_FAULTS = 100
_LONGEST_SHOWN = 80
_LONGEST_PROBLEM = 400
_LONGEST_KEY = 40
_LONGEST_INTEGER = 10**_LONGEST_SHOWN
#: Whatever looks like a tax id is hidden wherever it turns up: people mistake one field for another.
_TAX_ID = re.compile(r"(?<!\d)(?:\d{3}[- ]\d{2}[- ]\d{4}|\d{2}[- ]\d{7})(?!\d)|(?<=[\"'])\d{9}(?=[\"'])")
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class RefusedError(Exception):
    """A value that a hook of the converter refuses. It never leaves this package.

    Attributes:
        faults: What is wrong, seen from the value itself.
    """

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__(faults)

    @classmethod
    def value(cls, value: object, problem: str, *, path: str = "$") -> RefusedError:
        """Return the refusal of one value, which the message shows."""
        return cls(Fault(path, shown(value), problem))


#: All that the hooks raise about a document; anything else is a fault of ours.
READ_ERRORS = (BaseValidationError, InvalidValueError, RefusedError, RecursionError)


def document_error(subject: str, faults: Iterable[Fault]) -> DocumentError:
    """Return the exception for a document, with as many of its faults as anyone reads."""
    listed = list(islice(faults, MOST_FAULTS + 1))
    if len(listed) > MOST_FAULTS:
        listed[MOST_FAULTS:] = [Fault("$", "more faults", f"only the first {MOST_FAULTS} are listed; mend them first")]
    return DocumentError(subject, tuple(listed))


def faults_in(error: BaseException, path: str = "$") -> Iterator[Fault]:
    """Yield the faults that an error of the converter stands for, each with its full path.

    Raises:
        BaseException: The error itself, if it is none of `READ_ERRORS` or of what cattrs wraps in them.
    """
    match error:
        case RefusedError():
            yield from (fault.below(path) for fault in error.faults)
        case InvalidValueError():
            yield from (_safe(fault).below(path) for fault in error.faults)
        case BaseValidationError():
            for inner in error.exceptions:
                yield from faults_in(inner, path + _step_of(inner))
        case ForbiddenExtraKeysError():
            yield from _unknown_keys(error, path)
        case KeyError():
            yield Fault(path, "nothing", "is missing; it has no default")
        case RecursionError():
            yield Fault(path, "a nest of values", "is nested too deeply")
        case _:
            raise error


def shown(value: object) -> str:
    """Return a JSON value as an error message shows it: short, on one line, and without tax ids."""
    match value:
        case dict():
            return f"an object of {len(value)}"
        case list():
            return f"an array of {len(value)}"
        case str():
            text = json.dumps(value, ensure_ascii=False)
        case int() if abs(value) >= _LONGEST_INTEGER:  # Python does not even write the longest ones
            text = "an integer of very many digits"
        case None | bool() | int() | float():
            text = json.dumps(value)
        case _:
            text = name_of(value)
    return _short(_hidden(text), _LONGEST_SHOWN)


def name_of(value: object) -> str:
    """Return what kind of JSON value this is, for a sentence."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN or an infinity, which JSON does not have"
    for cls, name in _NAMES.items():
        if isinstance(value, cls):
            return name
    return type(value).__name__.strip("_")


def step(key: str | int) -> str:
    """Return one step of a path: `.limits`, `[2]`, or a quoted key that is no plain name."""
    if isinstance(key, int):
        return f"[{key}]"
    if _PLAIN_KEY.fullmatch(key) and len(key) <= _LONGEST_KEY:
        return f".{key}"
    return f"[{_hidden(json.dumps(_short(key, _LONGEST_KEY), ensure_ascii=False))}]"


def did_you_mean(given: str, options: Iterable[str]) -> str:
    """Return the nearest of the known words as the end of a sentence, or nothing."""
    # Comparing takes time that grows with the square of the length, and no typing error is that long.
    near = difflib.get_close_matches(given, list(options), n=1, cutoff=0.75) if len(given) <= _LONGEST_KEY else []
    return f"; did you mean {json.dumps(near[0])}?" if near else ""


_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "true or false",
    int: "an integer",
    float: "a number with a fraction",
    str: "text",
    list: "an array",
    dict: "an object",
}


def _hidden(text: str) -> str:
    # A lone surrogate, quoted in a message, would break the log that the message goes to.
    return _TAX_ID.sub("***", text.encode("utf-8", "backslashreplace").decode())


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 3] + "..."


def _safe(fault: Fault) -> Fault:
    # The values show themselves as they are, to whoever built them; a document may come from anywhere.
    value = _short(_hidden(fault.value), _LONGEST_SHOWN)
    return attrs.evolve(fault, value=value, problem=_short(_hidden(fault.problem), _LONGEST_PROBLEM))


def _step_of(error: BaseException) -> str:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return step(note.name)
        if isinstance(note, IterableValidationNote):
            return step(note.index)
    return ""  # the whole value: a constructor refused it, or it has keys that it should not have


def _unknown_keys(error: ForbiddenExtraKeysError, path: str) -> Iterator[Fault]:
    cls: Any = error.cl
    fields = [field.name for field in attrs.fields(cls)]
    for key in sorted(map(str, error.extra_fields)):
        hint = did_you_mean(key, fields) or "; leave it out"
        yield Fault(path + step(key), "not shown", f"{cls.__name__} has no such field{hint}")
