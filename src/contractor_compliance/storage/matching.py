"""Whether a contractor is one that a query asks for, told by looking at its records one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contractor_compliance.domain import Assignment, Contractor, Enrolment, EnrolmentState, Member, Value
from contractor_compliance.evaluation import StandingRow
from contractor_compliance.storage.query import Query
from contractor_compliance.storage.search import active_days, email_key, search_words, words_of, work_states_of

__all__ = ["meets"]


def meets(query: Query, value: Value, facts: Sequence[Value] = (), standing: StandingRow | None = None) -> bool:
    """Whether a query finds a value of its kind.

    Args:
        query: The query.
        value: The value.
        facts: A contractor's facts.
        standing: A contractor's stored standing on the day of the query.
    """
    if isinstance(value, Member):
        return query.subject is None or query.subject == value.subject
    if not isinstance(value, Contractor):
        return True
    return (
        _is_called(query, value)
        and _works(query, value, [each for each in facts if isinstance(each, Assignment)])
        and _has_enrolled(query, [each for each in facts if isinstance(each, Enrolment)])
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
            and (not query.job_codes or each.job_code in query.job_codes)
            and (not query.client_ids or each.client_id in query.client_ids)
        ):
            return True
    return False


def _has_enrolled(query: Query, enrolments: Sequence[Enrolment]) -> bool:
    states = {each.state for each in enrolments} or {EnrolmentState.NOT_INVITED}
    steps = {each.step for each in enrolments}
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
