"""What the whole company has in common: settings, clients, insurers, rate cards, job codes (M5, M7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from contractor_compliance.desk.access import OWNER
from contractor_compliance.desk.core import Done, Uses
from contractor_compliance.desk.drafts import Draft
from contractor_compliance.desk.scene import Scene
from contractor_compliance.domain import Carrier, Client, CompanySettings, JobCode, JobCodeStatus, RateCard, Value
from contractor_compliance.errors import NotAllowedError
from contractor_compliance.storage import Key, Kind, Query, key_of

__all__ = ["OfficeUses"]


class OfficeUses(Uses):
    """Use cases of the company itself."""

    def change_settings(self, settings: CompanySettings, *, key: str | None = None) -> Done:
        """Change the company's choices: gate, who pays by default, separate approvers and the rest.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If it lets members approve their own waivers, and the member is no owner (rule B8.3).
        """

        def decide(draft: Draft, scene: Scene) -> str:
            loosens = scene.company.settings.separate_approver and not settings.separate_approver
            if loosens and OWNER not in scene.member.roles:
                raise NotAllowedError("Only an owner lets members approve the waivers that they ask for themselves.")
            draft.put(attrs.evolve(scene.company, settings=settings))
            return scene.company.id

        return self._do("change_settings", key, (settings,), decide)

    def change_company(
        self,
        *,
        name: str | None = None,
        aliases: Iterable[str] | None = None,
        zone: str | None = None,
        key: str | None = None,
    ) -> Done:
        """Change the company's legal name, the spellings of it that are accepted, or its zone.

        Endorsements must name the company, so everybody's standing is worked out anew; the verdicts of days before
        follow the new name too, as all that is known now does. The zone says what "today" is from now on.

        Args:
            name: Legal name; None = as before.
            aliases: Accepted spellings, in the place of those before; None = as before.
            zone: IANA name of the zone; None = as before.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            InvalidValueError: If there is no such zone, or a name is blank.
            NotAllowedError: If nothing is to be changed.
        """
        if isinstance(aliases, str):
            raise TypeError("aliases takes several spellings, not one text")
        wanted = {
            "name": name,
            "aliases": None if aliases is None else tuple(aliases),
            "zone": zone,
        }
        changes: dict[str, Any] = {field: each for field, each in wanted.items() if each is not None}

        def decide(draft: Draft, scene: Scene) -> str:
            changed = attrs.evolve(scene.company, **changes)
            if changed == scene.company:
                raise NotAllowedError("Nothing of the company would be changed: give a name, aliases or a zone.")
            draft.put(changed)
            if (changed.name, changed.aliases) != (scene.company.name, scene.company.aliases):
                draft.refresh(Query())
            return scene.company.id

        return self._do("change_company", key, (name, wanted["aliases"], zone), decide)

    def put_client(self, client: Client, *, key: str | None = None) -> Done:
        """Add a client, or change it; the standings of the contractors who work for it change with it.

        Raises:
            AccessDeniedError: If the member may not.
        """
        return self._put("put_client", client, Query(client_ids=frozenset({client.id})), key)

    def put_carrier(self, carrier: Carrier, *, key: str | None = None) -> Done:
        """Add an insurer, or change what is known of it; the standings of the contractors that it insures change too.

        Raises:
            AccessDeniedError: If the member may not.
        """

        def decide(draft: Draft, _: Scene) -> str:
            own = key_of(carrier)
            before = draft.find(Carrier, own)
            draft.put(carrier)
            # Policies may name it as it was called before.
            called = [text for each in (carrier, before) if each for text in (each.name, each.naic) if text]
            draft.refresh(Query(insurers=frozenset(called)))
            return own.id

        return self._do("put_carrier", key, (carrier,), decide)

    def put_rate_card(self, card: RateCard, *, key: str | None = None) -> Done:
        """Add a rate card, or change it.

        Raises:
            AccessDeniedError: If the member may not.
        """
        return self._put("put_rate_card", card, None, key)

    def add_job_code(self, job_code: JobCode, *, key: str | None = None) -> Done:
        """Add an approved description of work.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If there is such a job code already.
        """
        return self._add("add_job_code", job_code, JobCodeStatus.APPROVED, key)

    def propose_job_code(self, job_code: JobCode, *, key: str | None = None) -> Done:
        """Propose a description of work; assignments may use it once it is approved.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If there is such a job code already.
        """
        return self._add("propose_job_code", job_code, JobCodeStatus.PROPOSED, key)

    def approve_job_code(self, code: str, *, key: str | None = None) -> Done:
        """Approve a job code that was proposed or retired.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such job code.
            NotAllowedError: If it is approved already.
        """
        return self._change_status("approve_job_code", code, JobCodeStatus.APPROVED, key)

    def retire_job_code(self, code: str, *, key: str | None = None) -> Done:
        """Let no new assignment use a job code; those that do go on.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such job code.
            NotAllowedError: If it is retired already.
        """
        return self._change_status("retire_job_code", code, JobCodeStatus.RETIRED, key)

    def rename_job_code(
        self, code: str, *, title: str | None = None, description: str | None = None, key: str | None = None
    ) -> Done:
        """Give a job code another title or description; the code stays, and so do the assignments that use it.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such job code.
        """

        def decide(draft: Draft, _: Scene) -> str:
            before = draft.get(JobCode, Key(Kind.JOB_CODE, code))
            draft.put(
                attrs.evolve(
                    before,
                    title=before.title if title is None else title,
                    description=before.description if description is None else description,
                )
            )
            draft.refresh(Query(job_codes=frozenset({code})))
            return code

        return self._do("rename_job_code", key, (code, title, description), decide)

    def _add(self, action: str, job_code: JobCode, status: JobCodeStatus, key: str | None) -> Done:
        code = job_code.code

        def decide(draft: Draft, _: Scene) -> str:
            if draft.find(JobCode, key_of(job_code)) is not None:
                raise NotAllowedError(f"There is a job code {code!r} already; rename it, or take another code.")
            draft.put(attrs.evolve(job_code, status=status))
            return code

        return self._do(action, key, (job_code,), decide)

    def _change_status(self, action: str, code: str, status: JobCodeStatus, key: str | None) -> Done:
        def decide(draft: Draft, _: Scene) -> str:
            before = draft.get(JobCode, Key(Kind.JOB_CODE, code))
            if before.status is status:
                raise NotAllowedError(f"The job code {code!r} is {status.value} already.")
            draft.put(attrs.evolve(before, status=status))
            draft.refresh(Query(job_codes=frozenset({code})))
            return code

        return self._do(action, key, (code,), decide)

    def _put(self, action: str, value: Value, concerned: Query | None, key: str | None) -> Done:
        def decide(draft: Draft, _: Scene) -> str:
            own = key_of(value)
            draft.find(type(value), own)
            draft.put(value)
            if concerned is not None:
                draft.refresh(concerned)
            return own.id

        return self._do(action, key, (value,), decide)
