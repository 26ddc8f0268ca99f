"""What a reader answers, and what all readers do with a cell before they read it."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable
from typing import Any, Final, Generic, TypeVar

import attrs

from contractor_compliance.domain.value import LONGEST_TEXT, Missing
from contractor_compliance.errors import Fault

__all__ = [
    "BLANK_WORDS",
    "PENDING_WORDS",
    "Reading",
    "absent",
    "nearest",
    "plain_text",
    "read_as",
    "unreadable",
    "words",
]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

#: Words that people write into a cell that has no value. Read without case; the first column of the table of blanks
#: that Excel, pandas and databases write (`#N/A`, `NaN`, `NULL`), and those that people type.
BLANK_WORDS: Final = frozenset(
    {
        "",
        "#n/a",
        "-",
        "--",
        "---",
        "\u2013",
        "\u2014",
        "<na>",
        "n/a",
        "n\\a",
        "na",
        "nan",
        "nat",
        "nil",
        "none",
        "null",
        "n.a.",
        "n.a",
    }
)
#: Words for a value that is to come, or that stands elsewhere. They are no value, and no blank either.
PENDING_WORDS: Final = frozenset(
    {
        "?", "??", "???", "as attached", "attached", "in process", "in progress", "on file", "pending", "per attached",
        "requested", "see attached", "see below", "see cert", "see certificate", "see coi", "see notes", "t.b.a.",
        "t.b.d.", "tba", "tbd", "to be advised", "to be announced", "to be determined", "to follow", "unk", "unknown",
        "various", "waiting", "will send",
    }
)  # fmt: skip
#: What Excel shows in the place of the result of a formula.
_ERROR: Final = re.compile(r"#(?:REF|VALUE|NAME|DIV/0|NUM|NULL|SPILL|CALC|GETTING_DATA)[!?]?|#+", re.IGNORECASE)
#: What a wrong encoding leaves behind: a replacement, control characters, halves of a character.
_DAMAGED: Final = re.compile("[\x00-\x1f\ud800-\udfff\ufffd]")
#: Spaces of other scripts and widths become spaces, and what has no width goes.
_SPACE: Final = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
#: Spreadsheets write ="00123" so that a text of digits stays one.
_PROTECTED: Final = re.compile(r'="([^"]*)"')
_LONGEST_WORD: Final = 40
_LONGEST_SHOWN: Final = 60


@attrs.frozen
class Reading(Generic[T_co]):
    """What a reader made of one cell: a value, or the reason why there is none.

    Attributes:
        value: The value; absent where the cell is blank, unreadable where it has faults.
        faults: Why no value came out, and how to correct it.
        warnings: What deserves a look although the cell was read.

    Example:
        >>> from contractor_compliance.intake import read_money
        >>> read_money("$1M").value, read_money("n/a").value.value, read_money("1M or so").value.value
        (100000000, 'absent', 'unreadable')
    """

    value: T_co | Missing
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()

    @property
    def is_stated(self) -> bool:
        """Whether a value came out."""
        return not isinstance(self.value, Missing)


def read_as(value: T, cell: object, *problems: str) -> Reading[T]:
    """Return the reading of a cell that has a value, with the warnings that go with it."""
    return Reading(value, (), tuple(Fault("$", shown(cell), problem) for problem in problems))


def absent(cell: object = "", *problems: str) -> Reading[Any]:
    """Return the reading of a blank cell, or of one that stands for a blank."""
    return Reading(Missing.ABSENT, (), tuple(Fault("$", shown(cell), problem) for problem in problems))


def unreadable(cell: object, problem: str) -> Reading[Any]:
    """Return the reading of a cell that has no value because something is wrong with it."""
    return Reading(Missing.UNREADABLE, (Fault("$", shown(cell), problem),))


def shown(cell: object) -> str:
    """Return a cell as messages show it."""
    try:
        text = repr(cell)
    except ValueError:  # an integer too long to be written out
        return "a number of thousands of digits"
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def plain_text(cell: object) -> str | Reading[Any]:
    """Return the text of a cell, trimmed, with single spaces; or the reading that every reader gives of it.

    A blank word is absent; a word for a value to come, an error of a formula, and damaged characters are unreadable.
    A whole number is its digits.
    """
    if cell is None or (isinstance(cell, float) and math.isnan(cell)) or type(cell).__name__ in {"NAType", "NaTType"}:
        return absent(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) < 10**20:
        cell = str(cell)
    if not isinstance(cell, str):
        return unreadable(cell, f"is {_kind(cell)}, and a text is expected here; check which column is read as what")
    if len(cell) > LONGEST_TEXT:
        return unreadable(cell, f"has {len(cell):,} characters; at most {LONGEST_TEXT:,} are read")
    return _of_text(cell)


def _of_text(cell: str) -> str | Reading[Any]:
    text = _SPACE.sub(" ", _INVISIBLE.sub("", cell)).strip()
    if match := _PROTECTED.fullmatch(text):
        text = match[1].strip()
    elif text.startswith("'") and not text.endswith("'"):
        text = text[1:].strip()  # the mark of a text cell
    folded = text.casefold()
    if folded in BLANK_WORDS:
        return absent(cell)
    if folded.rstrip(".") in PENDING_WORDS or folded in PENDING_WORDS:
        return unreadable(
            cell, "says that the value is to come or stands elsewhere; write the value, or leave it blank"
        )
    if _ERROR.fullmatch(text):
        return unreadable(
            cell, "is an error of a formula, or a column too narrow when it was exported; export it again"
        )
    if _DAMAGED.search(text):
        return unreadable(cell, "holds damaged characters; save the file anew as UTF-8")
    return text


def words(text: str) -> str:
    """Return a text as the tables of words hold it: lower case, no punctuation, `&` as "and", single spaces."""
    text = text.casefold().replace("\u2019", "'").replace("&", " and ")
    return " ".join(re.sub(r"[^\w']+", " ", text.replace(".", "").replace("'", "")).replace("_", " ").split())


def nearest(text: str, vocabulary: Iterable[str]) -> str:
    """Return the end of a sentence that names the words nearest to an unknown one, or nothing.

    Long texts are compared with nothing: that takes time, and they are no slip of the pen.
    """
    if len(text) > _LONGEST_WORD:
        return ""
    close = difflib.get_close_matches(text, sorted(vocabulary), n=3, cutoff=0.75)
    return f" (nearest: {', '.join(close)})" if close else ""


def _kind(cell: object) -> str:
    return {
        "bool": "a yes or no",
        "datetime": "a day and a time",
        "date": "a day",
        "float": "a number with a fraction",
    }.get(type(cell).__name__, f"a value of the class {type(cell).__name__}")
