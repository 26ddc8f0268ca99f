"""Names for invented people and companies, put together from invented syllables: a likeness to anyone is chance."""

from __future__ import annotations

from contractor_compliance.domain import Address, EntityType, State
from contractor_compliance.testing.companies.chance import Chance, spread

__all__ = ["HOME_STATES", "addresses", "company_name", "firm_name", "person_name", "place_name", "word"]

_GIVEN = ("Aldro", "Bremi", "Corvi", "Dashe", "Elmu", "Fennu", "Gorli", "Hespe", "Ilvu", "Jorru", "Kelmi", "Lumo")
_GIVEN_END = ("", "ck", "dra", "lin", "lo", "mar", "na", "ren", "ric", "sa", "th", "vyn")
_FRONT = (
    *("Bront", "Culv", "Dresk", "Elbr", "Fask", "Glimm", "Hodr", "Ivelt", "Jusk", "Krev", "Lorv", "Mulg"),
    *("Nesk", "Ostr", "Prund", "Quass", "Rhond", "Skelv", "Tarn", "Ulvr", "Vesk", "Wodr", "Yelk", "Zamm", "Brúns"),
)
_END = ("abel", "adine", "ambrel", "ather", "elow", "emund", "estry", "iddle", "illard", "imund", "iver", "ockley")
_END_TOO = ("olt", "onel", "orrin", "osby", "otham", "ovane", "ullen", "umber", "unwick", "urst", "utley", "yndale")
_ENDS = _END + _END_TOO
_STREETS = ("Alder Row", "Cooper Street", "Kiln Road", "Mill Lane", "Quarry Way", "Rope Walk", "Sawyer Street")
_WORKS = (
    *("Builders", "Carpentry", "Concrete", "Couriers", "Design", "Drywall", "Electric", "Events", "Freight", "Framing"),
    *("Gardens", "Interiors", "Logistics", "Painting", "Plumbing", "Rigging", "Roofing", "Services", "Software"),
    *("Stages", "Studio", "Systems", "Tiling", "& Daughters"),
)
_FORMS: dict[EntityType, tuple[str, ...]] = {
    EntityType.LLC: ("LLC",),
    EntityType.CORPORATION: spread(("Inc", 3), ("Corp", 1)),
    EntityType.PARTNERSHIP: ("LLP",),
    EntityType.OTHER: ("Cooperative",),
}
_COMPANY_WORKS = ("Mills", "Foods", "Arena", "Hotels", "Clinics", "Logistics", "Homes", "Media", "Markets", "Power")

#: Rough shares of the population, in hundred thousands of people: which states contractors live in.
_POPULATION = """
    CA 390, TX 300, FL 222, NY 197, PA 130, IL 126, OH 118, GA 109, NC 107, MI 100, NJ 93, VA 87, WA 78, AZ 74,
    MA 70, TN 70, IN 68, MD 62, MO 62, WI 59, CO 58, MN 57, SC 53, AL 51, LA 46, KY 45, OR 42, OK 40, CT 36, UT 34,
    PR 32, IA 32, NV 32, AR 30, MS 29, KS 29, NM 21, NE 20, ID 19, WV 18, HI 14, NH 14, ME 14, MT 11, RI 11, DE 10,
    SD 9, ND 8, AK 7, DC 7, VT 6, WY 6, GU 2, VI 1, MP 1, AS 1
"""
#: Each state as often as its people ask for.
HOME_STATES: tuple[State, ...] = spread(
    *((State(code), int(share)) for code, share in (each.split() for each in _POPULATION.split(",")))
)


def word(chance: Chance) -> str:
    """Return an invented word, such as a family or a firm is called by."""
    return chance.pick(_FRONT) + chance.pick(_ENDS)


def person_name(chance: Chance) -> str:
    """Return the name of an invented person."""
    return f"{chance.pick(_GIVEN)}{chance.pick(_GIVEN_END)} {word(chance)}"


def firm_name(chance: Chance) -> str:
    """Return what an invented contractor trades as, without a legal form."""
    return f"{word(chance)} {chance.pick(_WORKS)}"


def company_name(chance: Chance, entity_type: EntityType | None = None, core: str | None = None) -> str:
    """Return the legal name of an invented company.

    Args:
        chance: Where draws come from.
        entity_type: Its legal form; None for a client, which may be of any.
        core: What stands before the legal form; None to invent it.
    """
    if entity_type is None:
        return f"{word(chance)} {chance.pick(_COMPANY_WORKS)} {chance.pick(('Inc', 'LLC', 'Corp', 'LP'))}"
    return f"{core or firm_name(chance)} {chance.pick(_FORMS[entity_type])}"


def place_name(chance: Chance) -> str:
    """Return the name of an invented town."""
    return f"{chance.pick(_FRONT)}{chance.pick(('bridge', 'field', 'ford', 'haven', 'ton', 'ville'))}"


def addresses(chance: Chance) -> dict[State, tuple[Address, ...]]:
    """Return a few addresses in each state: contractors share them, because towns matter to no verdict.

    The ZIP codes begin with 000, which no place has.
    """
    return {
        state: tuple(
            Address(
                state=state,
                line1=f"{chance.between(1, 999)} {chance.pick(_STREETS)}",
                line2=f"Unit {chance.between(1, 40)}" if chance.happens(20) else None,
                locality=place_name(chance),
                postal_code=f"000{chance.below(100):02}",
            )
            for _ in range(6)
        )
        for state in State
    }
