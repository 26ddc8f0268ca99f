"""License classes as boards, registers and people write them, read into one spelling."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["license_classes"]

# California's classes: A, B, B-2, C-2 to C-61, D-3 to D-65, and the certifications ASB and HAZ. Two other letters and
# a number are read too (CR-42, K-11): other boards write so.
_HIGHEST = {"C": 61, "D": 66}
_NUMBERED = re.compile(r"(?<![A-Z0-9])(?P<letters>[A-Z]{1,2})\s{0,2}[-.]?\s{0,2}0{0,2}(?P<number>[1-9]\d?)(?![A-Z0-9])")
_LETTER = re.compile(
    r"(?:(?<=^)|(?<=[,;/|&\n(])|(?<=\bAND))\s{0,2}(?:CLASS(?:IFICATION)?\s)?\s{0,2}(?P<letter>[AB])\s{0,2}"
    r"(?=$|[,;/|&\n)]|AND\b|[-:]\s{0,2}(?:GENERAL|ENGINEERING|BUILDING)\b|GENERAL\b)"
)
_CERTIFICATION = re.compile(r"\b(?:ASB|HAZ)\b")
_DASHES = {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"}
# Words that say that the class is not, or not simply, held; and words between two classes that make a range of them.
_DOUBTS = """
NO NOT NONE WITHOUT EXCEPT PENDING APPLICATION APPLIED APPLY INACTIVE EXP REVOKED DENIED VOID FORMER FORMERLY PREVIOUSLY
WAS TO THRU THROUGH UNTIL LICENSE LIC SEE QUALIFIER OR TBD UNKNOWN
"""
_UNCERTAIN = frozenset(_DOUBTS.split())


def license_classes(text: str) -> frozenset[str] | None:
    """Return the license classes that a text names, each in one spelling; None where that cannot be read.

    `C10`, `C-10` and `c 10` are one class, and so are `D06` and `D-6`. Words of the trade may stand beside a class;
    anything that casts doubt on it ("pending", a stray number or letter) makes the text unreadable, so that nobody
    takes it for a class that is not named (domain rules B6.8, B14.1).

    Example:
        >>> license_classes("C39 - ROOFING")
        frozenset({'C39'})
        >>> license_classes("C-39 (inactive)") is None
        True
    """
    text = unicodedata.normalize("NFKC", text).translate(_DASHES).upper().strip()
    classes: set[str] = set()

    def take(match: re.Match[str]) -> str:
        letters, number = match["letters"], int(match["number"])
        is_class = number == 2 if letters == "B" else letters != "A" and number <= _HIGHEST.get(letters, 99)
        if not is_class or letters == "NO":
            return match[0]
        classes.add(f"{letters}{number}")
        return "\x00"

    rest = _NUMBERED.sub(take, text)
    if re.search(r"\x00\s*-\s*\x00", rest):
        # A dash between two classes may mean all that lie between.
        return None
    for match in _LETTER.finditer(rest):
        classes.add(match["letter"])
    rest = _LETTER.sub(" ", rest)
    classes.update(_CERTIFICATION.findall(rest))
    rest = _CERTIFICATION.sub(" ", rest)
    words = re.findall(r"[^\W_]+", rest)
    return None if not classes or any(map(_casts_doubt, words)) else frozenset(classes)


def _casts_doubt(word: str) -> bool:
    # A letter or digit left over may be half of another class.
    return (
        len(word) == 1
        or not (word.isascii() and word.isalpha())
        or word in _UNCERTAIN
        or word.startswith(("CANCEL", "SUSPEN", "EXPIR"))
    )
