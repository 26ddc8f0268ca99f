"""Use cases of what the whole company shares: settings, clients, insurers, rate cards, job codes (M5, M7)."""

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
    """Use cases of the company and of what its contractors share."""

    def change_settings(self, settings: CompanySettings, *, key: str | None = None) -> CommandResult:
        """Replace the company's settings: the assignment gate, who pays by default, separate approvers and the rest.

        Args:
            settings: All settings as they will be.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If members could approve their own waivers from now on, and the member is no owner (rule
                B8.3).

        Example:
            >>> from contractor_compliance import domain
            >>> from contractor_compliance.testing import sample_desk
            >>> desk = sample_desk()
            >>> _ = desk.change_settings(domain.CompanySettings(gate=domain.AssignmentGate.BLOCK))
            >>> desk.profile("contractor-1").dossier.company.settings.gate.value
            'block'
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
        """Change the company's legal name, its accepted spellings, or its time zone.

        Endorsements must name the company, so the standing of every contractor is evaluated anew. The verdicts of
        earlier days follow the new name too, like everything that is known now. From now on the zone decides which
        day is today.

        Args:
            name: Legal name; None = as before.
            aliases: All accepted spellings; None = as before.
            zone: IANA name of the zone; None = as before.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            InvalidValueError: If there is no such zone, or a name is blank.
            NotAllowedError: If nothing would be changed.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> desk = sample_desk()
            >>> _ = desk.change_company(name="Sample Staffing Group Inc", zone="America/Denver")
            >>> desk.profile("contractor-1").dossier.company.name
            'Sample Staffing Group Inc'
        """
        if isinstance(aliases, str):
            raise TypeError("aliases takes several spellings, not one text")
        fields = {
            "name": name,
            "aliases": None if aliases is None else tuple(aliases),
            "zone": zone,
        }
        changes: dict[str, Any] = {field: value for field, value in fields.items() if value is not None}

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            changed = attrs.evolve(context.company, **changes)
            if changed == context.company:
                raise NotAllowedError("Nothing of the company would be changed: give a name, aliases or a zone.")
            unit.put(changed)
            if (changed.name, changed.aliases) != (context.company.name, context.company.aliases):
                unit.refresh(Query())
            return context.company.id

        return self._execute("change_company", key, (name, fields["aliases"], zone), decide)

    def put_client(self, client: Client, *, key: str | None = None) -> CommandResult:
        """Add or replace a client; the standings of the contractors who work for the client change in the same commit.

        Args:
            client: The client.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> sample_desk().put_client(factories.client(name="Sample Mills and Looms Corp")).id
            'client-1'
        """
        return self._put("put_client", client, Query(client_ids=frozenset({client.id})), key)

    def put_carrier(self, carrier: Carrier, *, key: str | None = None) -> CommandResult:
        """Add or replace an insurer; the standings of the contractors that it insures change in the same commit.

        Args:
            carrier: The insurer, which is known by its NAIC number, else by its name.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> carrier = factories.carrier()
            >>> sample_desk().put_carrier(carrier).id == carrier.naic
            True
        """

        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            carrier_key = key_of(carrier)
            before = unit.find(Carrier, carrier_key)
            unit.put(carrier)
            # Policies may name the insurer as it was called before.
            versions = (carrier,) if before is None else (carrier, before)
            names = [text for version in versions for text in (version.name, version.naic) if text]
            unit.refresh(Query(insurers=frozenset(names)))
            return carrier_key.id

        return self._execute("put_carrier", key, (carrier,), decide)

    def put_rate_card(self, card: RateCard, *, key: str | None = None) -> CommandResult:
        """Add or replace a rate card.

        Args:
            card: The rate card.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> sample_desk().put_rate_card(factories.rate_card()).id
            'rate-card-1'
        """
        return self._put("put_rate_card", card, None, key)

    def add_job_code(self, job_code: JobCode, *, key: str | None = None) -> CommandResult:
        """Add an approved job code: a description of work for assignments to use.

        Args:
            job_code: The job code; its status is set here.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If there is such a job code already.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> sample_desk().add_job_code(factories.job_code(id="RIG-2")).id
            'RIG-2'
        """
        return self._add("add_job_code", job_code, JobCodeStatus.APPROVED, key)

    def propose_job_code(self, job_code: JobCode, *, key: str | None = None) -> CommandResult:
        """Propose a job code; assignments may use it once it is approved.

        Args:
            job_code: The job code; its status is set here.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If there is such a job code already.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> sample_desk().propose_job_code(factories.job_code(id="RIG-2")).id
            'RIG-2'
        """
        return self._add("propose_job_code", job_code, JobCodeStatus.PROPOSED, key)

    def approve_job_code(self, job_code_id: str, *, key: str | None = None) -> CommandResult:
        """Approve a job code that was proposed or retired.

        Args:
            job_code_id: The job code.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such job code.
            NotAllowedError: If the job code is approved already.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> desk = sample_desk()
            >>> proposed = desk.propose_job_code(factories.job_code(id="RIG-2"))
            >>> desk.approve_job_code(proposed.id).id
            'RIG-2'
        """
        return self._change_status("approve_job_code", job_code_id, JobCodeStatus.APPROVED, key)

    def retire_job_code(self, job_code_id: str, *, key: str | None = None) -> CommandResult:
        """Retire a job code: no new assignment may use it, and the assignments that use it continue.

        Args:
            job_code_id: The job code.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such job code.
            NotAllowedError: If the job code is retired already.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> desk = sample_desk()
            >>> _ = desk.retire_job_code("RIG-1")
            >>> [job_code.status.value for job_code in desk.profile("contractor-1").dossier.job_codes]
            ['retired']
        """
        return self._change_status("retire_job_code", job_code_id, JobCodeStatus.RETIRED, key)

    def rename_job_code(
        self, job_code_id: str, *, title: str | None = None, description: str | None = None, key: str | None = None
    ) -> CommandResult:
        """Change the title or the description of a job code; its id and the assignments that use it stay.

        Args:
            job_code_id: The job code.
            title: The new title; None = as before.
            description: The new description; None = as before.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such job code.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> desk = sample_desk()
            >>> _ = desk.rename_job_code("RIG-1", title="Stage rigging")
            >>> [job_code.title for job_code in desk.profile("contractor-1").dossier.job_codes]
            ['Stage rigging']
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
                raise NotAllowedError(f"There is a job code {job_code_id!r} already; rename it, or take another id.")
            unit.put(attrs.evolve(job_code, status=status))
            return job_code_id

        return self._execute(action, key, (job_code,), decide)

    def _change_status(self, action: str, job_code_id: str, status: JobCodeStatus, key: str | None) -> CommandResult:
        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            before = unit.get(JobCode, Key(Kind.JOB_CODE, job_code_id))
            if before.status is status:
                raise NotAllowedError(f"The job code {job_code_id!r} is {status.label} already.")
            unit.put(attrs.evolve(before, status=status))
            unit.refresh(Query(job_code_ids=frozenset({job_code_id})))
            return job_code_id

        return self._execute(action, key, (job_code_id,), decide)

    def _put(self, action: str, value: Value, affected: Query | None, key: str | None) -> CommandResult:
        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            value_key = key_of(value)
            unit.find(type(value), value_key)
            unit.put(value)
            if affected is not None:
                unit.refresh(affected)
            return value_key.id

        return self._execute(action, key, (value,), decide)
