"""What a form number credits or proves. Numbers and effects only; no form text (domain rules B4, B4.2, B14.7, B14.11).

A form not listed here is credited with what the statement itself says. Editions stand apart where what they do
differs: of a form whose edition is not known only that counts which all of its editions do.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from contractor_compliance.domain.endorsement import EndorsementBasis, EndorsementKind
from contractor_compliance.domain.exclusion import ExclusionKind
from contractor_compliance.domain.form_number import edition_month, normal_form, read_form

__all__ = ["Form", "edition_month", "excluded_by", "form_of", "normal_form"]


@attrs.frozen
class Form:
    """Effects of one form.

    Attributes:
        kinds: What it does, and nothing else.
        basis: Blanket or scheduled; None = the form exists both ways.
        upstream: A blanket form that also serves parties that the written contract lists, not only the one it is with.
        source: Where this was read.
        editions: The editions that the row is of; none = every edition that has no row of its own.
        possible: What some edition does and others do not, where the edition is not known.

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
    editions: frozenset[str] = frozenset()
    possible: frozenset[EndorsementKind] = frozenset()


def _form(
    *kinds: EndorsementKind,
    basis: EndorsementBasis | None,
    source: str,
    upstream: bool = False,
    editions: tuple[str, ...] = (),
) -> Form:
    return Form(frozenset(kinds), basis, upstream, source, frozenset(editions))


_K = EndorsementKind
_SCHEDULED = EndorsementBasis.SCHEDULED
_BLANKET = EndorsementBasis.BLANKET
_COMPARISON = "https://www.paperless-insurance.com/additional-insured-form-comparison-2/"

_FORMS: Mapping[str, tuple[Form, ...]] = MappingProxyType(
    {
        "CG2010": (
            # "Your work": ongoing and completed operations. Every later edition is of ongoing operations alone.
            _form(
                _K.ADDITIONAL_INSURED_ONGOING,
                _K.ADDITIONAL_INSURED_COMPLETED,
                basis=_SCHEDULED,
                source="https://www.contractortalk.com/blogs/the-cg-20-10-11-85-what-you-should-know",
                editions=("11 85",),
            ),
            _form(
                _K.ADDITIONAL_INSURED_ONGOING,
                basis=_SCHEDULED,
                source=_COMPARISON,
                editions=("10 93", "03 97", "10 01", "07 04", "04 13", "12 19"),
            ),
        ),
        "CG2033": (
            _form(
                _K.ADDITIONAL_INSURED_ONGOING,
                basis=_BLANKET,
                source="https://strikedocs.com/tools/endorsement/cg-20-37",
            ),
        ),
        # Its own text ends with the work, so it is not credited with completed operations (domain rule B12).
        "CG2038": (
            _form(
                _K.ADDITIONAL_INSURED_ONGOING,
                basis=_BLANKET,
                upstream=True,
                source="https://strikedocs.com/tools/endorsement/cg-20-37",
            ),
        ),
        "CG2037": (_form(_K.ADDITIONAL_INSURED_COMPLETED, basis=_SCHEDULED, source=_COMPARISON),),
        "CG2039": (_form(_K.ADDITIONAL_INSURED_COMPLETED, basis=_BLANKET, source="domain rule B4"),),
        "CG2040": (
            _form(
                _K.ADDITIONAL_INSURED_COMPLETED,
                basis=_BLANKET,
                upstream=True,
                source="https://www.insurancexdate.com/insurance-forms/CG/CG-20-40",
            ),
        ),
        # CG 20 26 is not written for completed work; one source credits it with both, and is not followed. Whether
        # its edition 11 85 reaches completed work is unsourced [U]: it is not credited with it either.
        "CG2026": (_form(_K.ADDITIONAL_INSURED_ONGOING, basis=_SCHEDULED, source="domain rule B4"),),
        "CG2011": (_form(_K.ADDITIONAL_INSURED_LESSOR, basis=_SCHEDULED, source="domain rules B4, B12"),),
        "CG2001": (
            _form(_K.PRIMARY_NON_CONTRIBUTORY, basis=_BLANKET, source="https://5gvector.com/endorsements/cg-20-01"),
        ),
        "CG2404": (_form(_K.WAIVER_OF_SUBROGATION, basis=None, source="https://5gvector.com/endorsements/cg-24-04"),),
        # [U] that it is automatic: it waives nothing but by a written contract, as a blanket form does.
        "CG2453": (_form(_K.WAIVER_OF_SUBROGATION, basis=_BLANKET, source="domain rule B4"),),
        "CG2503": (
            _form(
                _K.PER_PROJECT_AGGREGATE, basis=None, source="https://insurancexdate.com/insurance-forms/CG/CG-25-03"
            ),
        ),
        "CG2504": (
            _form(
                _K.PER_LOCATION_AGGREGATE,
                basis=None,
                source="https://strikedocs.com/tools/endorsement/cg-25-03-vs-cg-25-04",
            ),
        ),
        # More days of notice, to the first named insured alone [U]: nobody else is given notice by it.
        "CG0224": (_form(basis=None, source="http://betterwayagency-roughnotes.com/betterway/pfm/200/273_0403.HTM"),),
        # Primary where a contract asks for it; it adds no insured.
        "CA0449": (
            _form(
                _K.PRIMARY_NON_CONTRIBUTORY,
                basis=None,
                source="https://www.insurancexdate.com/insurance-forms/CA/CA-04-49",
            ),
        ),
        # [U] whether its schedule may be blanket: the statement must say.
        "CA0444": (_form(_K.WAIVER_OF_SUBROGATION, basis=None, source="domain rule B4"),),
        "CU2478": (_form(_K.PRIMARY_NON_CONTRIBUTORY, basis=None, source="https://insurancecommentary.com/390-2"),),
        "CX2433": (_form(_K.PRIMARY_NON_CONTRIBUTORY, basis=None, source="https://insurancecommentary.com/390-2"),),
        "WC000313": (
            _form(
                _K.WAIVER_OF_SUBROGATION,
                basis=None,
                source="https://publicdocs.santa-ana.org/WebLink/1/doc/146724/Page10.aspx",
            ),
        ),
        "WC000301": (_form(_K.ALTERNATE_EMPLOYER, basis=_SCHEDULED, source="domain rule B4.2"),),
    }
)

