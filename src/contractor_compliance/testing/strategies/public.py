"""The strategies by name."""

from __future__ import annotations

import functools
from datetime import date, datetime
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contractor_compliance.domain import (
    Dossier,
    Interval,
    IntervalSet,
    Line,
    Policy,
    Requirement,
    RuleBook,
    Value,
    Waiver,
)
from contractor_compliance.testing.strategies.books import BOOK_MAKERS
from contractor_compliance.testing.strategies.facts import FACT_MAKERS, policies_of
from contractor_compliance.testing.strategies.fields import FIELDS
from contractor_compliance.testing.strategies.parties import PARTY_MAKERS
from contractor_compliance.testing.strategies.pools import AROUND, SPREAD
from contractor_compliance.testing.strategies.rates import RATE_MAKERS
from contractor_compliance.testing.strategies.rules import RULE_MAKERS
from contractor_compliance.testing.strategies.sampler import Sampler
from contractor_compliance.testing.strategies.whole import WHOLE_MAKERS, cases_of

__all__ = [
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

V = TypeVar("V", bound=Value)

_MAKERS = {**PARTY_MAKERS, **FACT_MAKERS, **RATE_MAKERS, **RULE_MAKERS, **BOOK_MAKERS, **WHOLE_MAKERS}


@functools.lru_cache(maxsize=8)
def _sampler(around: date, days: int) -> Sampler:
    return Sampler(around=around, spread=days, makers=_MAKERS, fields=FIELDS)


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
    return _sampler(around, days).days()


def instants(*, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[datetime]:
    """Return instants in UTC on such days, often at midnight."""
    return _sampler(around, days).instants()


def interval_sets(*, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[IntervalSet]:
    """Return sets of days, with and without a beginning or an end, of up to four spans."""
    return st.lists(_sampler(around, days).of(Interval), max_size=4).map(IntervalSet)


def policies(line: Line | None = None, *, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[Policy]:
    """Return policies, of one line if it is given. Their certificates and assignments are ids from a small pool."""
    sampler = _sampler(around, days)
    return sampler.of(Policy) if line is None else policies_of(sampler, line)


def requirements(*, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[Requirement]:
    """Return requirements of every kind; `AnyOf` and `AllOf` hold each other at most once."""
    sampler = _sampler(around, days)
    kinds = Requirement.__args__
    return sampler.once("requirements", lambda: st.one_of([sampler.of(kind) for kind in kinds]))


def rulebooks(*, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[RuleBook]:
    """Return rule books: default sets for every day, sets that extend and replace, dated versions."""
    return values(RuleBook, around=around, days=days)


def waivers(*, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[Waiver]:
    """Return waivers of every kind and state; what they name are ids from small pools."""
    return values(Waiver, around=around, days=days)


def dossiers(*, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[Dossier]:
    """Return dossiers whose references all resolve."""
    return values(Dossier, around=around, days=days)


def cases(*, around: date = AROUND, days: int = SPREAD) -> SearchStrategy[tuple[Dossier, RuleBook]]:
    """Return dossiers each with a rule book that binds it, so that requirements are met as well as missed."""
    return _sampler(around, days).once("cases", lambda: cases_of(_sampler(around, days)))
