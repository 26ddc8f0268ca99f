"""States and territories with their time zones, and postal addresses."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import attrs

from contractor_compliance.domain.calendar import IsZone
from contractor_compliance.domain.value import Matches, Text, Value

__all__ = ["Address", "State", "Zone", "state_name", "zone_of", "zones_of"]

#: The name of an IANA time zone, such as `America/Chicago`.
Zone = Annotated[str, IsZone()]


class State(Enum):
    """The 50 states, the District of Columbia and the 5 territories, by postal abbreviation.

    Example:
        >>> from contractor_compliance.domain import state_name
        >>> State("AL"), state_name(State.AL)
        (<State.AL: 'AL'>, 'Alabama')
    """

    AK = "AK"
    AL = "AL"
    AR = "AR"
    AS = "AS"
    AZ = "AZ"
    CA = "CA"
    CO = "CO"
    CT = "CT"
    DC = "DC"
    DE = "DE"
    FL = "FL"
    GA = "GA"
    GU = "GU"
    HI = "HI"
    IA = "IA"
    ID = "ID"
    IL = "IL"
    IN = "IN"
    KS = "KS"
    KY = "KY"
    LA = "LA"
    MA = "MA"
    MD = "MD"
    ME = "ME"
    MI = "MI"
    MN = "MN"
    MO = "MO"
    MP = "MP"
    MS = "MS"
    MT = "MT"
    NC = "NC"
    ND = "ND"
    NE = "NE"
    NH = "NH"
    NJ = "NJ"
    NM = "NM"
    NV = "NV"
    NY = "NY"
    OH = "OH"
    OK = "OK"
    OR = "OR"
    PA = "PA"
    PR = "PR"
    RI = "RI"
    SC = "SC"
    SD = "SD"
    TN = "TN"
    TX = "TX"
    UT = "UT"
    VA = "VA"
    VI = "VI"
    VT = "VT"
    WA = "WA"
    WI = "WI"
    WV = "WV"
    WY = "WY"


# Name, and zones with the capital's first. From python-us 4.0.0 (BSD-3-Clause), without the two legacy aliases of
# Indiana's zones.
_ROWS: dict[State, tuple[str, tuple[str, ...]]] = {
    State.AK: (
        "Alaska",
        (
            "America/Anchorage",
            "America/Adak",
        ),
    ),
    State.AL: ("Alabama", ("America/Chicago",)),
    State.AR: ("Arkansas", ("America/Chicago",)),
    State.AS: ("American Samoa", ("Pacific/Samoa",)),
    State.AZ: ("Arizona", ("America/Phoenix",)),
    State.CA: ("California", ("America/Los_Angeles",)),
    State.CO: ("Colorado", ("America/Denver",)),
    State.CT: ("Connecticut", ("America/New_York",)),
    State.DC: ("District of Columbia", ("America/New_York",)),
    State.DE: ("Delaware", ("America/New_York",)),
    State.FL: (
        "Florida",
        (
            "America/New_York",
            "America/Chicago",
        ),
    ),
    State.GA: ("Georgia", ("America/New_York",)),
    State.GU: ("Guam", ("Pacific/Guam",)),
    State.HI: ("Hawaii", ("Pacific/Honolulu",)),
    State.IA: ("Iowa", ("America/Chicago",)),
    State.ID: (
        "Idaho",
        (
            "America/Denver",
            "America/Los_Angeles",
        ),
    ),
    State.IL: ("Illinois", ("America/Chicago",)),
    State.IN: (
        "Indiana",
        (
            "America/Indiana/Indianapolis",
            "America/Chicago",
            "America/Indiana/Winamac",
            "America/Indiana/Vincennes",
            "America/Indiana/Vevay",
            "America/Indiana/Tell_City",
            "America/Indiana/Petersburg",
            "America/Indiana/Marengo",
            "America/Indiana/Knox",
            "America/New_York",
        ),
    ),
    State.KS: (
        "Kansas",
        (
            "America/Chicago",
            "America/Denver",
        ),
    ),
    State.KY: (
        "Kentucky",
        (
            "America/New_York",
            "America/Chicago",
            "America/Kentucky/Louisville",
            "America/Kentucky/Monticello",
        ),
    ),
    State.LA: ("Louisiana", ("America/Chicago",)),
    State.MA: ("Massachusetts", ("America/New_York",)),
    State.MD: ("Maryland", ("America/New_York",)),
    State.ME: ("Maine", ("America/New_York",)),
    State.MI: (
        "Michigan",
        (
            "America/New_York",
            "America/Chicago",
        ),
    ),
    State.MN: ("Minnesota", ("America/Chicago",)),
    State.MO: ("Missouri", ("America/Chicago",)),
    State.MP: ("Northern Mariana Islands", ("Pacific/Guam",)),
    State.MS: ("Mississippi", ("America/Chicago",)),
    State.MT: ("Montana", ("America/Denver",)),
    State.NC: ("North Carolina", ("America/New_York",)),
    State.ND: (
        "North Dakota",
        (
            "America/North_Dakota/Center",
            "America/Chicago",
            "America/Denver",
            "America/North_Dakota/Beulah",
            "America/North_Dakota/New_Salem",
        ),
    ),
    State.NE: (
        "Nebraska",
        (
            "America/Chicago",
            "America/Denver",
        ),
    ),
    State.NH: ("New Hampshire", ("America/New_York",)),
    State.NJ: ("New Jersey", ("America/New_York",)),
    State.NM: ("New Mexico", ("America/Denver",)),
    State.NV: (
        "Nevada",
        (
            "America/Los_Angeles",
            "America/Denver",
        ),
    ),
    State.NY: ("New York", ("America/New_York",)),
    State.OH: ("Ohio", ("America/New_York",)),
    State.OK: ("Oklahoma", ("America/Chicago",)),
    State.OR: (
        "Oregon",
        (
            "America/Los_Angeles",
            "America/Boise",
        ),
    ),
    State.PA: ("Pennsylvania", ("America/New_York",)),
    State.PR: ("Puerto Rico", ("America/Puerto_Rico",)),
    State.RI: ("Rhode Island", ("America/New_York",)),
    State.SC: ("South Carolina", ("America/New_York",)),
    State.SD: (
        "South Dakota",
        (
            "America/Chicago",
            "America/Denver",
        ),
    ),
    State.TN: (
        "Tennessee",
        (
            "America/Chicago",
            "America/New_York",
        ),
    ),
    State.TX: (
        "Texas",
        (
            "America/Chicago",
            "America/Denver",
        ),
    ),
    State.UT: ("Utah", ("America/Denver",)),
    State.VA: ("Virginia", ("America/New_York",)),
    State.VI: ("Virgin Islands", ("America/Puerto_Rico",)),
    State.VT: ("Vermont", ("America/New_York",)),
    State.WA: ("Washington", ("America/Los_Angeles",)),
    State.WI: ("Wisconsin", ("America/Chicago",)),
    State.WV: ("West Virginia", ("America/New_York",)),
    State.WY: ("Wyoming", ("America/Denver",)),
}


def state_name(state: State) -> str:
    """Return the name of a state: `State.AL` is Alabama.

    Example:
        >>> from contractor_compliance.domain import State
        >>> state_name(State.DC)
        'District of Columbia'
    """
    return _ROWS[state][0]


def zones_of(state: State) -> tuple[str, ...]:
    """Return every time zone of a state, the capital's first.

    Example:
        >>> from contractor_compliance.domain import State
        >>> zones_of(State.TX)
        ('America/Chicago', 'America/Denver')
    """
    return _ROWS[state][1]


def zone_of(state: State) -> str | None:
    """Return the time zone of a state that has only one, and None where the state alone does not decide it.

    Example:
        >>> from contractor_compliance.domain import State
        >>> zone_of(State.AL), zone_of(State.TX)
        ('America/Chicago', None)
    """
    zones = zones_of(state)
    return zones[0] if len(zones) == 1 else None


@attrs.frozen(kw_only=True)
class Address(Value):
    """A United States postal address.

    Attributes:
        line1: Street, or None if it is not known.
        line2: Suite or unit.
        locality: City.
        state: State or territory.
        postal_code: Five digits, or nine with a hyphen.

    Example:
        >>> from contractor_compliance.domain import State
        >>> Address(line1="1 Sample Way", locality="Montgomery", state=State.AL, postal_code="36104").state.value
        'AL'
    """

    state: State
    line1: Text | None = None
    line2: Text | None = None
    locality: Text | None = None
    postal_code: Annotated[str, Matches(r"\d{5}(-\d{4})?", "must be a ZIP code: 36104 or 36104-1234")] | None = None
