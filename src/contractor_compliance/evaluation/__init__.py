"""What follows from what is known: verdicts with reasons, for one day or for all of them. Pure: no clock, no store."""

from contractor_compliance.evaluation.evaluate import evaluate
from contractor_compliance.evaluation.explain import as_rows, explain
from contractor_compliance.evaluation.instants import in_force_at
from contractor_compliance.evaluation.law import SHIPPED_LAW, LawTables
from contractor_compliance.evaluation.plan import Binding, Plan, Resolution, compile_rulebook
from contractor_compliance.evaluation.question import CustomAnswer, CustomCheck
from contractor_compliance.evaluation.report import (
    AssignmentReport,
    Check,
    ComplianceReport,
    Displaced,
    Finding,
    Gap,
    InsuranceStatus,
    Outcome,
    PayerOrigin,
    PolicyStanding,
    Run,
    Validity,
    Verdict,
    Window,
)
from contractor_compliance.evaluation.timeline import StandingRow, Step, Timeline, standing, timeline

__all__ = [
    "SHIPPED_LAW",
    "AssignmentReport",
    "Binding",
    "Check",
    "ComplianceReport",
    "CustomAnswer",
    "CustomCheck",
    "Displaced",
    "Finding",
    "Gap",
    "InsuranceStatus",
    "LawTables",
    "Outcome",
    "PayerOrigin",
    "Plan",
    "PolicyStanding",
    "Resolution",
    "Run",
    "StandingRow",
    "Step",
    "Timeline",
    "Validity",
    "Verdict",
    "Window",
    "as_rows",
    "compile_rulebook",
    "evaluate",
    "explain",
    "in_force_at",
    "standing",
    "timeline",
]
