"""Cover at an instant: the one answer that needs a time zone."""

from __future__ import annotations

from datetime import datetime, timedelta

from contractor_compliance.domain.calendar import civil_date
from contractor_compliance.domain.dossier import Dossier
from contractor_compliance.domain.geography import zones_of
from contractor_compliance.errors import Fault, InvalidValueError
from contractor_compliance.evaluation.facts.dossier import DossierFacts

__all__ = ["in_force_at"]

#: Cover turns one minute past midnight, so the minute before it belongs to the day before (domain rules B3.1, B3.3).
_MINUTE = timedelta(minutes=1)


def in_force_at(dossier: Dossier, policy_id: str, instant: datetime) -> bool | None:
    """Return whether a policy is in force at an instant, in the time zone of the insured's mailing address.

    Args:
        dossier: The dossier that holds the policy.
        policy_id: The policy.
        instant: An aware instant.

    Returns:
        None where the facts leave it open, or where the zone is not known and decides it.

    Raises:
        InvalidValueError: If the instant is naive, or no such policy is on file.

    Example:
        >>> from datetime import UTC, datetime
        >>> from contractor_compliance.testing import factories as make
        >>> dossier = make.dossier(make.gl_policy(id="gl"))
        >>> in_force_at(dossier, "gl", datetime(2026, 6, 1, 18, tzinfo=UTC))
        True
    """
    if instant.utcoffset() is None:
        raise InvalidValueError("in_force_at", (Fault("instant", repr(instant), "must be aware; give it a zone"),))
    policy = DossierFacts(dossier).by_id.get(policy_id)
    if policy is None:
        raise InvalidValueError("in_force_at", (Fault("policy_id", repr(policy_id), "is not on file in the dossier"),))
    results = set()
    for zone in _zones(dossier):
        day = civil_date(instant - _MINUTE, zone)
        results.add(True if day in policy.in_force.certain else None if day in policy.in_force.possible else False)
    return results.pop() if len(results) == 1 else None


def _zones(dossier: Dossier) -> tuple[str, ...]:
    """Return the zone of the mailing address, or every zone that it may have."""
    contractor = dossier.contractor
    if contractor.cover_zone is not None:
        return (contractor.cover_zone,)
    address = contractor.mailing_address or contractor.home_address
    # The first and the last zone of the states and territories bound all others.
    return zones_of(address.state) if address is not None else ("Pacific/Guam", "Pacific/Pago_Pago")
