"""Contractors and their opt-in (M4)."""

from __future__ import annotations

import attrs

from contractor_compliance.desk.core import Done, Uses
from contractor_compliance.desk.drafts import Draft
from contractor_compliance.desk.scene import Scene
from contractor_compliance.domain import (
    ApplicationStep,
    Contractor,
    Enrolment,
    EnrolmentEvent,
    EnrolmentState,
    Line,
    State,
)
from contractor_compliance.errors import NotAllowedError
from contractor_compliance.storage import Key, Kind, Query

__all__ = ["PeopleUses"]


class PeopleUses(Uses):
    """Use cases of contractors."""

    def add_contractor(self, contractor: Contractor, *, key: str | None = None) -> Done:
        """Add a contractor under the host's own id; the same one again is the same one, and nothing is merged.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If the id is another contractor's, or the e-mail is and the company does not allow that.
        """

        def decide(draft: Draft, scene: Scene) -> str:
            before = draft.find(Contractor, Key(Kind.CONTRACTOR, contractor.id))
            if before is not None and before != contractor:
                raise NotAllowedError(
                    f"There is a contractor {contractor.id!r} with other facts; change it with update_contractor."
                )
            _check_email(draft, scene, contractor, before)
            draft.put(contractor)
            return contractor.id

        return self._do("add_contractor", key, (contractor,), decide)

    def update_contractor(self, contractor: Contractor, *, key: str | None = None) -> Done:
        """Change a contractor. A tax id that the member may not see stays, unless another is given.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If it is not there.
            NotAllowedError: If the e-mail is another contractor's and the company does not allow that.
        """

        def decide(draft: Draft, scene: Scene) -> str:
            before = draft.dossier(contractor.id).contractor
            _check_email(draft, scene, contractor, before)
            # Who may not see the tax id was shown none, and gives none back.
            unseen = contractor.tax_id is None and not scene.may("see_tax_ids")
            draft.put(attrs.evolve(contractor, tax_id=before.tax_id) if unseen else contractor)
            return contractor.id

        return self._do("update_contractor", key, (contractor,), decide)

    def record_opt_in(
        self,
        contractor_id: str,
        state: EnrolmentState,
        *,
        step: ApplicationStep | None = None,
        note: str | None = None,
        lines: frozenset[Line] = frozenset(),
        work_state: State | None = None,
        enrolment_id: str = "programme",
        key: str | None = None,
    ) -> Done:
        """Record a step of a contractor's opt-in, now; the first one opens its enrolment.

        Lines and state of work that are given take the place of those before: an application names them, an
        invitation need not.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor.
            NotAllowedError: If the clock is before the step before.
        """

        def decide(draft: Draft, scene: Scene) -> str:
            dossier = draft.dossier(contractor_id)
            before = next((each for each in dossier.enrolments if each.id == enrolment_id), None)
            enrolment = before or Enrolment(id=enrolment_id)
            if enrolment.events and scene.now < enrolment.events[-1].at:
                raise NotAllowedError(f"The clock stands before the last step, at {enrolment.events[-1].at}.")
            event = EnrolmentEvent(at=scene.now, state=state, step=step, note=note)
            moved = attrs.evolve(
                enrolment,
                lines=lines or enrolment.lines,
                work_state=work_state or enrolment.work_state,
                events=(*enrolment.events, event),
            )
            draft.put(moved, contractor_id)
            return contractor_id

        request = (contractor_id, state, step, note, lines, work_state, enrolment_id)
        return self._do("record_opt_in", key, request, decide)


def _check_email(draft: Draft, scene: Scene, contractor: Contractor, before: Contractor | None) -> None:
    """Refuse an e-mail address that another contractor has, or gets before this is recorded."""
    if contractor.email is None or scene.company.settings.allow_shared_email:
        return
    if before is not None and before.email == contractor.email:
        return

    def check() -> None:
        others = [each for each in draft.found(Query(email=contractor.email)) if each != contractor.id]
        if others:
            raise NotAllowedError(
                f"Contractor {others[0]!r} has this e-mail address; give another, or allow shared ones in the settings."
            )

    draft.checks.append(check)
