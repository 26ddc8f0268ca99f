"""The results of judging, as plain values: reports, findings, outcomes, timelines and standings."""

from contractor_compliance.results.finding import Check, Displaced, Finding
from contractor_compliance.results.not_examined import NotExamined, Topic
from contractor_compliance.results.outcome import InsuranceStatus, Outcome, PayerOrigin, Validity, Verdict
from contractor_compliance.results.reasons import reason_phrase
from contractor_compliance.results.report import (
    AssignmentReport,
    ComplianceReport,
    Gap,
    OutcomePeriod,
    PolicyStatus,
    Window,
)
from contractor_compliance.results.timeline import StandingRow, Step, Timeline

__all__ = [
    "AssignmentReport",
    "Check",
    "ComplianceReport",
    "Displaced",
    "Finding",
    "Gap",
    "InsuranceStatus",
    "NotExamined",
    "Outcome",
    "OutcomePeriod",
    "PayerOrigin",
    "PolicyStatus",
    "StandingRow",
    "Step",
    "Timeline",
    "Topic",
    "Validity",
    "Verdict",
    "Window",
    "reason_phrase",
]
