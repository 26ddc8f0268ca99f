"""The company whose requirements are applied, and its settings."""

from __future__ import annotations

from typing import Annotated

import attrs

from contractor_compliance.domain.fields import TupleOf, field
from contractor_compliance.domain.geography import Zone
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.value import AtLeast, Id, Text, Value

__all__ = ["AssignmentGate", "Company", "CompanySettings", "Payer"]


class Payer(LabeledCode):
    """Who pays for program cover.

    Example:
        >>> from contractor_compliance.domain import CompanySettings
        >>> CompanySettings(payer=Payer.ORGANIZATION).payer.label
        'organization'
    """

    ORGANIZATION = "organization"
    CONTRACTOR = "contractor"


class AssignmentGate(LabeledCode):
    """What happens to a new assignment whose check does not pass: saved, saved on hold, or refused.

    Example:
        >>> {gate.value: gate.label for gate in AssignmentGate}
        {'warn': 'save with a warning', 'hold': 'save on hold', 'block': 'refuse'}
    """

    WARN = "warn"
    HOLD = "hold"
    BLOCK = "block"


@attrs.frozen(kw_only=True)
class CompanySettings(Value):
    """Choices of one company.

    Attributes:
        gate: What happens to an assignment that does not pass its check.
        payer: Who pays for program cover where nothing nearer says so.
        separate_approver: Whether a waiver needs an approver other than its requester (domain rule B8.3).
        allow_shared_email: Whether two contractors may have the same e-mail address.
        expiring_within_days: How many days before its end cover counts as expiring: a view, never a fact (rule B3.12).

    Example:
        >>> from contractor_compliance.domain import AssignmentGate
        >>> settings = CompanySettings(gate=AssignmentGate.HOLD)
        >>> settings.gate.label, settings.separate_approver, settings.expiring_within_days
        ('save on hold', True, 30)
    """

    gate: AssignmentGate = AssignmentGate.WARN
    payer: Payer = Payer.CONTRACTOR
    separate_approver: bool = True
    allow_shared_email: bool = False
    expiring_within_days: Annotated[int, AtLeast(0)] = 30


@attrs.frozen(kw_only=True)
class Company(Value):
    """The organization that engages contractors and sets requirements.

    Attributes:
        id: The host's own id.
        name: Legal name: what an additional insured endorsement must name.
        aliases: Other spellings of the legal name that a person has accepted.
        zone: Zone in which the company's "today" and "as known on day d" are read.
        settings: Its choices.

    Example:
        >>> from datetime import UTC, datetime
        >>> from contractor_compliance.domain import civil_date
        >>> company = Company(id="company-1", name="Sample Staffing Inc", zone="America/Chicago")
        >>> civil_date(datetime(2026, 7, 1, 3, tzinfo=UTC), company.zone)
        datetime.date(2026, 6, 30)
    """

    id: Id
    name: Text
    aliases: tuple[Text, ...] = field(default=(), converter=TupleOf[Text])
    zone: Zone = "America/New_York"
    settings: CompanySettings = CompanySettings()
