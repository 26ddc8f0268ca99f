"""What the whole company has in common: settings, clients, insurers, rate cards, job codes (M5, M7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from contractor_compliance.desk.access import OWNER
from contractor_compliance.desk.context import RequestContext
from contractor_compliance.desk.unit_of_work import UnitOfWork
from contractor_compliance.desk.use_cases import CommandResult, UseCases
from contractor_compliance.domain import Carrier, Client, CompanySettings, JobCode, JobCodeStatus, RateCard, Value
from contractor_compliance.errors import NotAllowedError
from contractor_compliance.storage import Key, Kind, Query, key_of

__all__ = ["CompanyUseCases"]


class CompanyUseCases(UseCases):
    """Use cases of the company itself."""

    def change_settings(self, settings: CompanySettings, *, key: str | None = None) -> CommandResult:
        """Change the company's choices: gate, who pays by default, separate approvers and the rest.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If it lets members approve their own waivers, and the member is no owner (rule B8.3).
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            loosens = context.company.settings.separate_approver and not settings.separate_approver
            if loosens and OWNER not in context.member.roles:
                raise NotAllowedError("Only an owner lets members approve the waivers that they ask for themselves.")
            unit.put(attrs.evolve(context.company, settings=settings))
            return context.company.id

        return self._execute("change_settings", key, (settings,), decide)

    def change_company(
        self,
        *,
        name: str | None = None,
        aliases: Iterable[str] | None = None,
        zone: str | None = None,
        key: str | None = None,
    ) -> CommandResult:
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

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            changed = attrs.evolve(context.company, **changes)
            if changed == context.company:
                raise NotAllowedError("Nothing of the company would be changed: give a name, aliases or a zone.")
            unit.put(changed)
            if (changed.name, changed.aliases) != (context.company.name, context.company.aliases):
                unit.refresh(Query())
            return context.company.id

        return self._execute("change_company", key, (name, wanted["aliases"], zone), decide)

    def put_client(self, client: Client, *, key: str | None = None) -> CommandResult:
        """Add a client, or change it; the standings of the contractors who work for it change with it.

        Raises:
            AccessDeniedError: If the member may not.
        """
        return self._put("put_client", client, Query(client_ids=frozenset({client.id})), key)

    def put_carrier(self, carrier: Carrier, *, key: str | None = None) -> CommandResult:
        """Add an insurer, or change what is known of it; the standings of the contractors that it insures change too.

        Raises:
            AccessDeniedError: If the member may not.
        """

        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            own = key_of(carrier)
            before = unit.find(Carrier, own)
            unit.put(carrier)
            # Policies may name it as it was called before.
            called = [text for each in (carrier, before) if each for text in (each.name, each.naic) if text]
            unit.refresh(Query(insurers=frozenset(called)))
            return own.id

        return self._execute("put_carrier", key, (carrier,), decide)

    def put_rate_card(self, card: RateCard, *, key: str | None = None) -> CommandResult:
        """Add a rate card, or change it.

        Raises:
            AccessDeniedError: If the member may not.
        """
        return self._put("put_rate_card", card, None, key)

    def add_job_code(self, job_code: JobCode, *, key: str | None = None) -> CommandResult:
        """Add an approved description of work.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If there is such a job code already.
        """
        return self._add("add_job_code", job_code, JobCodeStatus.APPROVED, key)

    def propose_job_code(self, job_code: JobCode, *, key: str | None = None) -> CommandResult:
        """Propose a description of work; assignments may use it once it is approved.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If there is such a job code already.
        """
        return self._add("propose_job_code", job_code, JobCodeStatus.PROPOSED, key)

    def approve_job_code(self, job_code_id: str, *, key: str | None = None) -> CommandResult:
        """Approve a job code that was proposed or retired.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such job code.
            NotAllowedError: If it is approved already.
        """
        return self._change_status("approve_job_code", job_code_id, JobCodeStatus.APPROVED, key)

    def retire_job_code(self, job_code_id: str, *, key: str | None = None) -> CommandResult:
        """Let no new assignment use a job code; those that do go on.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such job code.
            NotAllowedError: If it is retired already.
        """
        return self._change_status("retire_job_code", job_code_id, JobCodeStatus.RETIRED, key)

    def rename_job_code(
        self, job_code_id: str, *, title: str | None = None, description: str | None = None, key: str | None = None
    ) -> CommandResult:
        """Give a job code another title or description; the code stays, and so do the assignments that use it.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such job code.
        """

        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            before = unit.get(JobCode, Key(Kind.JOB_CODE, job_code_id))
            unit.put(
                attrs.evolve(
                    before,
                    title=before.title if title is None else title,
                    description=before.description if description is None else description,
                )
            )
            unit.refresh(Query(job_code_ids=frozenset({job_code_id})))
            return job_code_id

        return self._execute("rename_job_code", key, (job_code_id, title, description), decide)

    def _add(self, action: str, job_code: JobCode, status: JobCodeStatus, key: str | None) -> CommandResult:
        job_code_id = job_code.id

        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            if unit.find(JobCode, key_of(job_code)) is not None:
                raise NotAllowedError(f"There is a job code {job_code_id!r} already; rename it, or take another code.")
            unit.put(attrs.evolve(job_code, status=status))
            return job_code_id

        return self._execute(action, key, (job_code,), decide)

    def _change_status(self, action: str, job_code_id: str, status: JobCodeStatus, key: str | None) -> CommandResult:
        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            before = unit.get(JobCode, Key(Kind.JOB_CODE, job_code_id))
            if before.status is status:
                raise NotAllowedError(f"The job code {job_code_id!r} is {status.value} already.")
            unit.put(attrs.evolve(before, status=status))
            unit.refresh(Query(job_code_ids=frozenset({job_code_id})))
            return job_code_id

        return self._execute(action, key, (job_code_id,), decide)

    def _put(self, action: str, value: Value, concerned: Query | None, key: str | None) -> CommandResult:
        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            own = key_of(value)
            unit.find(type(value), own)
            unit.put(value)
            if concerned is not None:
                unit.refresh(concerned)
            return own.id

        return self._execute(action, key, (value,), decide)
