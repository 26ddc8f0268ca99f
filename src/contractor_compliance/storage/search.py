"""What values are searched and sorted by: made here, once, so that every store finds and orders alike."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from contractor_compliance.domain import Assignment, AssignmentStatus, Contractor, State

__all__ = [
    "active_days",
    "email_key",
    "name_of",
    "search_words",
    "sort_key",
    "words_of",
    "work_states_of",
]


#: What is indexed is cut to this many characters: an entry of a database's index holds no more.
_LONGEST = 200


def sort_key(name: str) -> str:
    """Return a name as lists are ordered by it: its first 200 characters, without regard to case."""
    return name.casefold()[:_LONGEST]


def name_of(value: Any) -> str:
    """Return a value's name for people: legal name, title or name; the id of what has none."""
    for field in ("legal_name", "title", "name"):
        name: str | None = getattr(value, field, None)
        if name is not None:
            return name
    return str(value.id)


def search_words(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are searched: letters and digits, compatibility forms and case folded."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return tuple(dict.fromkeys(word[:_LONGEST] for word in re.findall(r"[^\W_]+", folded)))


def words_of(contractor: Contractor) -> tuple[str, ...]:
    """Return the words that a contractor is found by."""
    texts = (contractor.legal_name, *contractor.aliases, *contractor.trade_names, contractor.id, contractor.email or "")
    return search_words(" ".join(texts))


def email_key(email: str) -> str:
    """Return an e-mail address as it is compared: its first 200 characters, without regard to case."""
    return email.casefold()[:_LONGEST]


def work_states_of(assignment: Assignment, contractor: Contractor) -> frozenset[State]:
    """Return the states in which an assignment is worked: those named, else the home state of remote work."""
    home = contractor.home_state
    if assignment.work_states or not assignment.remote or home is None:
        return assignment.work_states
    return frozenset({home})


def active_days(assignment: Assignment) -> tuple[date, date] | None:
    """Return the first and the last day on which an assignment is active; None if there is none.

    The last day of one without end is `date.max`.
    """
    if assignment.status_on(assignment.start) is not AssignmentStatus.ACTIVE:
        return None
    return assignment.start, assignment.end or date.max
