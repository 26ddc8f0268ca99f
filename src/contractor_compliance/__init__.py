"""Does this contractor carry the insurance that our company requires for this work, on this day, and how do we know?

The names below are loaded when they are first used, so that importing the package costs nothing it does not need.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contractor_compliance.domain import Dossier, RuleBook
    from contractor_compliance.errors import ContractorComplianceError, DocumentError, Fault, InvalidValueError
    from contractor_compliance.evaluation import compile_rulebook, evaluate, timeline
    from contractor_compliance.explanation import as_rows, explain
    from contractor_compliance.results import ComplianceReport, Finding, Outcome, Timeline, Verdict
    from contractor_compliance.serialization import dumps, loads

__all__ = [
    "ComplianceReport",
    "ContractorComplianceError",
    "DocumentError",
    "Dossier",
    "Fault",
    "Finding",
    "InvalidValueError",
    "Outcome",
    "RuleBook",
    "Timeline",
    "Verdict",
    "__version__",
    "as_rows",
    "compile_rulebook",
    "dumps",
    "evaluate",
    "explain",
    "loads",
    "timeline",
]

_ROOMS = {
    "ComplianceReport": "results",
    "ContractorComplianceError": "errors",
    "DocumentError": "errors",
    "Dossier": "domain",
    "Fault": "errors",
    "Finding": "results",
    "InvalidValueError": "errors",
    "Outcome": "results",
    "RuleBook": "domain",
    "Timeline": "results",
    "Verdict": "results",
    "as_rows": "explanation",
    "compile_rulebook": "evaluation",
    "dumps": "serialization",
    "evaluate": "evaluation",
    "explain": "explanation",
    "loads": "serialization",
    "timeline": "evaluation",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("contractor-compliance")
    room = _ROOMS.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f"{__name__}.{room}")
    value = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
