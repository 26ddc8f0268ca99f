"""Reports for people: plain text, Markdown, HTML with the coverage strip, and flat rows for tables."""

from __future__ import annotations

from typing import Literal

from contractor_compliance.explanation.html import as_html
from contractor_compliance.explanation.rows import as_rows
from contractor_compliance.explanation.text import as_markdown, as_text
from contractor_compliance.results.report import ComplianceReport
from contractor_compliance.results.timeline import Timeline

__all__ = ["as_rows", "explain"]


def explain(result: ComplianceReport | Timeline, *, as_: Literal["text", "markdown", "html"] = "text") -> str:
    """Return a report or a timeline in words: what was required, what was found, why, since when, what to do.

    Every requirement that was evaluated is stated, passing ones too. The same result always has the same words.

    Args:
        result: What `evaluate` or `timeline` returned.
        as_: `text` for a terminal or an e-mail; `markdown`; or `html`: a fragment with its own style and the coverage
            strip, to put into any page. All its text is escaped.

    Raises:
        ValueError: For another format.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing.factories import dossier, gl_requirement, rulebook
        >>> report = evaluate(dossier(), rulebook(gl_requirement()), as_of=date(2026, 6, 15))
        >>> explain(report).splitlines()[0]
        'Sample Rigging LLC (contractor-1) on 2026-06-15: NON-COMPLIANT'
    """
    match as_:
        case "text":
            return as_text(result)
        case "markdown":
            return as_markdown(result)
        case "html":
            return as_html(result)
    raise ValueError(f"there is no format {as_!r}; choose text, markdown or html")
