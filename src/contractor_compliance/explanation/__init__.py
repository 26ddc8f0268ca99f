"""Reports for people: plain text, Markdown, HTML with the coverage strip, and flat rows for tables."""

from __future__ import annotations

from typing import Literal

from contractor_compliance.explanation.html import as_html
from contractor_compliance.explanation.rows import as_rows
from contractor_compliance.explanation.text import as_markdown, as_text
from contractor_compliance.results.report import ComplianceReport
from contractor_compliance.results.timeline import Timeline

__all__ = ["as_rows", "explain"]


def explain(answer: ComplianceReport | Timeline, *, as_: Literal["text", "markdown", "html"] = "text") -> str:
    """Tell a report or a timeline in words: what was asked for, what was found, why, since when, what to do.

    Every requirement that was evaluated is told, passing ones too. The same answer is always told in the same words.

    Args:
        answer: What `evaluate` or `timeline` returned.
        as_: `text` for a terminal or an e-mail; `markdown`; or `html`: a fragment with its own style and the coverage
            strip, to put into any page. All that the answer says is escaped.

    Raises:
        ValueError: For another format.
    """
    match as_:
        case "text":
            return as_text(answer)
        case "markdown":
            return as_markdown(answer)
        case "html":
            return as_html(answer)
    raise ValueError(f"there is no format {as_!r}; choose text, markdown or html")
