"""The facts of one assignment: states of work, the person who works, license classes, parties."""

from __future__ import annotations

import attrs

from contractor_compliance.domain.assignment import Assignment, PartyRole
from contractor_compliance.domain.contractor import Person, PersonRole
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.job_code import Industry

__all__ = ["AssignmentContext"]


@attrs.define(eq=False)
class AssignmentContext:
    """The work that is judged: an assignment, or the contractor alone (`assignment` None).

    Attributes:
        assignment: The assignment, if there is one.
        states: States of work; empty = not known.
        worker: The person who does the work, where it is known.
        worker_role: Owner or employee, where it is known (even if the person is not).
        industry: Construction or other, where it is known.
        license_classes: Classes of the contractor's licenses by state, in one spelling, with those that the job code
            needs; None = a license whose classes are not known.
        job_classes: Classes that the job code needs, in one spelling; None = they cannot be read.
        parties: Accepted names of each role that the assignment fills.
    """

    assignment: Assignment | None
    states: frozenset[State]
    worker: Person | None
    worker_role: PersonRole | None
    industry: Industry | None
    license_classes: dict[State, frozenset[str] | None]
    job_classes: frozenset[str] | None
    parties: dict[PartyRole, tuple[tuple[str, ...], ...]]

    @property
    def id(self) -> str | None:
        """The assignment's id."""
        return self.assignment.id if self.assignment else None
