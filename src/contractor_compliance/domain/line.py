"""Lines of insurance: what kind of loss a policy answers for."""

from __future__ import annotations

import re
from typing import ClassVar, Self

from contractor_compliance.errors import Fault, InvalidValueError

__all__ = ["Line"]

_OTHER = re.compile(r"other:[a-z0-9]+(_[a-z0-9]+)*")


class Line(str):
    """A line of insurance: one of the well-known ones, or `other:<name>`.

    A line is text, so that it reads, sorts and serializes as its code; building one checks it.

    Raises:
        InvalidValueError: For a code that is neither a known line nor `other:` and a lower-case name.

    Example:
        >>> Line.GL, Line.GL.label, Line("other:drone_liability").label
        (Line('general_liability'), 'general liability', 'drone liability')
        >>> [line.label for line in Line.known() if line.is_layer]
        ['umbrella', 'excess']
    """

    __slots__ = ()

    GL: ClassVar[Line]
    WC: ClassVar[Line]
    EL: ClassVar[Line]
    AUTO: ClassVar[Line]
    PERSONAL_AUTO: ClassVar[Line]
    UMBRELLA: ClassVar[Line]
    EXCESS: ClassVar[Line]
    PROFESSIONAL: ClassVar[Line]
    CYBER: ClassVar[Line]
    MEDIA: ClassVar[Line]
    CRIME: ClassVar[Line]
    OCCUPATIONAL_ACCIDENT: ClassVar[Line]
    STOP_GAP: ClassVar[Line]
    SURETY_BOND: ClassVar[Line]

    def __new__(cls, code: str) -> Self:
        """Return the line with this code."""
        if code not in _LABELS and not _OTHER.fullmatch(code):
            codes = ", ".join(_LABELS)
            raise InvalidValueError("Line", (Fault("$", repr(code), f"must be one of {codes}, or other:<name>"),))
        return super().__new__(cls, code)

    def __repr__(self) -> str:
        return f"Line({str(self)!r})"

    @classmethod
    def known(cls) -> tuple[Line, ...]:
        """Return the well-known lines."""
        return tuple(cls(code) for code in _LABELS)

    @property
    def label(self) -> str:
        """The line's name for people: `general liability`."""
        return _LABELS.get(str(self)) or str(self).removeprefix("other:").replace("_", " ")

    @property
    def is_layer(self) -> bool:
        """Whether policies of this line sit above others: umbrella and excess."""
        return self in (Line.UMBRELLA, Line.EXCESS)


_LABELS = {
    "general_liability": "general liability",
    "workers_compensation": "workers' compensation",
    "employers_liability": "employers' liability",
    "automobile_liability": "automobile liability",
    "personal_auto": "personal auto",
    "umbrella": "umbrella",
    "excess": "excess",
    "professional_liability": "professional liability",
    "cyber": "cyber",
    "media": "media",
    "crime": "crime",
    "occupational_accident": "occupational accident",
    "stop_gap": "stop gap",
    "surety_bond": "surety bond",
}

Line.GL = Line("general_liability")
Line.WC = Line("workers_compensation")
Line.EL = Line("employers_liability")
Line.AUTO = Line("automobile_liability")
Line.PERSONAL_AUTO = Line("personal_auto")
Line.UMBRELLA = Line("umbrella")
Line.EXCESS = Line("excess")
Line.PROFESSIONAL = Line("professional_liability")
Line.CYBER = Line("cyber")
Line.MEDIA = Line("media")
Line.CRIME = Line("crime")
Line.OCCUPATIONAL_ACCIDENT = Line("occupational_accident")
Line.STOP_GAP = Line("stop_gap")
Line.SURETY_BOND = Line("surety_bond")
