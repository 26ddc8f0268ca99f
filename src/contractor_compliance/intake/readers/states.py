"""States, and lists of states, by postal codes, names and the older abbreviations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from contractor_compliance.domain import State, StateList, StateListKind, state_name
from contractor_compliance.intake.readers.reading import Reading, nearest, plain_text, read_as, unreadable, words

__all__ = ["STATE_WORDS", "read_state", "read_states"]

# The traditional abbreviations of the U.S. Government Publishing Office's style manual and of the press, which people
# still write, beside the two letters of the postal service and the names.
_OLDER: Final = {
    State.AL: "ala", State.AZ: "ariz", State.AR: "ark", State.CA: "calif cal", State.CO: "colo",
    State.CT: "conn", State.DE: "del", State.DC: "d_c washington_dc wash_dc washington_d_c wash_d_c dist_of_columbia",
    State.FL: "fla", State.IL: "ill", State.IN: "ind", State.KS: "kans kan", State.MA: "mass",
    State.MI: "mich", State.MN: "minn", State.MS: "miss", State.MT: "mont", State.NE: "nebr neb", State.NV: "nev",
    State.NH: "n_h", State.NJ: "n_j", State.NM: "n_mex n_m", State.NY: "n_y new_york_state", State.NC: "n_c n_car",
    State.ND: "n_d n_dak", State.OK: "okla", State.OR: "ore oreg", State.PA: "penn penna", State.RI: "r_i",
    State.SC: "s_c s_car", State.SD: "s_d s_dak", State.TN: "tenn", State.TX: "tex",
    State.WA: "wash washington_state",
    State.WV: "w_va w_v", State.WI: "wis wisc", State.WY: "wyo", State.PR: "p_r",
    State.VI: "usvi us_virgin_islands virgin_islands_us v_i",
    State.MP: "cnmi northern_marianas",
}  # fmt: skip
#: Words for each state, as `words` writes them.
STATE_WORDS: Final[Mapping[str, State]] = MappingProxyType(
    {words(name): state for state in State for name in (state.value, state_name(state))}
    | {name.replace("_", " "): state for state, names in _OLDER.items() for name in names.split()}
)
_NAMES: Final = tuple(state_name(state).casefold() for state in State)
_DC: Final = re.compile(r"\bwash(?:ington)?\.?,? *d\. ?c\b\.?|\bwash(?:ington)?\.?,? *dc\b", re.IGNORECASE)
_ALL: Final = re.compile(r"(?:all|any)(?: other)? states|all 50 states|all", re.IGNORECASE)
_ALL_EXCEPT: Final = re.compile(
    r"(?:all|any)(?: other)?(?: states)?,? *(?:except(?:ing)?(?: for)?|excluding|excl\.?|but|other than)[:,]? +"
    r"(?P<states>.+)",
    re.IGNORECASE,
)
_TWO_LETTERS: Final = re.compile(r"[A-Z]{2}(?: [A-Z]{2})+")


def read_state(cell: object) -> Reading[State]:
    """Read one state or territory.

    The postal code, the name, or an older abbreviation (`Tenn.`, `Calif.`, `N. Mex.`), with `US-` or `State of`
    before it or not; also `TX - Texas` where both agree. A place such as `Nashville, TN` is a fault.

    Example:
        >>> [read_state(text).value.value for text in ("al", "Tenn.", "Washington, D.C.", "US-TX")]
        ['AL', 'TN', 'DC', 'TX']
        >>> print(read_state("Tennesee").faults[0].problem)
        is not a state (nearest: tennessee); write its two letters, as in TN
    """
    text: str | Reading[State] = plain_text(cell)
    if isinstance(text, Reading):
        return text
    state = _state_of(text)
    if state is None:
        return unreadable(cell, f"is not a state{nearest(words(text), _NAMES)}; write its two letters, as in TN")
    return read_as(state, cell)


def _state_of(text: str) -> State | None:
    if len(text) > 60:
        return None
    if state := STATE_WORDS.get(words(text)):
        return state
    bare = re.sub(r"^(?:US-|(?:the )?(?:state|commonwealth) of )", "", text, flags=re.IGNORECASE)
    if bare != text:
        return STATE_WORDS.get(words(bare))
    if match := re.fullmatch(r"([A-Za-z]{2}) *(?:[-\u2013:] *([A-Za-z .]+)|\(([A-Za-z .]+)\))", text):
        states = {STATE_WORDS.get(words(part)) for part in (match[1], match[2] or match[3])}
        return states.pop() if len(states) == 1 else None
    return None


def read_states(cell: object) -> Reading[StateList]:
    """Read a list of states; one word that is no state makes the whole list unreadable.

    Commas, semicolons, slashes, bars, line ends, `and`, `&` and `+` part the states; so do spaces between two-letter
    codes in capitals, unless one of them is IN or OR, which may be words. `All states` and `all states except OH, ND`
    are lists of their own kind (domain rule B6.3). `Except those listed in 3.A` and the like are faults.

    Example:
        >>> sorted(state.value for state in read_states("Tenn., AL and Ga.").value.states)
        ['AL', 'GA', 'TN']
        >>> read_states("All states except ND, OH, WA and WY").value.kind.value
        'all_except'
        >>> print(read_states("TX, Mexico").faults[0].problem)
        holds 'Mexico', which is not a state (nearest: new mexico), so that the whole list is not read; ...
    """
    # Line ends part states here, and are spaces to every other reader.
    if isinstance(cell, str):
        text: str | Reading[StateList] = plain_text(re.sub(r"[\r\n]+", "; ", cell.strip()))
    else:
        text = plain_text(cell)
    if isinstance(text, Reading):
        return text
    if len(text) > 1_000:
        return unreadable(cell, f"is no list of states: it has {len(text):,} characters")
    if _ALL.fullmatch(text.rstrip(".")):
        return read_as(StateList(kind=StateListKind.ALL_EXCEPT), cell)
    kind = StateListKind.LISTED
    if match := _ALL_EXCEPT.fullmatch(text):
        kind, text = StateListKind.ALL_EXCEPT, match["states"]
    return _listed(cell, text, kind)


def _listed(cell: object, text: str, kind: StateListKind) -> Reading[StateList]:
    if _TWO_LETTERS.fullmatch(text):
        if {"IN", "OR"} & set(text.split()):
            return unreadable(cell, "holds IN or OR, which may be a word here; put commas between the states")
        text = text.replace(" ", ",")
    if _DC.search(text):
        others = _DC.sub("", text).strip(" ,;/.")
        if others and re.search(r"ton\.?,|wash\.?,", text, re.IGNORECASE):
            return unreadable(cell, "holds Washington, D.C.: one place or two; write DC, or WA; DC")
        text = _DC.sub("DC", text)
    pieces = [piece.strip() for piece in re.split(r"[,;/|\n+&]|\band\b", text, flags=re.IGNORECASE)]
    # "Tex;as" is Texas with a slip, and neither of two states: small letters beside capitals are no code.
    is_small = text == text.casefold()
    codes = {piece for piece in pieces if len(piece) == 2 and not (is_small or piece.isupper() or piece.istitle())}
    states = {piece: None if piece in codes else _state_of(piece) for piece in pieces if piece.strip(".")}
    odd = next((piece for piece, state in states.items() if state is None), None)
    if odd is not None or not states:
        name = f"holds {odd[:40]!r}, which is not a state{nearest(words(odd), _NAMES)}" if odd else "names no state"
        return unreadable(cell, f"{name}, so that the whole list is not read; write two letters each, with commas")
    return read_as(StateList(kind=kind, states=frozenset(state for state in states.values() if state)), cell)
