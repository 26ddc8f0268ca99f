"""What an endorsement's form number credits. Numbers and effects only; no form text (domain rules B4, B4.2).

A form not listed here is credited with what the statement itself says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import attrs

from contractor_compliance.domain.endorsement import EndorsementBasis, EndorsementKind

__all__ = ["Form", "edition_month", "form_of", "normal_form"]


@attrs.frozen
class Form:
    """Effects of one form.

    Attributes:
        kinds: What it does, and nothing else.
        basis: Blanket or scheduled; None = the form exists both ways.
        upstream: A blanket form that also serves parties that the written contract lists, not only the one it is with.
        source: Where this was read.

    Example:
        >>> from contractor_compliance.domain import form_of
        >>> form = form_of("CG 20 38")
        >>> [kind.value for kind in form.kinds], form.basis.value, form.upstream
        (['additional_insured_ongoing'], 'blanket', True)
    """

    kinds: frozenset[EndorsementKind]
    basis: EndorsementBasis | None
    upstream: bool
    source: str


def _form(*kinds: EndorsementKind, basis: EndorsementBasis | None, source: str, upstream: bool = False) -> Form:
    return Form(frozenset(kinds), basis, upstream, source)


_K = EndorsementKind
_SCHEDULED = EndorsementBasis.SCHEDULED
_BLANKET = EndorsementBasis.BLANKET

_FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "CG2010": _form(
            _K.ADDITIONAL_INSURED_ONGOING,
            basis=_SCHEDULED,
            source="https://coipulse.com/blog/endorsement-form-scoring-cg-20-10-vs-cg-20-37",
        ),
        "CG2033": _form(
            _K.ADDITIONAL_INSURED_ONGOING, basis=_BLANKET, source="https://strikedocs.com/tools/endorsement/cg-20-37"
        ),
        # Whether CG 20 38 reaches completed operations is disputed, so it is not credited with them.
        "CG2038": _form(
            _K.ADDITIONAL_INSURED_ONGOING,
            basis=_BLANKET,
            upstream=True,
            source="https://strikedocs.com/tools/endorsement/cg-20-37",
        ),
        "CG2037": _form(
            _K.ADDITIONAL_INSURED_COMPLETED,
            basis=_SCHEDULED,
            source="https://strikedocs.com/tools/endorsement/cg-20-37",
        ),
        # CG 20 26 is not written for completed work; one source credits it with both, and is not followed.
        "CG2026": _form(_K.ADDITIONAL_INSURED_ONGOING, basis=_SCHEDULED, source="domain rule B4"),
        "CG2011": _form(_K.ADDITIONAL_INSURED_LESSOR, basis=_SCHEDULED, source="domain rules B4, B12"),
        "CG2001": _form(
            _K.PRIMARY_NON_CONTRIBUTORY, basis=_BLANKET, source="https://5gvector.com/endorsements/cg-20-01"
        ),
        "CG2404": _form(_K.WAIVER_OF_SUBROGATION, basis=None, source="domain rule B4"),
        "CG2453": _form(_K.WAIVER_OF_SUBROGATION, basis=_BLANKET, source="domain rule B4"),
        "WC000313": _form(
            _K.WAIVER_OF_SUBROGATION,
            basis=None,
            source="https://publicdocs.santa-ana.org/WebLink/1/doc/146724/Page10.aspx",
        ),
        "WC000301": _form(_K.ALTERNATE_EMPLOYER, basis=_SCHEDULED, source="domain rule B4.2"),
        "CG2503": _form(
            _K.PER_PROJECT_AGGREGATE, basis=None, source="https://insurancexdate.com/insurance-forms/CG/CG-25-03"
        ),
        "CG2504": _form(
            _K.PER_LOCATION_AGGREGATE,
            basis=None,
            source="https://strikedocs.com/tools/endorsement/cg-25-03-vs-cg-25-04",
        ),
    }
)


def normal_form(number: str) -> str:
    """Return a form number in one spelling: `CG 20 10`, `cg2010` and `CG-20-10` are one form.

    Example:
        >>> normal_form("CG 20 10") == normal_form("cg-2010")
        True
    """
    return re.sub(r"[^A-Z0-9]", "", number.upper())


def form_of(number: str | None) -> Form | None:
    """Return the effects of a form, or None if it is not listed.

    Example:
        >>> [kind.value for kind in form_of("CG 20 37").kinds], form_of("XY 12 34")
        (['additional_insured_completed'], None)
    """
    return None if number is None else _FORMS.get(normal_form(number))


def edition_month(edition: str) -> tuple[int, int]:
    """Return an edition (`04 13`) as year and month; two digits from 70 on are of the last century (`11 85`).

    Example:
        >>> edition_month("04 13"), edition_month("11 85")
        ((2013, 4), (1985, 11))
    """
    month, year = edition.split()
    return (1900 if int(year) >= 70 else 2000) + int(year), int(month)
