"""Queries of pages: filters and order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import Enum

import attrs

from contractor_compliance.domain import ApplicationStep, EnrollmentState, Id, State, Subject, Text, Value
from contractor_compliance.errors import Fault, InvalidValueError
from contractor_compliance.results import InsuranceStatus, Verdict
from contractor_compliance.storage.changes import Kind
from contractor_compliance.storage.search import search_words

__all__ = ["MAX_PAGE_ITEMS", "Order", "Query", "check_limit"]

#: A page holds at most this many items.
MAX_PAGE_ITEMS = 1000


#: The kinds that a filter applies to; any other filter applies to contractors.
_FILTERED = {"insurers": (Kind.CONTRACTOR, Kind.CARRIER), "subject": (Kind.MEMBER,)}


class Order(Enum):
    """The order of a query: by name, by id, or by the day on which the standing next changes (none last).

    Names are compared without regard to case. Equal names are ordered by id, and ids by their code points.

    Example:
        >>> Query(order=Order.ID).order.value
        'id'
    """

    NAME = "name"
    ID = "id"
    NEXT_CHANGE = "next_change"


@attrs.frozen(kw_only=True)
class Query(Value):
    """A query for values of one kind, as they are now; an empty filter lets every value pass.

    The filters `work_states`, `job_code_ids` and `client_ids` find a contractor if one assignment passes all of them.

    Attributes:
        kind: The kind that is listed: any kind but a fact.
        on: The day of the query: only assignments that are active on it count, and the standing is that of this day.
        home_states: Contractors: state of residence or seat.
        work_states: Contractors: state of work of an assignment; remote work without a state is in the home state.
        job_code_ids: Contractors: job code of an assignment.
        client_ids: Contractors: client of an assignment.
        opt_in: Contractors: state of an enrollment; a contractor without enrollment is not invited.
        steps: Contractors: page of the application that an enrollment has reached.
        insurers: Contractors: a source states one of these insurers of a policy, by NAIC number or by normalized name;
            carriers: the carrier is one of them.
        verdicts: Contractors: verdict of the standing on the day.
        insurance: Contractors: insurance status of the standing on the day.
        changes_by: Contractors: the standing of the day ends on this day or before.
        text: Contractors: each word of the text begins a word of legal name, aliases, trade names, id or e-mail.
        email: Contractors: e-mail address, without regard to case.
        subject: Members: identity.
        order: The order of the items.

    Raises:
        InvalidValueError: With every fault: a kind that is a fact, a filter of another kind, a day that is missing.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.results import Verdict
        >>> non_compliant = frozenset({Verdict.NON_COMPLIANT})
        >>> query = Query(on=date(2026, 7, 1), verdicts=non_compliant, order=Order.NEXT_CHANGE)
        >>> query.asks_about_standing, query.asks_about_work
        (True, False)
    """

    kind: Kind = Kind.CONTRACTOR
    on: date | None = None
    home_states: frozenset[State] = frozenset()
    work_states: frozenset[State] = frozenset()
    job_code_ids: frozenset[Id] = frozenset()
    client_ids: frozenset[Id] = frozenset()
    opt_in: frozenset[EnrollmentState] = frozenset()
    steps: frozenset[ApplicationStep] = frozenset()
    insurers: frozenset[Id] = frozenset()
    verdicts: frozenset[Verdict] = frozenset()
    insurance: frozenset[InsuranceStatus] = frozenset()
    changes_by: date | None = None
    text: Text | None = None
    email: Text | None = None
    subject: Subject | None = None
    order: Order = Order.NAME

    def _faults(self) -> Iterator[Fault]:
        if self.kind.is_fact:
            yield Fault("$.kind", self.kind.value, "is a fact and has no pages: read the dossiers of its contractors")
        for field in attrs.fields(type(self)):
            name, value = field.name, getattr(self, field.name)
            if name in ("kind", "order") or not value:
                continue
            kinds = _FILTERED.get(name, (Kind.CONTRACTOR,))
            if self.kind not in kinds:
                plurals = " and ".join(f"{kind.value}s" for kind in kinds)
                yield Fault(f"$.{name}", repr(value), f"filters {plurals} only: leave it out, or query those")
        for name in ("verdicts", "insurance", "changes_by"):
            value = getattr(self, name)
            if value and self.on is None:
                yield Fault(f"$.{name}", repr(value), "asks about the standing of a day: give the day as `on`")
        if self.order is Order.NEXT_CHANGE and (self.on is None or self.kind is not Kind.CONTRACTOR):
            yield Fault("$.order", self.order.value, "orders contractors by their standing of a day: give it as `on`")
        if self.text is not None and not search_words(self.text):
            yield Fault("$.text", repr(self.text), "has no letter and no digit: give a word to search for")

    @property
    def asks_about_work(self) -> bool:
        """Whether a filter applies to assignments."""
        return bool(self.work_states or self.job_code_ids or self.client_ids)

    @property
    def asks_about_standing(self) -> bool:
        """Whether a filter applies to the standing."""
        return bool(self.verdicts or self.insurance or self.changes_by)


def check_limit(limit: int) -> None:
    """Refuse a limit of a page that is not from 1 to 1000.

    Raises:
        InvalidValueError: If it is not between 1 and 1000.
    """
    if type(limit) is not int or not 1 <= limit <= MAX_PAGE_ITEMS:
        raise InvalidValueError(
            "page", (Fault("$.limit", repr(limit), f"must be a number from 1 to {MAX_PAGE_ITEMS}"),)
        )
