"""A clean table and the messes that people make of its cells.

Each kind of mess writes the value of one clean cell in another way, and says what must come out: the same dossiers as
from the clean twin (`SAME`), those of a twin whose cell is blank, with a warning (`BLANK`), or a fault at exactly that
cell (`FAULT`).
"""

from __future__ import annotations

import enum
import random
from collections.abc import Callable
from datetime import date
from typing import Any

import attrs

from contractor_compliance.domain import Company
from contractor_compliance.intake import Column, ColumnMapping, IntakeResult, from_rows

COMPANY = Company(id="acme", name="Acme Sample Staffing Inc")
OBSERVED_ON = date(2026, 6, 1)


class Outcome(enum.Enum):
    SAME = "same"
    BLANK = "blank"
    FAULT = "fault"


SAME, BLANK, FAULT = Outcome.SAME, Outcome.BLANK, Outcome.FAULT

MAPPING = ColumnMapping(
    contractors=(
        Column(header="ID", field="contractor.id"),
        Column(header="Name", field="contractor.legal_name"),
        Column(header="Form", field="contractor.entity_type"),
        Column(header="EIN", field="contractor.tax_id"),
        Column(header="State", field="contractor.state"),
        Column(header="E-mail", field="contractor.email"),
        Column(header="Employees?", field="contractor.has_employees"),
    ),
    assignments=(
        Column(header="Assignment", field="assignment.id"),
        Column(header="ID", field="contractor.id"),
        Column(header="Start", field="assignment.start", day_first=False),
        Column(header="End", field="assignment.end", day_first=False),
        Column(header="Work states", field="assignment.states"),
    ),
    policies=(
        Column(header="Record", field="policy.id"),
        Column(header="ID", field="contractor.id"),
        Column(header="Line", field="policy.line"),
        Column(header="Policy #", field="policy.number"),
        Column(header="Eff", field="policy.effective", day_first=False),
        Column(header="Exp", field="policy.expiration", day_first=False, serials="1900"),
        Column(header="Occ", field="policy.limits.each_occurrence"),
        Column(header="Agg", field="policy.limits.general_aggregate"),
    ),
)

_NAMES = ("Rigging", "Towers", "Drywall", "Films", "Electric", "Roofing", "Haulage", "Masonry", "Paint", "Glass")
_STATES = (
    ("TX", "Texas", "Tex."),
    ("TN", "Tennessee", "Tenn."),
    ("CA", "California", "Calif."),
    ("FL", "Florida", "Fla."),
)
_LINES = (
    ("general liability", ("GL", "CGL", "Gen. Liab.", "COMMERCIAL GENERAL LIABILITY", "Comm. Gen. Liab.")),
    ("workers' compensation", ("WC", "W/C", "Work Comp", "Workers\u2019 Comp.", "WC/EL")),
    ("automobile liability", ("Auto", "AL", "Business Auto", "Commercial Auto Liability", "Auto Liab")),
    ("umbrella", ("UMB", "Umbr.", "Umbrella Liability", "Commercial Umbrella", "umbrella policy")),
    (
        "professional liability",
        ("E&O", "Prof. Liab.", "Errors & Omissions", "Professional Liability Insurance", "Malpractice"),
    ),
)


Tables = dict[str, list[dict[str, Any]]]


def clean(seed: int, *, size: int = 6) -> Tables:
    """Return invented tables with each value written in the way that leaves no doubt."""
    source = random.Random(seed)
    tables: Tables = {"contractors": [], "assignments": [], "policies": []}
    for number in range(size):
        state = source.choice(_STATES)[0]
        start = date(2026, source.randint(1, 12), source.randint(1, 28))
        tables["contractors"].append(
            {
                "ID": f"C-{number}",
                "Name": f"Sample {_NAMES[number % len(_NAMES)]} {number} LLC",
                "Form": source.choice(("llc", "corporation", "sole_proprietor")),
                "EIN": f"78-4{source.randint(100000, 999999)}",
                "State": state,
                "E-mail": f"office{number}@sample.example",
                "Employees?": source.choice(("yes", "no")),
            }
        )
        tables["assignments"].append(
            {
                "Assignment": f"A-{number}",
                "ID": f"C-{number}",
                "Start": start.isoformat(),
                "End": start.replace(year=2027).isoformat(),
                "Work states": ", ".join(sorted({state, source.choice(_STATES)[0]})),
            }
        )
        for line, _ in source.sample(_LINES, 2):
            first = date(2026, source.randint(1, 12), source.randint(1, 28))
            tables["policies"].append(
                {
                    "Record": f"P-{len(tables['policies'])}",
                    "ID": f"C-{number}",
                    "Line": line,
                    "Policy #": f"PN-{source.randint(10000, 99999)}",
                    "Eff": first.isoformat(),
                    "Exp": first.replace(year=2027).isoformat(),
                    "Occ": f"{source.choice((1, 2, 3)) * 1_000_000}",
                    "Agg": f"{source.choice((2, 4)) * 1_000_000}",
                }
            )
    return tables


