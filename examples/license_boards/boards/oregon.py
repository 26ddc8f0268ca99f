"""Oregon, Construction Contractors Board (CCB): liability insurance and bond.

A license has a row for each of its endorsements, with a bond for each; the one liability policy is repeated in every
row. Rows for lead-based paint renovation (LBPR) carry neither. The register gives no effective date: the cover is
known from the day of the listing, and unknown before it.

What the one amount of insurance is the amount of depends on the endorsement: OAR 812-003-0221 asks most contractors
for an amount per occurrence, but commercial general contractors, and commercial specialty contractors of level 1, for
an aggregate. A row of the first kind states a single limit, each occurrence; one of the second kind states a general
aggregate, and says nothing of an occurrence.
"""

from __future__ import annotations

import re

from boards.entry import Cover, Entry
from boards.register import Register
from boards.table import Row
from contractor_compliance.domain import LimitKind, Line, Missing, State

__all__ = ["OREGON"]

_ID = ("id", "license_number")
_TYPE = ("license_type",)
_BOND_COMPANY = ("bond_company",)
_BOND_AMOUNT = ("bond_amount",)
_BOND_END = ("bond_exp_date",)
_COMPANY = ("ins_company",)
_AMOUNT = ("ins_amount",)
_END = ("ins_exp_date",)

_EACH_OCCURRENCE = frozenset({LimitKind.COMBINED_SINGLE_LIMIT, LimitKind.EACH_OCCURRENCE})
_AGGREGATE = frozenset({LimitKind.GENERAL_AGGREGATE})
#: OAR 812-003-0221 (1) to (15), https://www.law.cornell.edu/regulations/oregon/OAR-812-003-0221
_BASES = {
    "residential general contractor": _EACH_OCCURRENCE,
    "residential specialty contractor": _EACH_OCCURRENCE,
    "residential limited contractor": _EACH_OCCURRENCE,
    "residential developer": _EACH_OCCURRENCE,
    "residential locksmith services contractor": _EACH_OCCURRENCE,
    "home inspector services contractor": _EACH_OCCURRENCE,
    "home services contractor": _EACH_OCCURRENCE,
    "home energy performance score contractor": _EACH_OCCURRENCE,
    "residential restoration contractor": _EACH_OCCURRENCE,
    "commercial general contractor level 1": _AGGREGATE,
    "commercial specialty contractor level 1": _AGGREGATE,
    "commercial general contractor level 2": _AGGREGATE,
    "commercial specialty contractor level 2": _EACH_OCCURRENCE,
    "commercial developer": _EACH_OCCURRENCE,
    "construction flagging contractor": _EACH_OCCURRENCE,
}
#: An endorsement that the rule does not name: a single limit, whatever it applies to.
_BASIS_UNKNOWN = frozenset({LimitKind.COMBINED_SINGLE_LIMIT})
_SURPLUS_LINES = re.compile(r"SL\s?-\s?(?=\S)")


def _read(row: Row) -> Entry:
    covers = (_insurance(row), _bond(row))
    return Entry(
        id=row.license(*_ID),
        line=row.line,
        home=State.__members__.get(row.text("state") or ""),
        covers=tuple(cover for cover in covers if cover is not None),
        notes=tuple(_notes(row)),
    )


def _insurance(row: Row) -> Cover | None:
    company, amount, end = row.text(*_COMPANY), row.cents(*_AMOUNT), row.day(*_END)
    if {company, amount, end} == {None}:
        return None
    surplus = _SURPLUS_LINES.match(company) if company else None
    return Cover(
        line=Line.GL,
        carrier=company[surplus.end() :] if company and surplus else company,
        surplus_lines=surplus is not None,
        expiration=end or Missing.ABSENT,
        amount=amount,
        limits=_BASES.get((row.text("endorsement_text") or "").casefold(), _BASIS_UNKNOWN),
    )


def _bond(row: Row) -> Cover | None:
    company, amount, end = row.text(*_BOND_COMPANY), row.cents(*_BOND_AMOUNT), row.day(*_BOND_END)
    if {company, amount, end} == {None}:
        return None
    return Cover(
        line=Line.SURETY_BOND,
        carrier=company,
        expiration=end or Missing.ABSENT,
        amount=amount,
        limits=frozenset({LimitKind.PENAL_SUM}),
    )


def _notes(row: Row) -> list[str]:
    notes = []
    if exempt := row.text("exempt_text"):
        notes.append(f"workers' compensation: {exempt}; not judged")
    if row.text(*_TYPE) == "LBPR":
        notes.append("the register keeps no insurance for lead-based paint renovation")
    return notes


OREGON = Register(
    key="ccb",
    board="Oregon CCB",
    state=State.OR,
    columns=(_ID, _TYPE, _BOND_COMPANY, _BOND_AMOUNT, _BOND_END, _COMPANY, _AMOUNT, _END),
    read=_read,
)
