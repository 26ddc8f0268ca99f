"""Decides whether a query finds a value, by the value and its facts alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contractor_compliance.domain import (
    Assignment,
    Carrier,
    Contractor,
    Enrollment,
    EnrollmentState,
    Member,
    Policy,
    Value,
)
from contractor_compliance.domain.names import normal_name
from contractor_compliance.results import StandingRow
from contractor_compliance.storage.query import Query
from contractor_compliance.storage.search import (
    active_days,
    email_key,
    insurers_of,
    search_words,
    words_of,
    work_states_of,
)

__all__ = ["matches"]


def matches(query: Query, value: object, facts: Sequence[object] = (), standing: StandingRow | None = None) -> bool:
    """Return whether a query finds a value of its kind.

    Args:
        query: The query.
        value: The value. A value that cannot be read is found by a query without filters alone.
        facts: A contractor's facts; those that cannot be read have no effect.
        standing: A contractor's stored standing on the day of the query.
    """
    if not isinstance(value, Value):
        return query == Query(kind=query.kind, on=query.on, order=query.order)
    if isinstance(value, Member):
        return query.subject is None or query.subject == value.subject
    if isinstance(value, Carrier):
        return not query.insurers or _is_one_of(
            query, frozenset({value.naic} if value.naic else ()), frozenset({normal_name(value.name)})
        )
    if not isinstance(value, Contractor):
        return True
    return (
        _has_name(query, value)
        and _has_work(query, value, [fact for fact in facts if isinstance(fact, Assignment)])
        and _has_insurer(query, [fact for fact in facts if isinstance(fact, Policy)])
        and _has_enrollment(query, [fact for fact in facts if isinstance(fact, Enrollment)])
        and _has_standing(query, standing)
    )


def _has_name(query: Query, contractor: Contractor) -> bool:
    if query.home_states and contractor.home_state not in query.home_states:
        return False
    if query.email is not None and email_key(query.email) != email_key(contractor.email or ""):
        return False
    words = words_of(contractor) if query.text else ()
    return all(any(word.startswith(begin) for word in words) for begin in search_words(query.text or ""))


def _has_work(query: Query, contractor: Contractor, assignments: Iterable[Assignment]) -> bool:
    if not query.asks_about_work:
        return True
    for assignment in assignments:
        days = active_days(assignment)
        if query.on is not None and (days is None or not days[0] <= query.on <= days[1]):
            continue
        if (
            (not query.work_states or query.work_states & work_states_of(assignment, contractor))
            and (not query.job_code_ids or assignment.job_code_id in query.job_code_ids)
            and (not query.client_ids or assignment.client_id in query.client_ids)
        ):
            return True
    return False


def _has_insurer(query: Query, policies: Iterable[Policy]) -> bool:
    return not query.insurers or any(_is_one_of(query, *insurers_of(policy)) for policy in policies)


def _is_one_of(query: Query, naics: frozenset[str], names: frozenset[str]) -> bool:
    return not naics.isdisjoint(query.insurers) or not names.isdisjoint(map(normal_name, query.insurers))


def _has_enrollment(query: Query, enrollments: Sequence[Enrollment]) -> bool:
    states = {enrollment.state for enrollment in enrollments} or {EnrollmentState.NOT_INVITED}
    steps = {enrollment.step for enrollment in enrollments}
    return (not query.opt_in or bool(query.opt_in & states)) and (not query.steps or bool(query.steps & steps))


def _has_standing(query: Query, standing: StandingRow | None) -> bool:
    if not query.asks_about_standing:
        return True
    return (
        standing is not None
        and (not query.verdicts or standing.verdict in query.verdicts)
        and (not query.insurance or standing.insurance_status in query.insurance)
        and (query.changes_by is None or (standing.end is not None and standing.end <= query.changes_by))
    )
