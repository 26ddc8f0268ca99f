"""Opt-in: whether a contractor has enrolled in program cover, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import attrs

from contractor_compliance.domain.fields import SetOf, TupleOf, field
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.value import Id, Text, Value
from contractor_compliance.errors import Fault

__all__ = ["ApplicationStep", "Enrollment", "EnrollmentEvent", "EnrollmentState"]


class EnrollmentState(LabeledCode):
    """Where an opt-in stands. Completed means opted in: it insures nobody by itself.

    Example:
        >>> from contractor_compliance.domain import Enrollment
        >>> Enrollment(id="program").state.label
        'not invited'
    """

    NOT_INVITED = "not_invited"
    INVITED = "invited"
    STARTED = "started"
    COMPLETED = "completed"
    DECLINED = "declined"
    INELIGIBLE = "ineligible"
    EXPIRED = "expired"
    OPTED_OUT = "opted_out"


class ApplicationStep(LabeledCode):
    """The page of the application that a contractor has reached; the nearest product's own steps, in its order.

    Example:
        >>> [step.label for step in ApplicationStep][:3]
        ['verify information', 'application questions', 'e-signature of the document']
    """

    VERIFY_INFO = "verify_info"
    APPLICATION_QUESTIONS = "application_questions"
    ESIGNATURE_DOCUMENT = "esignature_document"
    ADD_CARD_DETAILS = "add_card_details"
    FINAL_REVIEW = "final_review"
    APPLICATION_COMPLETE = "application_complete"


@attrs.frozen(kw_only=True)
class EnrollmentEvent(Value):
    """One step of an opt-in.

    Attributes:
        at: Instant of the step, UTC.
        state: The state it led to.
        step: The page of the application reached, if one was.
        note: Why, where it is worth saying: the reason of ineligibility, say.

    Example:
        >>> from datetime import UTC, datetime
        >>> from contractor_compliance.domain import Enrollment, EnrollmentState
        >>> event = EnrollmentEvent(at=datetime(2026, 2, 1, 15, tzinfo=UTC), state=EnrollmentState.INVITED)
        >>> Enrollment(id="program", events=(event,)).state.value
        'invited'
    """

    at: datetime
    state: EnrollmentState
    step: ApplicationStep | None = None
    note: Text | None = None


@attrs.frozen(kw_only=True)
class Enrollment(Value):
    """The opt-in history of one contractor.

    Attributes:
        id: The host's own id.
        lines: Lines of cover applied for.
        work_state: State of work that the application names.
        events: The steps, oldest first.

    Example:
        >>> from datetime import UTC, datetime
        >>> from contractor_compliance.domain import EnrollmentEvent, EnrollmentState
        >>> invited = EnrollmentEvent(at=datetime(2026, 2, 1, 15, tzinfo=UTC), state=EnrollmentState.INVITED)
        >>> declined = EnrollmentEvent(at=datetime(2026, 2, 3, 15, tzinfo=UTC), state=EnrollmentState.DECLINED)
        >>> Enrollment(id="program", events=(invited, declined)).state.value
        'declined'
    """

    id: Id
    lines: frozenset[Line] = field(default=frozenset(), converter=SetOf[Line])
    work_state: State | None = None
    events: tuple[EnrollmentEvent, ...] = field(default=(), converter=TupleOf[EnrollmentEvent])

    def _faults(self) -> Iterator[Fault]:
        for index, (before, event) in enumerate(zip(self.events, self.events[1:], strict=False), start=1):
            if event.at < before.at:
                yield Fault(
                    f"$.events[{index}].at",
                    str(event.at),
                    f"is before the step before it, {before.at}",
                )
        if self.events and self.events[0].state is EnrollmentState.NOT_INVITED:
            yield Fault(
                "$.events[0].state",
                "not_invited",
                "is the state of no step; leave the events empty",
            )

    @property
    def state(self) -> EnrollmentState:
        """The state now: that of the last step, or not invited."""
        return self.events[-1].state if self.events else EnrollmentState.NOT_INVITED

    @property
    def step(self) -> ApplicationStep | None:
        """The page of the application reached last, if any."""
        return next((event.step for event in reversed(self.events) if event.step), None)
