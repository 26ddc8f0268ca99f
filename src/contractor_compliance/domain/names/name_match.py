"""The three answers of a comparison of names."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

__all__ = ["NameMatch", "best_match"]


class NameMatch(Enum):
    """How a printed name compares with the one required.

    Example:
        >>> from contractor_compliance.domain import match_party
        >>> match_party("Sample Millls Corp", ("Sample Mills Corp",))
        <NameMatch.REVIEW: 'review'>
    """

    MATCH = "match"
    REVIEW = "review"
    MISMATCH = "mismatch"


def best_match(matches: Iterable[NameMatch]) -> NameMatch:
    """Return the strongest of several answers, MISMATCH if there is none."""
    best = NameMatch.MISMATCH
    for match in matches:
        if match is NameMatch.MATCH:
            return match
        if match is NameMatch.REVIEW:
            best = match
    return best
