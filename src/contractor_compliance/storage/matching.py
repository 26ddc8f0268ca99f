"""Whether a contractor is one that a query asks for, told by looking at its records one by one."""

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
from contractor_compliance.domain.legal_name import normal_name
from contractor_compliance.results import StandingRow
from contractor_compliance.storage.query import Query
from contractor_compliance.storage.search import active_days, email_key, search_words, words_of, work_states_of

__all__ = ["meets"]


def meets(query: Query, value: object, facts: Sequence[object] = (), standing: StandingRow | None = None) -> bool:
    """Whether a query finds a value of its kind.

    Args:
        query: The query.
        value: The value. What cannot be read is found by a query without filters: nothing is known of it.
        facts: A contractor's facts; those that cannot be read tell nothing.
        standing: A contractor's stored standing on the day of the query.
    """
    if not isinstance(value, Value):
        return query == Query(kind=query.kind, on=query.on, order=query.order)
    if isinstance(value, Member):
        return query.subject is None or query.subject == value.subject
    if isinstance(value, Carrier):
        return not query.insurers or _is_one_of(query, value.naic, value.name)
    if not isinstance(value, Contractor):
        return True
    return (
        _is_called(query, value)
        and _works(query, value, [each for each in facts if isinstance(each, Assignment)])
        and _is_insured_by(query, [each for each in facts if isinstance(each, Policy)])
        and _has_enrolled(query, [each for each in facts if isinstance(each, Enrollment)])
        and _stands(query, standing)
    )


def _is_called(query: Query, contractor: Contractor) -> bool:
    if query.home_states and contractor.home_state not in query.home_states:
        return False
    if query.email is not None and email_key(query.email) != email_key(contractor.email or ""):
        return False
    words = words_of(contractor) if query.text else ()
    return all(any(word.startswith(begin) for word in words) for begin in search_words(query.text or ""))


def _works(query: Query, contractor: Contractor, assignments: Iterable[Assignment]) -> bool:
    if not query.asks_about_work:
        return True
    for each in assignments:
        days = active_days(each)
        if query.on is not None and (days is None or not days[0] <= query.on <= days[1]):
            continue
        if (
            (not query.work_states or query.work_states & work_states_of(each, contractor))
            and (not query.job_code_ids or each.job_code_id in query.job_code_ids)
            and (not query.client_ids or each.client_id in query.client_ids)
        ):
            return True
    return False


def _is_insured_by(query: Query, policies: Iterable[Policy]) -> bool:
    return not query.insurers or any(_is_one_of(query, each.carrier_naic, each.carrier_name) for each in policies)


def _is_one_of(query: Query, naic: str | None, name: str | None) -> bool:
    names = {normal_name(each) for each in query.insurers}
    return naic in query.insurers or (name is not None and normal_name(name) in names)


def _has_enrolled(query: Query, enrollments: Sequence[Enrollment]) -> bool:
    states = {each.state for each in enrollments} or {EnrollmentState.NOT_INVITED}
    steps = {each.step for each in enrollments}
    return (not query.opt_in or bool(query.opt_in & states)) and (not query.steps or bool(query.steps & steps))


def _stands(query: Query, standing: StandingRow | None) -> bool:
    if not query.asks_about_standing:
        return True
    return (
        standing is not None
        and (not query.verdicts or standing.verdict in query.verdicts)
        and (not query.insurance or standing.insurance_status in query.insurance)
        and (query.changes_by is None or (standing.end is not None and standing.end <= query.changes_by))
    )
