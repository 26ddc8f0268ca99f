"""The judgment of what is known: verdicts with reasons, for one day or for all of them. Pure: no clock, no store."""

from contractor_compliance.evaluation.checks.context import CustomAnswer, CustomCheck
from contractor_compliance.evaluation.evaluate import evaluate
from contractor_compliance.evaluation.instants import in_force_at
from contractor_compliance.evaluation.rules.compiled import Binding, CompiledRuleBook, Resolution, compile_rulebook
from contractor_compliance.evaluation.rules.law import SHIPPED_LAW, LawTables
from contractor_compliance.evaluation.timeline import standing, timeline

__all__ = [
    "SHIPPED_LAW",
    "Binding",
    "CompiledRuleBook",
    "CustomAnswer",
    "CustomCheck",
    "LawTables",
    "Resolution",
    "compile_rulebook",
    "evaluate",
    "in_force_at",
    "standing",
    "timeline",
]
