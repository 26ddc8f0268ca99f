"""What a page may ask for."""

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

__all__ = ["MOST_ITEMS", "Order", "Query", "check_limit"]

#: A page holds at most this many items.
MOST_ITEMS = 1000


#: The kinds that a filter is about; any other is about contractors.
_FILTERED = {"insurers": (Kind.CONTRACTOR, Kind.CARRIER), "subject": (Kind.MEMBER,)}


class Order(Enum):
    """In which order a query lists: by name, by id, or by the day on which the standing next changes (none last).

    Names are compared without regard to case; equals go by id, and ids by their code points.
    """

    NAME = "name"
    ID = "id"
    NEXT_CHANGE = "next_change"


@attrs.frozen(kw_only=True)
class Query(Value):
    """Which values of one kind are wanted, as they are now. Filters that are empty let everything through.

    A contractor is found by its work if one and the same assignment has all that is asked of it.

    Attributes:
        kind: What is listed; any kind but a fact.
        on: The day asked about. Of assignments, only those active that day count; it is the day of the standing.
        home_states: Contractors: state of residence or seat.
        work_states: Contractors: state of work of an assignment; remote work that names none is in the home state.
        job_code_ids: Contractors: job code of an assignment.
        client_ids: Contractors: client of an assignment.
        opt_in: Contractors: state of an enrollment; who has no enrollment is not invited.
        steps: Contractors: page of the application that an enrollment has reached.
        insurers: Contractors: a policy names one of these insurers, by NAIC number or by normalized name; carriers: it
            is one of them.
        verdicts: Contractors: verdict of the standing on the day.
        insurance: Contractors: insurance status of the standing on the day.
        changes_by: Contractors: the standing of the day ends on this day or before.
        text: Contractors: each of its words begins a word of legal name, aliases, trade names, id or e-mail.
        email: Contractors: e-mail address, without regard to case.
        subject: Members: identity.
        order: In which order.
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
            yield Fault("$.kind", self.kind.value, "is a fact: read the dossiers of its contractors")
        for field in attrs.fields(type(self)):
            name, given = field.name, getattr(self, field.name)
            if name in ("kind", "order") or not given:
                continue
            wanted = _FILTERED.get(name, (Kind.CONTRACTOR,))
            if self.kind not in wanted:
                kinds = " and ".join(f"{each.value}s" for each in wanted)
                yield Fault(f"$.{name}", repr(given), f"filters {kinds} only")
        needs_day = {"verdicts": self.verdicts, "insurance": self.insurance, "changes_by": self.changes_by}
        for name, given in needs_day.items():
            if given and self.on is None:
                yield Fault(f"$.{name}", repr(given), "asks about the standing of a day: give the day as `on`")
        if self.order is Order.NEXT_CHANGE and (self.on is None or self.kind is not Kind.CONTRACTOR):
            yield Fault("$.order", self.order.value, "orders contractors by their standing of a day: give it as `on`")
        if self.text is not None and not search_words(self.text):
            yield Fault("$.text", repr(self.text), "has no letter and no digit to search for")

    @property
    def asks_about_work(self) -> bool:
        """Whether an assignment must meet something."""
        return bool(self.work_states or self.job_code_ids or self.client_ids)

    @property
    def asks_about_standing(self) -> bool:
        """Whether the standing must meet something."""
        return bool(self.verdicts or self.insurance or self.changes_by)


def check_limit(limit: int) -> None:
    """Refuse a page of no size, or of an unreasonable one.

    Raises:
        InvalidValueError: If it is not between 1 and 1000.
    """
    if type(limit) is not int or not 1 <= limit <= MOST_ITEMS:
        raise InvalidValueError("page", (Fault("$.limit", repr(limit), f"must be a number from 1 to {MOST_ITEMS}"),))
