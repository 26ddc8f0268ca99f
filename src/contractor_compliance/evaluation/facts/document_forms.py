"""The forms that documents are written on, as far as a form decides what a document may prove (rules B14.20, B14.23).

Numbers only. An ACORD 75 is a binder: temporary insurance with an expiration of its own. ACORD 24, 27 and 28 are
evidence of property insurance and state nothing of liability. An ACORD 101 carries on a certificate's remarks.
"""

from __future__ import annotations

import functools
import re

__all__ = ["BINDERS", "PROPERTY_FORMS", "REMARKS", "is_binder", "is_property_form", "is_remarks"]

#: Document codes of a binder.
BINDERS = frozenset({"acord_75", "binder"})
#: Document codes of evidence of property insurance.
PROPERTY_FORMS = frozenset({"acord_24", "acord_27", "acord_28"})
#: Document code of the schedule that carries on a certificate's remarks.
REMARKS = "acord_101"

_ACORD = re.compile(r"\s*acord(?:\s*form)?[\W_]*0*(\d{1,3})(?!\d)", re.IGNORECASE)


@functools.lru_cache(maxsize=256)
def _code(form: str) -> str:
    """Return the document code of a form as a certificate prints it: `ACORD 28 (2016/03)` is `acord_28`."""
    number = _ACORD.match(form) if len(form) < 100 else None
    return f"acord_{number[1]}" if number else form.strip().casefold()


def is_binder(form: str | None) -> bool:
    """Return whether a form, as printed, is a binder.

    Example:
        >>> is_binder("ACORD 75 (2016/03)"), is_binder("ACORD 25")
        (True, False)
    """
    return form is not None and _code(form) in BINDERS


def is_property_form(form: str | None) -> bool:
    """Return whether a form, as printed, is evidence of property insurance.

    Example:
        >>> is_property_form("Acord Form 28"), is_property_form("ACORD 25 (2016/03)"), is_property_form(None)
        (True, False, False)
    """
    return form is not None and _code(form) in PROPERTY_FORMS


def is_remarks(form: str | None) -> bool:
    """Return whether a form, as printed, carries on the remarks of a certificate.

    Example:
        >>> is_remarks("ACORD 101 (2008/01)")
        True
    """
    return form is not None and _code(form) == REMARKS
