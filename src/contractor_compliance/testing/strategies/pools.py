"""Small pools that samples are drawn from, so that records meet: ids resolve, days coincide, names nearly match."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from contractor_compliance import domain
from contractor_compliance.domain import LimitKind, Line, State, TaxId
from contractor_compliance.testing import factories
from contractor_compliance.testing.factories import MILLION

#: The day around which samples cluster.
AROUND = date(2026, 7, 1)
#: How many days before and after it they reach: three years in all.
SPREAD = 550

CONTRACTORS = ("contractor-1", "contractor-2")
CLIENTS = ("client-1", "client-2")
JOB_CODES = ("RIG-1", "ROOF-1")
PEOPLE = ("person-1", "person-2")

#: Names of legal persons and of people: spellings of one, near misses, and text that must be escaped.
NAMES = (
    "Apex LLC",
    "APEX, L.L.C.",
    "Apex Inc",
    "Apex Construction LLC",
    "John Smith",
    "John Smith dba Apex",
    "Apex LLC dba Apex Rigging",
    "Ångström & <Söhne>",
)
#: Titles, reasons and other text for people.
TITLES = ("Sample", "Work on stages", 'A "quoted" title; naïve', "=1+1")
#: Name and NAIC number of invented insurers.
CARRIERS = (
    ("Sample Mutual Insurance Company", "99901"),
    ("Sample Casualty Company", "99902"),
    ("Sample State Fund", None),
)
DOCUMENTS = ("acord_25", "c_105_2", "ce_200", "register_entry", "acord_75", "acord_28")

#: States with one zone and several, with a state fund only, and with rules of their own for exemptions.
STATES = (State.AL, State.CA, State.FL, State.NY, State.OH, State.TX, State.WA)
LINES = (*Line.known(), Line("other:drone"))

#: Amounts that policies and requirements state, in cents: about the usual ones, so that they are often equal.
AMOUNTS = (MILLION, 2 * MILLION, MILLION // 2, 5 * MILLION, MILLION - 1, 0)


def usual_limits(line: Line, unit: int = MILLION) -> dict[LimitKind, int]:
    """Return the limits that a policy of `line` usually states, in cents, with `unit` in the place of one million."""
    if line == Line.SURETY_BOND:
        return {LimitKind.PENAL_SUM: unit}  # one of the amounts above, so that bonds too often meet what is asked for
    return {kind: cents * unit // MILLION for kind, cents in factories.usual_limits(line).items()}


#: What values are drawn from: those of a type, those of a field by its name, or those of one class's field.
CHOICES: Mapping[type | str | tuple[type, str], tuple[Any, ...]] = {
    Line: LINES,
    State: STATES,
    TaxId: (TaxId("78-4400101"), TaxId("900700002")),
    "aliases": ("Apex Limited Liability Company", "Apex Inc"),
    "assignment_id": ("assignment-1", "assignment-2", "assignment-3"),
    "by": ("member-1", "member-2"),
    "carrier_naic": ("99901", "99902"),
    "carrier_name": tuple(name for name, _ in CARRIERS),
    "certificate_id": ("certificate-1", "certificate-2"),
    "classes": ("C-39", "C39", "C-8"),
    "document": DOCUMENTS,
    "documents": DOCUMENTS,
    "edition": ("04 13", "12 19", "07 04"),
    "edition_not_before": ("04 13", "12 19"),
    "form": ("CG 20 10", "CG 20 37", "CG 20 33", "CG 20 01", "CG 24 04", "WC 00 03 13", "CG 25 03"),
    "forms": ("CG 20 10", "CG 20 37", "CG 20 33", "CG 20 01", "CG 24 04", "WC 00 03 13", "CG 25 03"),
    "fresh_for_days": (365, 90, 30),
    "id": ("sample-1", "sample-2"),
    "job_code_id": JOB_CODES,
    "key": ("shared",),
    "legal_name": NAMES,
    "license_classes": ("C-39", "C39", "C-8"),
    "name": NAMES,
    "notice_days": (30, 10, 0),
    "on_hold": (True,),
    "permissions": ("add_assignment", "add_contractor", "grant_waiver", "read"),
    # A dossier numbers its policies, so these are there if it has as many.
    "policy_id": ("policy-1", "policy-2", "policy-3"),
    "postal_code": ("36104", "90012-1234"),
    "program": (True,),
    "purchase_order": ("PO-1",),
    "requested_by": ("member-1", "member-1", "member-1", "member-2"),
    "sha256": ("00" * 32, "ab" * 32),
    "statutory": (True,),
    "tail_years": (1, 2),
    "trade_names": ("Apex", "Apex Rigging"),
    "zone": ("America/Chicago", "America/Los_Angeles", "America/New_York", "UTC"),
    (domain.Certificate, "form"): ("ACORD 25",),
    (domain.CompanySettings, "expiring_within_days"): (30, 60, 0),
    (domain.Contractor, "email"): ("sample@example.com",),
    (domain.Contractor, "phone"): ("+1 334 555 0100",),
    (domain.Custom, "name"): ("background_check", "drug_test"),
    (domain.EndorsementRule, "notice_days"): (30, 10, 1),
    (domain.Exemption, "people"): (*PEOPLE, *NAMES[:2]),
    (domain.Member, "roles"): ("role-1", "role-2"),
    (domain.Rate, "class_code"): ("5191", "0101-00"),
    (domain.Rate, "scheme"): ("Sample Bureau", "Washington"),
    (domain.Rate, "source"): ("quote of 2026", "https://example.com/rates"),
    (domain.Reference, "url"): ("https://example.com/rule",),
    (domain.Waiver, "document"): ("letter.pdf",),
}
