"""California, Contractors State License Board (CSLB): workers' compensation or exemption, and the contractor's bond.

A row tells of at most one policy or exemption and of one contractor's bond. The bonds of LLC workers and of
disciplinary orders, and the status of the license, are noted and not judged.
"""

from __future__ import annotations

import re
from datetime import date

from boards.entry import Cover, Entry
from boards.register import Register
from boards.table import Row
from contractor_compliance.domain import EntityType, ExemptionKind, InsuredCapacity, LimitKind, Line, Missing, State

__all__ = ["CALIFORNIA"]

_ID = ("id", "LicenseNo")
_UPDATED = ("lastUpdate",)
_FORM = ("businessType",)
_CLASSES = ("classifications", "Classifications(s)")
_WC_TYPE = ("wcCoverageType", "WorkersCompCoverageType")
_WC_INSURER = ("wcInsurer", "WCInsuranceCompany")
_WC_EFFECTIVE = ("wcEffective", "WCEffectiveDate")
_WC_EXPIRATION = ("wcExpiration", "WCExpirationDate")
_WC_CANCELLATION = ("wcCancellation", "WCCancellationDate")
_WC_SUSPEND = ("wcSuspend", "WCSuspendDate")
_BOND_SURETY = ("cbSurety", "CBSuretyCompany")
_BOND_EFFECTIVE = ("cbEffective", "CBEffectiveDate")
_BOND_CANCELLATION = ("cbCancellation", "CBCancellationDate")
_BOND_AMOUNT = ("cbAmount",)
_OTHER_BONDS = {"wbAmount": "bond of LLC workers", "dbAmount": "disciplinary bond"}

_FORMS = {
    "sole owner": EntityType.SOLE_PROPRIETOR,
    "partnership": EntityType.PARTNERSHIP,
    "limited liability": EntityType.LLC,
    "corporation": EntityType.CORPORATION,
}
_STATE_FUND = "STATE COMPENSATION INSURANCE FUND"
_POLICY = "workers' compensation insurance"
_LEASING = "leasing firm"
_NO_COVER = "license does not have current w/c"
_EXEMPT = "exempt"
_SELF_INSURED = ("self-insured", "self insured")


def _read(row: Row) -> Entry:
    updated = row.day(*_UPDATED)
    kind = _word(row.text(*_WC_TYPE))
    form = _word(row.text(*_FORM))
    wc = _compensation(row, kind, updated)
    bond = _bond(row)
    return Entry(
        id=row.license(*_ID),
        line=row.line,
        observed=updated,
        entity_type=_FORMS.get(form, EntityType.OTHER),
        # An exemption is the licensee's own certificate, filed with the board, that there are none (B&P 7125).
        no_employees=kind == _EXEMPT,
        home=State.__members__.get(row.text("state") or ""),
        classes=tuple(class_.strip() for class_ in re.split(r"[|,;/]", row.text(*_CLASSES) or "") if class_.strip()),
        covers=tuple(cover for cover in (wc, bond) if cover is not None),
        notes=tuple(_notes(row, wc)),
    )


def _compensation(row: Row, kind: str, updated: date | None) -> Cover | None:
    insurer = row.text(*_WC_INSURER)
    effective, expiration = row.term(_WC_EFFECTIVE, _WC_EXPIRATION)
    cancelled = row.day(*_WC_CANCELLATION)
    blank = {insurer, effective, expiration, cancelled} <= {None, Missing.ABSENT}
    if kind == _EXEMPT or kind in _SELF_INSURED:
        # Which licenses may be exempt goes by their class: where that is blank, the exemption proves nothing.
        is_provable = kind in _SELF_INSURED or row.text(*_CLASSES) is not None
        return Cover(
            line=Line.WC,
            exemption=ExemptionKind.REGISTER_EXEMPTION if kind == _EXEMPT else ExemptionKind.SELF_INSURANCE,
            effective=effective if is_provable else Missing.UNREADABLE,
            expiration=expiration if is_provable else Missing.UNREADABLE,
            # The register gives an end to some exemptions and none to others: those last until they are revoked.
            continuous=is_provable and isinstance(expiration, Missing),
            cancelled=cancelled,
        )
    if blank and kind in ("", _NO_COVER):
        return None
    is_provable = kind in (_POLICY, _NO_COVER) or kind.startswith(_LEASING)
    return Cover(
        line=Line.WC,
        insured_as=InsuredCapacity.PARTICIPANT if kind.startswith(_LEASING) else InsuredCapacity.NAMED_INSURED,
        carrier=insurer,
        state_fund=State.CA if insurer == _STATE_FUND else None,
        # Days given for a kind of cover that we do not know are not days of a policy, nor of no policy: unknown.
        effective=effective if is_provable else Missing.UNREADABLE,
        expiration=expiration if is_provable else Missing.UNREADABLE,
        cancelled=cancelled,
        ended=row.text(*_WC_TYPE) if kind == _NO_COVER and _seems_current(expiration, cancelled, updated) else None,
    )


def _seems_current(expiration: date | Missing, cancelled: date | None, updated: date | None) -> bool:
    """Return whether the days on record do not explain why the board says that there is no cover."""
    ends = [day for day in (expiration, cancelled) if isinstance(day, date)]
    return not ends or updated is None or min(ends) > updated


def _bond(row: Row) -> Cover | None:
    surety, effective = row.text(*_BOND_SURETY), row.day(*_BOND_EFFECTIVE)
    cancelled, amount = row.day(*_BOND_CANCELLATION), row.cents(*_BOND_AMOUNT)
    if {surety, effective, cancelled, amount} == {None}:
        return None
    return Cover(
        line=Line.SURETY_BOND,
        carrier=surety,
        effective=effective or Missing.ABSENT,
        # A contractor's bond runs until it is cancelled: the register has no column for its end.
        continuous=True,
        cancelled=cancelled,
        amount=amount,
        limits=frozenset({LimitKind.PENAL_SUM}),
    )


def _notes(row: Row, wc: Cover | None) -> list[str]:
    notes = []
    status = [text for text in (row.text("primaryStatus"), row.text("secondaryStatus")) if text]
    if status and status != ["CLEAR"]:
        notes.append(f"the board's status is {', '.join(status)}")
    suspended = row.day(*_WC_SUSPEND)
    if suspended:
        notes.append(f"the board suspended the license for want of workers' compensation on {suspended}")
    if wc is not None and wc.effective is Missing.UNREADABLE:
        notes.append(
            "exempt, but the classes of the license are blank: not known whether they may be"
            if wc.exemption
            else f"kind of workers' compensation not known: {row.text(*_WC_TYPE) or 'blank'}"
        )
    if wc is not None and wc.ended:
        notes.append("the board says that there is no cover, but gives no day on which it ended")
    notes.extend(f"{name} not judged" for column, name in _OTHER_BONDS.items() if row.text(column))
    return notes


def _word(text: str | None) -> str:
    return (text or "").casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


CALIFORNIA = Register(
    key="cslb",
    board="California CSLB",
    state=State.CA,
    columns=(
        *(_ID, _FORM, _CLASSES),
        *(_WC_TYPE, _WC_EFFECTIVE, _WC_EXPIRATION, _WC_CANCELLATION),
        *(_BOND_EFFECTIVE, _BOND_CANCELLATION, _BOND_AMOUNT),
    ),
    read=_read,
)
