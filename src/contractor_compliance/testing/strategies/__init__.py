"""Hypothesis strategies for every domain value, valid by construction.

Days, names, amounts and ids come from small pools, so that records interact: references resolve, terms meet on the
same day, names nearly match, and amounts fall just below, at and just above what is asked for.

Raises:
    MissingExtraError: On import, if Hypothesis is not installed.
"""

from __future__ import annotations

import functools
from datetime import date, datetime
from typing import TypeVar

from contractor_compliance.errors import MissingExtraError

try:
    from hypothesis import strategies as st  # the one check, so that the modules below may import it plainly
except ImportError as error:
    raise MissingExtraError("contractor_compliance.testing.strategies", "testing") from error

from hypothesis.strategies import SearchStrategy

from contractor_compliance import domain
from contractor_compliance.testing.strategies.books import BOOK_MAKERS
from contractor_compliance.testing.strategies.facts import FACT_MAKERS, policies_of
from contractor_compliance.testing.strategies.pools import AROUND, SPREAD
from contractor_compliance.testing.strategies.records import RECORD_MAKERS
from contractor_compliance.testing.strategies.rules import RULE_MAKERS
from contractor_compliance.testing.strategies.sampler import Sampler
from contractor_compliance.testing.strategies.whole import WHOLE_MAKERS, cases_of

__all__ = [
    "AROUND",
    "SPREAD",
    "cases",
    "days",
    "dossiers",
    "instants",
    "interval_sets",
    "policies",
    "requirements",
    "rulebooks",
    "values",
    "waivers",
]

V = TypeVar("V", bound=domain.Value)

_MAKERS = {**RECORD_MAKERS, **FACT_MAKERS, **RULE_MAKERS, **BOOK_MAKERS, **WHOLE_MAKERS}


@functools.lru_cache(maxsize=8)
def _sampler(around: date, days: int) -> Sampler:
    return Sampler(around=around, spread=days, makers=_MAKERS)


def values(cls: type[V], *, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[V]:
    """Return valid values of a domain class.

    Args:
        cls: Any class of `contractor_compliance.domain` that is built from fields.
        around: The day around which its days cluster.
        days: How many days before and after it things begin; they end as many days later.
    """
    return _sampler(around, days).of(cls)


def days(*, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[date]:
    """Return days near `around`: often that day itself, or a day, a month or a year from it."""
    return _sampler(around, days).days


def instants(*, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[datetime]:
    """Return instants in UTC on days near `around`, often at midnight."""
    return _sampler(around, days).instants


def interval_sets(*, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[domain.IntervalSet]:
    """Return sets of days, with and without a beginning or an end, of up to four spans."""
    return st.lists(_sampler(around, days).of(domain.Interval), max_size=4).map(domain.IntervalSet)


def policies(
    line: domain.Line | None = None, *, around: date = AROUND, days: int = SPREAD
) -> SearchStrategy[domain.Policy]:
    """Return policies, of one line if it is given.

    The certificates and assignments that they name are ids from a small pool.
    """
    sampler = _sampler(around, days)
    return sampler.of(domain.Policy) if line is None else sampler.once(policies_of, line)


def requirements(*, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[domain.Requirement]:
    """Return requirements of every kind; `AnyOf` and `AllOf` hold each other at most once."""
    return st.one_of([values(kind, around=around, days=days) for kind in domain.Requirement.__args__])


def rulebooks(*, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[domain.RuleBook]:
    """Return rule books: default sets for every day, sets that extend and replace, dated versions."""
    return values(domain.RuleBook, around=around, days=days)


def waivers(*, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[domain.Waiver]:
    """Return waivers of every kind and state; the records that they name are ids from small pools."""
    return values(domain.Waiver, around=around, days=days)


def dossiers(*, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[domain.Dossier]:
    """Return dossiers whose references all resolve."""
    return values(domain.Dossier, around=around, days=days)


def cases(*, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[tuple[domain.Dossier, domain.RuleBook]]:
    """Return dossiers each with a rule book that binds it, so that requirements are met as well as missed."""
    return _sampler(around, days).once(cases_of)