def read(tables: Tables) -> IntakeResult:
    return from_rows(
        MAPPING,
        company=COMPANY,
        observed_on=OBSERVED_ON,
        contractors=tables["contractors"],
        assignments=tables["assignments"],
        policies=tables["policies"],
    )


@attrs.frozen
class Mess:
    """A way to write a cell: of which column, how, and what must come out."""

    name: str
    table: str
    header: str
    write: Callable[[str], Any]
    outcome: Outcome


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _us(text: str, form: str) -> str:
    day = _day(text)
    month = day.strftime("%B")
    return form.format(
        m=day.month, d=day.day, y=day.year, yy=f"{day.year % 100:02}", mm=f"{day.month:02}", dd=f"{day.day:02}",
        B=month, b=month[:3], W=day.strftime("%A"), w=day.strftime("%a"),
    )  # fmt: skip


_DAYS_SAME = (
    "{m}/{d}/{y}", "{mm}/{dd}/{y}", "{m}-{d}-{y}", "{mm}-{dd}-{y}", "{m}.{d}.{y}", "{y}/{mm}/{dd}", "{y}/{m}/{d}",
    "{y}.{mm}.{dd}",
    "{y}{mm}{dd}", "{d}-{b}-{y}", "{d} {b} {y}", "{d} {B} {y}", "{b} {d}, {y}", "{B} {d}, {y}", "{b}. {d} {y}",
    "{y}-{b}-{dd}",
    "{w}, {b} {d}, {y}", "{W}, {B} {d}, {y}", "  {m}/{d}/{y}  ", "\u00a0{m}/{d}/{y}\u200b", "{m}/{d}/{y} 12:01 AM",
    "{m}/{d}/{y} 0:00",
    "{m}/{d}/{y} 00:00:00", "{m}/{d}/{y} 12:00:00 AM", "{y}-{mm}-{dd}T00:00:00", "{y}-{mm}-{dd} 00:00:00.000",
    "{y}-{mm}-{dd}T00:00:00Z", "{m}/{d}/{y} 12:01 a.m. standard time", "{m}/{d}/{y}, 12:01am", "{y}-{mm}-{dd} 00:01",
    "{m}/{d}/{y} at 12:01 AM", "{m}/{d}/{y} midnight", "{m}/{d}/{yy}", "{d}-{b}-{yy}", "{d}{b}{y}", "'{m}/{d}/{y}",
    '="{m}/{d}/{y}"',
)  # fmt: skip
_DAYS_FAULT = (
    "{m}/{d}/{y} 12:00 PM", "{m}/{d}/{y} 5:00 PM", "{y}-{mm}-{dd}T04:00:00Z", "{m}/{y}", "{b} {y}", "{y}", "13/32/{y}",
    "2/30/{y}", "{m}/{d}/20{y}", "{m}/{d}/{y} - {m}/{d}/2028", "exp. {m}/{d}/{y}", "{m}/{d}/{y}?",
    "{m}/{d}/{y} (renewal)",
    "see attached", "TBD", "pending", "#REF!", "########", "\ufffd{m}/{d}/{y}", "{m}/{d}", "every {m}/{d}",
    "continuous",
    "{m}/{d}/202", "Qtr 2 {y}",
)  # fmt: skip
_BLANK = ("", "  ", "N/A", "n/a", "NA", "-", "--", "none", "NULL", "#N/A", "nan", "\u2014")
_SENTINELS = (
    "1900-01-01",
    "1/1/1900",
    "12/31/9999",
    "9999-12-31",
    "00/00/0000",
    "0",
    "1/0/1900",
    "0001-01-01",
    "12/30/1899",
)


def _grouped(text: str) -> str:
    return f"{int(text):,}"


