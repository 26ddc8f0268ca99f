"""The forms that documents are written on, as far as a form decides what a document may prove (rules B14.20, B14.23).

Numbers only. An ACORD 75 is a binder: temporary insurance with an expiration of its own. ACORD 24, 27 and 28 are
evidence of property insurance and state nothing of liability. An ACORD 101 carries on the remarks of a certificate,
and is nothing without it. Where a certificate prints no number, the title of its form says the same.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable
from operator import attrgetter
from typing import Any

import attrs

from contractor_compliance.domain.certificate import Certificate
from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.policy import Policy
from contractor_compliance.domain.statements import statement_fields

__all__ = ["BINDERS", "PROPERTY_FORMS", "REMARKS", "form_code", "is_binder", "liability_facts", "loose_remarks"]

#: Document codes of a binder.
BINDERS = frozenset({"acord_75", "binder"})
#: Document codes of evidence of property insurance.
PROPERTY_FORMS = frozenset({"acord_24", "acord_27", "acord_28"})
#: Document code of the schedule that carries on the remarks of a certificate.
REMARKS = "acord_101"
#: Document codes of the forms that say nothing of liability.
_SILENT_FORMS = PROPERTY_FORMS | {REMARKS}
#: Lines that no evidence of property insurance speaks of: all that are well known, but for crime, which it may show.
_LIABILITY = frozenset(Line.known()) - {Line.CRIME}
#: The statements that a document makes. A notice that ends cover counts whatever it is written on.
_STATEMENTS = tuple(field for field in statement_fields(Policy) if field != "cancellations")
_statements_of = attrgetter(*_STATEMENTS)

#: A longer text is no form.
_LONGEST_FORM = 100
_ACORD = re.compile(r"(?<!\w)acord(?:\s*form)?[\W_]*0*(\d{1,3})(?!\d)", re.IGNORECASE)
#: The titles of these forms, for certificates that print no number.
_TITLES = (
    (re.compile(r"\bbinder\b", re.IGNORECASE), "binder"),
    (re.compile(r"\bevidence of commercial property(?: insurance)?$", re.IGNORECASE), "acord_28"),
    (re.compile(r"\bevidence of property(?: insurance)?$", re.IGNORECASE), "acord_27"),
    (re.compile(r"\bcertificate of property(?: insurance)?$", re.IGNORECASE), "acord_24"),
    (re.compile(r"\badditional remarks schedule$", re.IGNORECASE), REMARKS),
)


@functools.lru_cache(maxsize=256)
def form_code(form: str) -> str:
    """Return the document code of a form as a certificate prints it.

    Example:
        >>> form_code("ACORD 28 (2016/03)"), form_code("Acord Form 25"), form_code("Insurance Binder")
        ('acord_28', 'acord_25', 'binder')
    """
    text = form.strip()
    if len(text) < _LONGEST_FORM:
        if number := _ACORD.search(text):
            return f"acord_{number[1]}"
        for title, code in _TITLES:
            if title.search(text):
                return code
    return text.casefold()


def is_binder(form: str | None) -> bool:
    """Return whether a form, as printed, is a binder.

    Example:
        >>> is_binder("ACORD 75 (2016/03)"), is_binder("ACORD 25")
        (True, False)
    """
    return form is not None and form_code(form) in BINDERS


def liability_facts(policies: tuple[Policy, ...], certificates: Iterable[Certificate]) -> tuple[Policy, ...]:
    """Return the policies without what evidence of property insurance, or a loose ACORD 101, says of liability.

    A policy of which no statement of a term is left is left out (domain rule B14.23).
    """
    silent = _silent_certificates(certificates)
    if not _are_cited(policies, silent.keys()):
        return policies
    counted = []
    for policy in policies:
        left: dict[str, Any] = {
            field: tuple(
                item for item in getattr(policy, field) if not _says_nothing(item.evidence, policy.line, silent)
            )
            for field in _STATEMENTS
        }
        if left["terms"] or not policy.terms:
            counted.append(attrs.evolve(policy, **left))
    return tuple(counted)


def _silent_certificates(certificates: Iterable[Certificate]) -> dict[str | None, str]:
    """Return the document codes of the certificates whose form says nothing of liability, by the certificates' ids."""
    return {
        certificate.id: code
        for certificate in certificates
        if certificate.form and (code := form_code(certificate.form)) in _SILENT_FORMS
    }


def _says_nothing(evidence: Evidence, line: Line, silent: dict[str | None, str]) -> bool:
    """Return whether a source is silent on the line: by its own document, or by the form of its certificate."""
    form = silent.get(evidence.certificate_id)
    if form == REMARKS:
        return True
    return line in _LIABILITY and (evidence.document in PROPERTY_FORMS or form in PROPERTY_FORMS)


def loose_remarks(certificates: Iterable[Certificate]) -> frozenset[str]:
    """Return the ids of the certificates that are an ACORD 101 filed by itself, which proves nothing.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> sorted(loose_remarks((factories.certificate(form="ACORD 101"),)))
        ['certificate-1']
    """
    return frozenset(
        certificate.id
        for certificate in certificates
        if certificate.form is not None and form_code(certificate.form) == REMARKS
    )


def _are_cited(policies: tuple[Policy, ...], names: Collection[str | None]) -> bool:
    """Return whether a policy has a statement from evidence of property insurance, or from one of the certificates."""
    for policy in policies:
        evidences = [statement.evidence for statements in _statements_of(policy) for statement in statements]
        if not PROPERTY_FORMS.isdisjoint([evidence.document for evidence in evidences]):
            return True
        if names and any(evidence.certificate_id in names for evidence in evidences):
            return True
    return False
