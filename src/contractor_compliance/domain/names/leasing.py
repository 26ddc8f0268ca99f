"""Names of a leasing firm with its client: "Sample PEO Inc L/C/F Sample Rigging LLC" (domain rule B14.21)."""

from __future__ import annotations

import functools
import re

__all__ = ["read_leasing"]

_LINKS = re.compile(
    r"(?<!\w)(?:(?:as )?l ?/ ?c ?/ ?f|l\. ?c\. ?f\.?|(?:as )?labor contractors? for|"
    r"for (?:the )?(?:workers|employees) leased to)(?!\w)"
    r"[ .:,-]*(?:(?:the |its )?clients?(?: company)?(?!\w)[ .:,-]*)?",
    re.IGNORECASE,
)
#: A longer text is no named insured.
_LONGEST = 500


def read_leasing(text: str) -> tuple[str, str] | None:
    """Part the name of a leasing firm from that of the client whose workers it leases; None for any other text.

    Both are insured: the client as the employer of the workers leased to it.

    Example:
        >>> read_leasing("Sample PEO Inc L/C/F Sample Rigging LLC")
        ('Sample PEO Inc', 'Sample Rigging LLC')
        >>> read_leasing("Sample Rigging LLC")
    """
    return _remembered(text) if len(text) <= _LONGEST else None


@functools.lru_cache(maxsize=1024)
def _remembered(text: str) -> tuple[str, str] | None:
    spaced = " ".join(text.split())
    link = _LINKS.search(spaced)
    if link is None:
        return None
    firm, client = spaced[: link.start()].strip(" ,;-("), spaced[link.end() :].strip(" ,;-)")
    return (firm, client) if firm and client else None
