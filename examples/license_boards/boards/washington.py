"""Washington, Department of Labor & Industries (L&I): liability insurance, with its cancellations.

A license has a row for each policy that was ever filed. Its one amount is a single limit for injury and damage
together, the alternative that the department offers to the split amounts of RCW 18.27.050, which are per accident. A
combined single limit is the most that is paid for all injury and damage of one occurrence
(https://www.irmi.com/term/insurance-definitions/combined-single-limits), which is what "each occurrence" means on a
general liability policy: the amount is recorded under both names. The register states no aggregate.

Workers' compensation is not in it: in Washington it comes from the state's own fund.
"""

from __future__ import annotations

from boards.entry import Cover, Entry
from boards.register import Register
from boards.table import Row
from contractor_compliance.domain import LimitKind, Line, Missing, State

__all__ = ["WASHINGTON"]

_ID = ("id", "contractorlicensenumber")
_COMPANY = ("insurancecompany",)
_AMOUNT = ("insuranceamt",)
_EFFECTIVE = ("effectivedate",)
_EXPIRATION = ("expirationdate",)
_CANCELLATION = ("canceldate",)

_SINGLE_LIMIT = frozenset({LimitKind.COMBINED_SINGLE_LIMIT, LimitKind.EACH_OCCURRENCE})
#: The register keeps no more of an insurer's name.
_NAME_LENGTH = 30


def _read(row: Row) -> Entry:
    cover = _insurance(row)
    return Entry(
        id=row.license(*_ID),
        line=row.line,
        covers=() if cover is None else (cover,),
        notes=tuple(_notes(row)),
    )


def _insurance(row: Row) -> Cover | None:
    company, amount = row.text(*_COMPANY), row.cents(*_AMOUNT)
    effective, expiration = row.term(_EFFECTIVE, _EXPIRATION)
    cancelled = row.day(*_CANCELLATION)
    if {company, amount, cancelled, effective, expiration} <= {None, Missing.ABSENT}:
        return None
    return Cover(
        line=Line.GL,
        carrier=company,
        effective=effective,
        expiration=expiration,
        cancelled=cancelled,
        amount=amount,
        limits=_SINGLE_LIMIT,
    )


def _notes(row: Row) -> list[str]:
    notes = []
    status = row.text("licensestatusdesc")
    if status and status.upper() != "ACTIVE":
        notes.append(f"the board's status is {status}")
    company = row.text(*_COMPANY)
    if company and len(company) == _NAME_LENGTH:
        notes.append(f"the insurer's name may be cut short: {company}")
    return notes


WASHINGTON = Register(
    key="lni",
    board="Washington L&I",
    state=State.WA,
    columns=(_ID, _COMPANY, _AMOUNT, _EFFECTIVE, _EXPIRATION, _CANCELLATION),
    read=_read,
)
