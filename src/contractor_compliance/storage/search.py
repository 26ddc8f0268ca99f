"""The texts that values are searched and sorted by, so that every store finds and orders alike."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from contractor_compliance.domain import Assignment, AssignmentStatus, Contractor, Policy, State
from contractor_compliance.domain.names import normal_name

__all__ = [
    "active_days",
    "email_key",
    "insurers_of",
    "name_of",
    "search_words",
    "sort_key",
    "words_of",
    "work_states_of",
]


#: Indexed texts are cut to this many characters, because an entry of a database's index is limited.
_MAX_LENGTH = 200


def sort_key(name: str) -> str:
    """Return the sort key of a name: its first 200 characters, case folded."""
    return name.casefold()[:_MAX_LENGTH]


def name_of(value: Any) -> str:
    """Return a value's name for people: legal name, title or name, or its id if it has none of these."""
    for field in ("legal_name", "title", "name"):
        name: str | None = getattr(value, field, None)
        if name is not None:
            return name
    return str(value.id)


def search_words(text: str) -> tuple[str, ...]:
    """Return the searchable words of a text: letters and digits, in compatibility form and case folded."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return tuple(dict.fromkeys(word[:_MAX_LENGTH] for word in re.findall(r"[^\W_]+", folded)))


def words_of(contractor: Contractor) -> tuple[str, ...]:
    """Return the words by which a contractor is found."""
    texts = (contractor.legal_name, *contractor.aliases, *contractor.trade_names, contractor.id, contractor.email or "")
    return search_words(" ".join(texts))


def insurers_of(policy: Policy) -> tuple[frozenset[str], frozenset[str]]:
    """Return the NAIC numbers and the normalized names of the insurers that any source states of a policy."""
    naics = (statement.carrier_naic for statement in policy.identifications)
    names = (statement.carrier_name for statement in policy.identifications)
    return (
        frozenset(naic for naic in naics if naic is not None),
        frozenset(normal_name(name) for name in names if name is not None),
    )


def email_key(email: str) -> str:
    """Return the comparison key of an e-mail address: its first 200 characters, case folded."""
    return email.casefold()[:_MAX_LENGTH]


def work_states_of(assignment: Assignment, contractor: Contractor) -> frozenset[State]:
    """Return the states of work of an assignment: those that it has, else the home state for remote work."""
    home = contractor.home_state
    if assignment.work_states or not assignment.remote or home is None:
        return assignment.work_states
    return frozenset({home})


def active_days(assignment: Assignment) -> tuple[date, date] | None:
    """Return the first and the last day on which an assignment is active; None if there is none.

    The last day of an assignment without end is `date.max`.
    """
    if assignment.status_on(assignment.start) is not AssignmentStatus.ACTIVE:
        return None
    return assignment.start, assignment.end or date.max