_E = ExclusionKind
#: Forms that prove an exclusion, with the address of each. A form on whose effect no source was found is left out.
_EXCLUDING: Mapping[str, tuple[ExclusionKind, str]] = MappingProxyType(
    {
        "CG2106": (_E.CYBER, "https://strikedocs.com/tools/endorsement/cg-21-06"),
        "CG2116": (_E.PROFESSIONAL, "https://www.insurancexdate.com/insurance-forms/CG/CG-21-16"),
        "CG2139": (
            _E.CONTRACTUAL_LIABILITY,
            "https://propertycasualty360.com/fcs/2008/06/24/cgl-endorsements-listing-and-descriptions-archive-422-13638",
        ),
        "CG2144": (_E.DESIGNATED_OPERATIONS, "https://www.irmi.com/whats-new/product-update/revised-cg-21-44"),
        "CG2146": (
            _E.ABUSE_OR_MOLESTATION,
            "https://propertycasualty360.com/fcs/2008/06/24/cgl-endorsements-listing-and-descriptions-archive-422-13638",
        ),
        "CG2153": (
            _E.DESIGNATED_OPERATIONS,
            "https://www.irmi.com/term/insurance-definitions/designated-operations-exclusion-endorsement",
        ),
        "CG2154": (_E.WRAP_UP, "https://www.insurancexdate.com/insurance-forms/CG/CG-21-54"),
        # Limited to engineers', architects' and surveyors' services, and still an exclusion of professional services.
        "CG2280": (_E.PROFESSIONAL, "https://insurancexdate.com/insurance-forms/CG/CG-22-80"),
        "CG2294": (_E.SUBCONTRACTED_WORK, "https://www.sdcba.org/?pg=FTRSep2019-2"),
        "CG2295": (_E.SUBCONTRACTED_WORK, "https://strikedocs.com/tools/endorsement/cg-22-95"),
    }
)


def form_of(number: str | None, edition: str | None = None) -> Form | None:
    """Return the effects of a form, or None if it is not listed.

    Args:
        number: The number; an edition may be printed with it.
        edition: The edition, where it stands apart. Without one, what only some editions do is `possible`. A text of
            several numbers, or of a number and words, does for certain only what each of its numbers does.

    Example:
        >>> from contractor_compliance.domain import form_of
        >>> sorted(kind.value for kind in form_of("CG 20 10 11 85").kinds)
        ['additional_insured_completed', 'additional_insured_ongoing']
        >>> form = form_of("CG 20 10")
        >>> [kind.value for kind in form.kinds], [kind.value for kind in form.possible]
        (['additional_insured_ongoing'], ['additional_insured_completed'])
    """
    if number is None:
        return None
    if (listed := _FORMS.get(normal_form(number))) is not None:
        return _joined([row for row in listed if edition in row.editions] or list(listed))
    parted = read_form(number)
    numbers = parted.mentions or (parted.number,)
    edition = None if parted.mentions else edition or parted.edition
    rows = [row for name in numbers for row in _FORMS.get(normal_form(name), ())]
    if not rows:
        return None
    exact = [row for row in rows if edition in row.editions]
    return _joined(exact or rows)


def excluded_by(number: str | None) -> frozenset[ExclusionKind]:
    """Return the exclusions that a form proves; a text that names several forms proves those of each.

    Example:
        >>> from contractor_compliance.domain import excluded_by
        >>> [kind.label for kind in excluded_by("CG 22 94 10 01")]
        ['damage to work performed by subcontractors']
    """
    if number is None:
        return frozenset()
    parted = read_form(number)
    keys = (normal_form(name) for name in parted.mentions or (parted.number,))
    return frozenset(_EXCLUDING[key][0] for key in keys if key in _EXCLUDING)


def _joined(rows: list[Form]) -> Form:
    """Return what all rows do, and what only some of them do."""
    if len(rows) == 1:
        return rows[0]
    kinds = frozenset.intersection(*(row.kinds for row in rows))
    bases = {row.basis for row in rows}
    return Form(
        kinds=kinds,
        basis=bases.pop() if len(bases) == 1 else None,
        upstream=all(row.upstream for row in rows),
        source=", ".join(dict.fromkeys(row.source for row in rows)),
        possible=frozenset.union(*(row.kinds for row in rows)) - kinds,
    )