def _millions(text: str) -> str:
    return str(int(text) // 1_000_000)


_MONEY_SAME: tuple[tuple[str, Callable[[str], Any]], ...] = (
    ("grouped", _grouped),
    ("dollar sign", lambda text: f"${_grouped(text)}"),
    ("dollar sign and spaces", lambda text: f" $ {_grouped(text)} "),
    ("cents", lambda text: f"{_grouped(text)}.00"),
    ("trailing point", lambda text: f"{_grouped(text)}."),
    ("M", lambda text: f"${_millions(text)}M"),
    ("small m", lambda text: f"{_millions(text)}m"),
    ("MM", lambda text: f"{_millions(text)} MM"),
    ("mil", lambda text: f"{_millions(text)} mil"),
    ("million", lambda text: f"${_millions(text)} Million"),
    ("decimals and M", lambda text: f"{_millions(text)}.0M"),
    ("thousands", lambda text: f"{_millions(text)}000K"),
    ("USD before", lambda text: f"USD {_grouped(text)}"),
    ("USD after", lambda text: f"{_grouped(text)} USD"),
    ("US$", lambda text: f"US${_grouped(text)}"),
    ("dollars", lambda text: f"{_grouped(text)} dollars"),
    ("no-break space", lambda text: f"$\u00a0{_grouped(text)}"),
    ("slash and dash", lambda text: f"{_grouped(text)}/-"),
    ("integer cell", int),
    ("float cell", float),
)
_MONEY_FAULT: tuple[tuple[str, Callable[[str], Any]], ...] = (
    ("two amounts", lambda text: f"{_millions(text)}M/2M"),
    ("two amounts in full", lambda text: f"${_grouped(text)} / $2,000,000"),
    ("three amounts", lambda text: "500/500/500"),
    ("three amounts with commas", lambda text: "500,500,500"),
    ("euro", lambda text: f"\u20ac{_grouped(text)}"),
    ("Canadian dollars", lambda text: f"CAD {_grouped(text)}"),
    ("Canadian sign", lambda text: f"C${_millions(text)}M"),
    ("pounds", lambda text: f"\u00a3{_grouped(text)}"),
    ("dots for thousands", lambda text: _grouped(text).replace(",", ".")),
    ("spaces for thousands", lambda text: _grouped(text).replace(",", " ")),
    ("misplaced comma", lambda text: f"{text[:2]},{text[2:]}"),
    ("parentheses", lambda text: f"({_grouped(text)})"),
    ("minus", lambda text: f"-{text}"),
    ("shortened", lambda text: f"{_millions(text)}E+06"),
    ("Roman M", lambda text: f"{_millions(text)}000M"),
    ("written out and M", lambda text: f"{_grouped(text)} MM"),
    ("plus", lambda text: f"{_grouped(text)}+"),
    ("kind beside it", lambda text: f"{_grouped(text)} CSL"),
    ("statutory", lambda text: "Statutory"),
    ("included", lambda text: "Included"),
    ("in words", lambda text: "one million"),
    ("letter O", lambda text: text.replace("0", "O")),
    ("TBD", lambda text: "TBD"),
    ("formula", lambda text: "#VALUE!"),
)
_LINE_FAULT = (
    "BOP", "Package", "Umbrella/Excess", "Liability", "Exempt", "Self-Insured", "Comp", "PL", "Bond", "GL;WC",
    "Genral Liabilty",
    "Auto/GL", "3", "HNOA", "see attached",
)  # fmt: skip


def _formed(form: str) -> Callable[[str], str]:
    return lambda text: _us(text, form)


def _days() -> list[Mess]:
    messes = []
    for table, header in (("assignments", "End"), ("policies", "Eff"), ("policies", "Exp")):
        messes += [Mess(f"{header} as {form!r}", table, header, _formed(form), SAME) for form in _DAYS_SAME]
        messes += [Mess(f"{header} as {form!r}", table, header, _formed(form), FAULT) for form in _DAYS_FAULT]
        messes += _fixed(table, header, (*_BLANK, *_SENTINELS), BLANK)
        messes.append(Mess(f"{header} as a date", table, header, _day, SAME))
    serial = Mess(
        "Exp as a serial number", "policies", "Exp", lambda text: str((_day(text) - date(1899, 12, 30)).days), SAME
    )
    number = Mess(
        "Exp as a serial float", "policies", "Exp", lambda text: float((_day(text) - date(1899, 12, 30)).days), SAME
    )
    return [*messes, serial, number]


def _fixed(table: str, header: str, texts: tuple[str, ...], outcome: Outcome) -> list[Mess]:
    return [Mess(f"{header} as {text!r}", table, header, lambda _, text=text: text, outcome) for text in texts]


def _amounts() -> list[Mess]:
    rows = [(name, write, SAME) for name, write in _MONEY_SAME] + [(name, write, FAULT) for name, write in _MONEY_FAULT]
    messes = [
        Mess(f"{header}: {name}", "policies", header, write, outcome)
        for header in ("Occ", "Agg")
        for name, write, outcome in rows
    ]
    return messes + _fixed("policies", "Occ", (*_BLANK, "$ -"), BLANK)


def _spelled(table: dict[str, tuple[str, ...]], at: int) -> Callable[[str], str]:
    return lambda text: table[text][at]


def _words() -> list[Mess]:
    lines = dict(_LINES)
    states = {
        code: (name, older, code.lower(), f"US-{code}", f"{code} - {name}", f"State of {name}", f" {code}. ")
        for code, name, older in _STATES
    }
    forms = {
        "llc": ("L.L.C.", "LLC", "Limited Liability Company", "ltd liability co"),
        "corporation": ("Inc.", "Corp", "S-Corp", "C Corporation"),
        "sole_proprietor": ("Sole Prop.", "sole proprietorship", "Sole-Proprietor", "SOLE PROPRIETOR"),
    }
    answers = {"yes": ("Y", "X", "TRUE", "1", "\u2713", "t"), "no": ("N", "No.", "FALSE", "0", "\u2610", "f")}
    messes = [Mess(f"Line, spelling {at}", "policies", "Line", _spelled(lines, at), SAME) for at in range(5)]
    messes += [Mess(f"State, spelling {at}", "contractors", "State", _spelled(states, at), SAME) for at in range(7)]
    messes += [Mess(f"Form, spelling {at}", "contractors", "Form", _spelled(forms, at), SAME) for at in range(4)]
    messes += [
        Mess(f"Employees, spelling {at}", "contractors", "Employees?", _spelled(answers, at), SAME) for at in range(6)
    ]
    messes += _fixed("policies", "Line", _LINE_FAULT, FAULT)
    messes += _fixed("contractors", "State", ("Nashville, TN", "Ontario", "ZZ", "48", "TX/OK", "Remote", "TBD"), FAULT)
    messes += _fixed(
        "contractors", "Form", ("LLC - S Corp", "DBA", "1099", "Ltd.", "unknown", "foundation of sorts"), FAULT
    )
    messes += _fixed("contractors", "Employees?", ("maybe", "2", "see attached", "Yes/No", "some"), FAULT)
    messes += _fixed("contractors", "Employees?", _BLANK, BLANK)
    messes += _fixed("contractors", "State", ("", "N/A", "none"), BLANK)
    return messes


def _texts() -> list[Mess]:
    def states(join: str) -> Callable[[str], str]:
        return lambda text: join.join(text.split(", "))

    messes = [
        Mess("name with spaces", "contractors", "Name", lambda text: f"  {text.replace(' ', '   ')} ", SAME),
        Mess("name with a no-break space", "contractors", "Name", lambda text: text.replace(" ", "\u00a0"), SAME),
        Mess("name as a number", "contractors", "Name", lambda text: 17, FAULT),
        Mess("name as an e-mail address", "contractors", "Name", lambda text: "a@sample.example", FAULT),
        Mess("name damaged", "contractors", "Name", lambda text: f"{text}\ufffd", FAULT),
        Mess("e-mail with a name", "contractors", "E-mail", lambda text: f"Sam Sample <{text}>", SAME),
        Mess("e-mail with mailto", "contractors", "E-mail", lambda text: f"mailto:{text}", SAME),
        Mess("e-mail with spaces", "contractors", "E-mail", lambda text: f" {text} ", SAME),
        Mess("two e-mails", "contractors", "E-mail", lambda text: f"{text}; other@sample.example", FAULT),
        Mess("no e-mail", "contractors", "E-mail", lambda text: "none@none.com", BLANK),
        Mess("e-mail without a host", "contractors", "E-mail", lambda text: "office@", FAULT),
        Mess("EIN with spaces", "contractors", "EIN", lambda text: f" {text} ", SAME),
        Mess("EIN with a dash of another kind", "contractors", "EIN", lambda text: text.replace("-", "\u2013"), SAME),
        Mess("EIN with its name", "contractors", "EIN", lambda text: f"EIN: {text}", SAME),
        Mess("EIN masked", "contractors", "EIN", lambda text: f"**-***{text[-4:]}", BLANK),
        Mess("EIN too short", "contractors", "EIN", lambda text: text[1:], FAULT),
        Mess("EIN of one digit", "contractors", "EIN", lambda text: "99-9999999", FAULT),
        Mess("EIN in words", "contractors", "EIN", lambda text: "applied for", FAULT),
        Mess("number protected", "policies", "Policy #", lambda text: f'="{text}"', SAME),
        Mess("number as a text cell", "policies", "Policy #", lambda text: f"'{text}", SAME),
        Mess("number shortened", "policies", "Policy #", lambda text: "1.23457E+11", FAULT),
        Mess("number to come", "policies", "Policy #", lambda text: "TBD", FAULT),
        Mess("number blank", "policies", "Policy #", lambda text: "n/a", BLANK),
    ]
    messes += [
        Mess(f"states by {join!r}", "assignments", "Work states", states(join), SAME)
        for join in (";", "/", " and ", " & ", "\n", ",")
    ]
    messes += _fixed(
        "assignments",
        "Work states",
        ("TX, Mexico", "multiple", "TX OR OK", "All states", "all states except TX", "TBD"),
        FAULT,
    )
    return messes


MESSES: tuple[Mess, ...] = (*_days(), *_amounts(), *_words(), *_texts())
