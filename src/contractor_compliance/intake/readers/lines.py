"""Lines of insurance by the trade's abbreviations.

The abbreviations are those of certificates, of agents' and carriers' public glossaries and of license registers; each
has one meaning in all of them. Those with more than one meaning stand in `OTHER_MEANINGS`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from contractor_compliance.domain import Line
from contractor_compliance.intake.readers.reading import Reading, nearest, plain_text, read_as, unreadable, words

__all__ = ["LINE_WORDS", "OTHER_MEANINGS", "read_line"]

_NAMES: Final = {
    Line.GL: (
        "gl", "cgl", "general liability", "general liab", "gen liability", "gen liab", "genl liab", "genl liability",
        "commercial general liability", "commercial gl", "commercial general liab", "comm general liability",
        "comm gen liab", "comm gl", "comml general liability", "coml general liability",
        "comprehensive general liability",
        "gl cgl", "cgl gl", "general liability gl", "general liability cgl", "gl general liability",
        "commercial general liability cgl",
    ),
    Line.WC: (
        "wc", "w c", "wcomp", "work comp", "workcomp", "worker comp", "workers comp", "workers compensation",
        "worker compensation", "workman comp", "workmans comp", "workmens comp", "workman compensation",
        "workmans compensation", "workmens compensation", "wkrs comp", "wkr comp", "workers comp wc", "work comp wc",
        "workers compensation wc", "wc workers compensation", "wc workers comp", "wc el", "wc and el", "wc wel", "wcel",
        "workers compensation and employers liability", "workers compensation employers liability",
        "workers comp and employers liability", "workers comp employers liability", "workers comp el",
        "wc and employers liability", "wc employers liability",
    ),
    Line.EL: ("el", "employers liability", "employer liability", "employers liab", "emp liab", "emp liability"),
    Line.AUTO: (
        "al", "auto", "auto liability", "auto liab", "automobile", "automobile liability", "automobile liab", "bap",
        "business auto", "business auto liability", "business automobile", "commercial auto",
        "commercial auto liability",
        "commercial automobile", "commercial automobile liability", "comm auto", "comml auto", "coml auto",
        "business automobile liability",
    ),
    Line.PERSONAL_AUTO: ("pap", "personal auto", "personal automobile", "personal auto liability",
        "private passenger auto"),
    Line.UMBRELLA: (
        "umb", "umbr", "umbrella", "umbrella liability", "umbrella liab", "umb liab", "commercial umbrella",
        "comm umbrella",
        "commercial umbrella liability",
    ),
    Line.EXCESS: ("xs", "excess", "excess liability", "excess liab", "xs liab", "xs liability",
        "commercial excess liability"),
    Line.PROFESSIONAL: (
        "e and o", "eo", "e o", "errors and omissions", "errors omissions", "errors and omissions e and o",
        "professional", "professional liability", "professional liab", "prof liability", "prof liab",
        "professional e and o",
        "professional liability e and o", "professional liability errors and omissions", "professional indemnity",
        "malpractice", "medical malpractice", "med mal", "medical professional liability",
    ),
    Line.CYBER: ("cyber", "cyber liability", "cyber liab", "cyber risk", "cyber security", "cybersecurity"),
    Line.MEDIA: ("media", "media liability", "media liab", "multimedia liability"),
    Line.CRIME: ("crime", "commercial crime", "employee dishonesty", "employee theft"),
    Line.OCCUPATIONAL_ACCIDENT: ("oa", "oai", "occ acc", "occacc", "occ accident", "occupational accident"),
    Line.STOP_GAP: ("stop gap", "stopgap", "stop gap liability", "stop gap employers liability"),
    Line.SURETY_BOND: (
        "surety", "surety bond", "contractor bond", "contractors bond", "contractor license bond",
        "contractors license bond",
        "license bond", "performance bond", "payment bond", "performance and payment bond",
    ),
    Line("other:employment_practices"): ("epl", "epli", "employment practices", "employment practices liability"),
    Line("other:directors_and_officers"): ("d and o", "directors and officers", "directors and officers liability"),
    Line("other:pollution"): ("pollution", "pollution liability", "contractors pollution",
    "contractors pollution liability"),
    Line("other:builders_risk"): ("builders risk",),
    Line("other:inland_marine"): ("inland marine",),
    Line("other:property"): ("property", "commercial property"),
    Line("other:motor_truck_cargo"): ("cargo", "motor truck cargo"),
}  # fmt: skip
#: Words for each line, as `words` writes them. The codes and titles of `Line` are read as well.
LINE_WORDS: Final[Mapping[str, Line]] = MappingProxyType(
    {name: line for line, names in _NAMES.items() for name in names}
    | {words(text): line for line in Line.known() for text in (str(line), line.label)}
)

_PACKAGE: Final = "is a package of several lines; name the lines that it covers"
_NO_POLICY: Final = "is no policy but a reason to have none; record it as an exemption"
_EITHER: Final = "may be an umbrella or an excess policy; say which"
#: Words that stand where a line is expected and mean something else, or two things, with the question to answer.
OTHER_MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(
        ("bop", "business owners", "businessowners", "business owners policy", "businessowners policy"), _PACKAGE
    )
    | dict.fromkeys(("pkg", "package", "cpp", "commercial package", "commercial multi peril", "cmp"), _PACKAGE)
    | dict.fromkeys(("exempt", "exemption", "wc exempt", "wc exemption", "workers comp exempt", "waived"), _NO_POLICY)
    | dict.fromkeys(("self insured", "self insurance", "sir", "self insured wc", "non subscriber"), _NO_POLICY)
    | dict.fromkeys(
        ("umbrella excess", "excess umbrella", "umb xs", "umb excess", "umbrella xs", "umbrella or excess", "xs umb"),
        _EITHER,
    )
    | {
        "liability": "does not say which liability; write general liability, automobile liability or the like",
        "liab": "does not say which liability; write general liability, automobile liability or the like",
        "insurance": "does not say which line; write general liability or the like",
        "comp": "may be workers' compensation or comprehensive cover of an auto; write it out",
        "pl": "may be professional, products or pollution liability; write it out",
        "pi": "may be professional indemnity or personal injury; write it out",
        "el epl": "may be employers' liability or employment practices; write it out",
        "bond": "may be a surety bond or a fidelity bond; write it out",
        "bonding": "may be a surety bond or a fidelity bond; write it out",
        "ca": "may be commercial auto or a state; write it out",
        "hnoa": "is an endorsement or a part of a policy; state it as an endorsement",
        "hired and non owned auto": "is an endorsement or a part of a policy; state it as an endorsement",
        "coi": "is a certificate, which may show several lines; name the line",
        "acord 25": "is a certificate, which may show several lines; name the line",
    }
)
#: Words that change nothing at the end of a name.
_TAIL: Final = re.compile(r"(?: (?:insurance|ins|policy|coverage|cov))+$")


def read_line(cell: object) -> Reading[Line]:
    """Read a line of insurance by its code, its name or the trade's abbreviation.

    Case, points, hyphens and slashes do not matter, `&` is "and", and "insurance", "policy" and "coverage" at the end
    change nothing. `WC/EL` is workers' compensation, which brings employers' liability with it. Words that mean several
    lines, or no policy at all (BOP, package, umbrella/excess, liability, exempt, self-insured), are faults that say
    what to ask; the value table of a mapping answers them. No word is read as the line that it resembles.

    Example:
        >>> read_line("Comm. Gen. Liab.").value, read_line("WC/EL").value
        (Line('general_liability'), Line('workers_compensation'))
        >>> print(read_line("Genaral Liability").faults[0].problem)
        is not a line of insurance that is read (nearest: general liability, ...
        >>> print(read_line("BOP").faults[0].problem)
        is a package of several lines; name the lines that it covers
    """
    text: str | Reading[Line] = plain_text(cell)
    if isinstance(text, Reading):
        return text
    name = words(text)
    short = _TAIL.sub("", name)
    for candidate in (name, short):
        if candidate in LINE_WORDS:
            return read_as(LINE_WORDS[candidate], cell)
    for candidate in (name, short):
        if candidate in OTHER_MEANINGS:
            return unreadable(cell, OTHER_MEANINGS[candidate])
    if re.fullmatch(r"other:[a-z0-9]+(_[a-z0-9]+)*", text):
        return read_as(Line(text), cell)
    near = nearest(short, LINE_WORDS)
    return unreadable(
        cell, f"is not a line of insurance that is read{near}; give its meaning in the mapping's value table"
    )
