"""The desk of an invented company in memory, for examples and for the tests of a host."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from contractor_compliance.desk import ComplianceDesk, MemberDesk, preset
from contractor_compliance.domain import ReviewStatus, Subject, WaiverState
from contractor_compliance.storage import Clock
from contractor_compliance.testing import factories
from contractor_compliance.testing.clock import FrozenClock

__all__ = ["sample_desk"]

#: Eleven in the morning at the company, in the middle of the sample assignment.
_NOW = datetime(2026, 6, 1, 15, tzinfo=UTC)
_OWNER, _MANAGER = (Subject(issuer="https://id.example.com", subject=name) for name in ("owner", "manager"))


def sample_desk(*, clock: Clock | None = None) -> MemberDesk:
    """Return the desk of Sample Staffing Inc as its owner has it, in a store in memory of its own.

    On file are `client-1`, the job code `RIG-1` and `contractor-1` at work in `assignment-1` with cover for 2026, the
    pending `certificate-1`, and `waiver-1`, which a manager has requested. The rule book is the preset `plain`. Ids
    count up (`id-1`), and every call builds the same company anew.

    Args:
        clock: The clock of the desk and of its store; by default it stands at June 1, 2026.

    Example:
        >>> from contractor_compliance.testing import sample_desk
        >>> sample_desk().profile("contractor-1").report.verdict.value
        'compliant'
    """
    numbers = itertools.count(1)
    chosen = FrozenClock(_NOW) if clock is None else clock
    made = {"ids": lambda: f"id-{next(numbers)}", "tokens": lambda: f"token-{next(numbers)}"}
    office = ComplianceDesk.open("memory://", company=factories.company(), owner=_OWNER, clock=chosen, **made)
    owner, manager = office.acting_as(_OWNER), office.acting_as(_MANAGER)
    owner.publish_rulebook(preset("plain"))
    office.accept_invitation(str(owner.invite_member("Mel Sample", role_ids=["manager"]).invitation), _MANAGER)
    owner.put_client(factories.client())
    owner.add_job_code(factories.job_code())
    owner.add_contractor(factories.contractor())
    contractor_id = factories.contractor().id
    for policy in (factories.gl_policy(), factories.wc_policy()):
        owner.record_policy(contractor_id, policy)
    owner.add_assignment(contractor_id, factories.assignment())
    owner.record_certificate(contractor_id, factories.certificate(status=ReviewStatus.PENDING))
    asked = factories.waiver("gl", id="waiver-1", state=WaiverState.REQUESTED, decided_by=None, decided_at=None)
    manager.request_waiver(contractor_id, asked)
    return owner
