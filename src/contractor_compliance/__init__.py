"""Does this contractor carry the insurance that our company requires for this work, on this day, and how do we know?

The names below are loaded when they are first used, so that importing the package costs nothing it does not need.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contractor_compliance.domain import Dossier, RuleBook
    from contractor_compliance.errors import ContractorComplianceError, DocumentError, Fault, InvalidValueError
    from contractor_compliance.evaluation import (
        ComplianceReport,
        Finding,
        Outcome,
        Timeline,
        Verdict,
        as_rows,
        compile_rulebook,
        evaluate,
        explain,
        timeline,
    )
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
    "ComplianceReport": "evaluation",
    "ContractorComplianceError": "errors",
    "DocumentError": "errors",
    "Dossier": "domain",
    "Fault": "errors",
    "Finding": "evaluation",
    "InvalidValueError": "errors",
    "Outcome": "evaluation",
    "RuleBook": "domain",
    "Timeline": "evaluation",
    "Verdict": "evaluation",
    "as_rows": "evaluation",
    "compile_rulebook": "evaluation",
    "dumps": "serialization",
    "evaluate": "evaluation",
    "explain": "evaluation",
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
