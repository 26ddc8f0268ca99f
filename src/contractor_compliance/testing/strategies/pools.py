"""Small pools that samples are drawn from, so that records meet: ids resolve, days coincide, names nearly match."""

from __future__ import annotations

from datetime import date

from contractor_compliance.domain import LimitKind, Line, State, TaxId

__all__ = [
    "ALIASES",
    "AMOUNTS",
    "AROUND",
    "ASSIGNMENTS",
    "CARRIERS",
    "CERTIFICATES",
    "CLASSES",
    "CLIENTS",
    "CONTRACTORS",
    "DOCUMENTS",
    "FORMS",
    "JOB_CODES",
    "LINES",
    "NAMES",
    "PEOPLE",
    "PERMISSIONS",
    "POLICIES",
    "SPREAD",
    "STATES",
    "TABLES",
    "TAX_IDS",
    "TITLES",
    "ZIPS",
    "ZONES",
    "minimums",
    "table",
]

#: The day around which samples cluster.
AROUND = date(2026, 7, 1)
#: How many days before and after it they reach: three years in all.
SPREAD = 550

CONTRACTORS = ("contractor-1", "contractor-2")
CLIENTS = ("client-1", "client-2")
JOB_CODES = ("RIG-1", "ROOF-1")
ASSIGNMENTS = ("assignment-1", "assignment-2", "assignment-3")
CERTIFICATES = ("certificate-1", "certificate-2")
PEOPLE = ("person-1", "person-2")
#: A dossier numbers its policies, so these are there if it has as many.
POLICIES = ("policy-1", "policy-2", "policy-3")

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
#: Spellings that a person may have accepted.
ALIASES = ("Apex Limited Liability Company", "Apex Inc")
#: Titles, reasons and other text for people.
TITLES = ("Sample", "Work on stages", 'A "quoted" title; naïve', "=1+1")
TAX_IDS = (TaxId("000000001"), TaxId("000000002"))
#: Name and NAIC number of invented insurers.
CARRIERS = (
    ("Sample Mutual Insurance Company", "99901"),
    ("Sample Casualty Company", "99902"),
    ("Sample State Fund", None),
)

#: States with one zone and several, with a state fund only, and with rules of their own for exemptions.
STATES = (State.AL, State.CA, State.FL, State.NY, State.OH, State.TX, State.WA)
ZONES = ("America/Chicago", "America/Los_Angeles", "America/New_York", "UTC")
ZIPS = ("36104", "90012-1234")
CLASSES = ("C-39", "C39", "C-8")
DOCUMENTS = ("acord_25", "c_105_2", "ce_200", "register_entry")
FORMS = ("CG 20 10", "CG 20 37", "CG 20 33", "CG 20 01", "CG 24 04", "WC 00 03 13", "CG 25 03")
PERMISSIONS = ("add_assignment", "add_contractor", "grant_waiver", "read")

#: Lines, the usual ones first.
LINES = (
    Line.GL,
    Line.WC,
    Line.AUTO,
    Line.UMBRELLA,
    Line.EL,
    Line.PROFESSIONAL,
    Line.EXCESS,
    Line.SURETY_BOND,
    Line.OCCUPATIONAL_ACCIDENT,
    Line.STOP_GAP,
    Line.CYBER,
    Line("other:drone"),
)

_THOUSAND = 100_000
#: Amounts that policies and requirements state, in cents: about the usual ones, so that they are often equal.
AMOUNTS = (
    1_000 * _THOUSAND,
    2_000 * _THOUSAND,
    500 * _THOUSAND,
    5_000 * _THOUSAND,
    1_000 * _THOUSAND - 1,
    0,
)

_GENERAL = {
    LimitKind.EACH_OCCURRENCE: 1,
    LimitKind.GENERAL_AGGREGATE: 2,
    LimitKind.PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE: 2,
    LimitKind.PERSONAL_AND_ADVERTISING_INJURY: 1,
}
_EMPLOYERS = {
    LimitKind.EL_EACH_ACCIDENT: 1,
    LimitKind.EL_DISEASE_EACH_EMPLOYEE: 1,
    LimitKind.EL_DISEASE_POLICY_LIMIT: 1,
}
_LAYER = {LimitKind.EACH_OCCURRENCE: 5, LimitKind.AGGREGATE: 5}
_CLAIM = {LimitKind.EACH_CLAIM: 1, LimitKind.AGGREGATE: 2}
#: What a policy of a line usually states, in millions of dollars.
TABLES: dict[Line, dict[LimitKind, int]] = {
    Line.GL: _GENERAL,
    Line.WC: _EMPLOYERS,
    Line.EL: _EMPLOYERS,
    Line.STOP_GAP: _EMPLOYERS,
    Line.AUTO: {LimitKind.COMBINED_SINGLE_LIMIT: 1},
    Line.UMBRELLA: _LAYER,
    Line.EXCESS: _LAYER,
    Line.SURETY_BOND: {LimitKind.PENAL_SUM: 1},
}


def table(line: Line, thousands: int = 1_000) -> dict[str, int]:
    """Return the limits that a policy of `line` usually states, by field, scaled from one million dollars."""
    return {kind.value: times * thousands * _THOUSAND for kind, times in TABLES.get(line, _CLAIM).items()}


def minimums(line: Line) -> tuple[tuple[LimitKind, int], ...]:
    """Return the limits that a requirement on `line` usually asks for, in cents."""
    if line == Line.WC:
        return ()
    return tuple((kind, times * 1_000 * _THOUSAND) for kind, times in TABLES.get(line, _CLAIM).items())
