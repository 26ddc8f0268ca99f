"""The title that people read for each code: codes stand in documents, titles in reports, forms and messages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

__all__ = ["LabeledCode"]


class LabeledCode(Enum):
    """A code that documents carry, with a written title for people.

    Example:
        >>> from contractor_compliance.domain import ExemptionKind
        >>> ExemptionKind.NON_SUBSCRIBER_AGREEMENT.label
        'non-subscriber agreement'
    """

    @property
    def label(self) -> str:
        """The code's title for people."""
        return _LABELS[type(self).__name__][self.value]


#: The titles, by the name of the class and the code. The classes stand on floors above this module.
_LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "AggregateBasis": {
            "per_policy": "per policy",
            "per_project": "per project",
            "per_location": "per location",
            "other": "other",
        },
        "ApplicationStep": {
            "verify_info": "verify information",
            "application_questions": "application questions",
            "esignature_document": "e-signature of the document",
            "add_card_details": "card details",
            "final_review": "final review",
            "application_complete": "application complete",
        },
        "AssignmentGate": {"warn": "save with a warning", "hold": "save on hold", "block": "refuse"},
        "AssignmentStatus": {"upcoming": "upcoming", "active": "active", "ended": "ended", "cancelled": "cancelled"},
        "CarrierStatus": {
            "admitted": "admitted",
            "surplus_lines": "surplus lines",
            "state_fund": "state fund",
            "self_insured": "self-insured",
        },
        "EndorsementBasis": {"blanket": "blanket", "scheduled": "scheduled"},
        "EndorsementKind": {
            "additional_insured_ongoing": "additional insured, ongoing operations",
            "additional_insured_completed": "additional insured, completed operations",
            "additional_insured_lessor": "additional insured, lessor of premises",
            "primary_non_contributory": "primary and non-contributory",
            "waiver_of_subrogation": "waiver of subrogation",
            "per_project_aggregate": "per project aggregate",
            "per_location_aggregate": "per location aggregate",
            "notice_of_cancellation": "notice of cancellation",
            "alternate_employer": "alternate employer",
            "stop_gap": "stop gap",
            "other": "other",
        },
        "EnrollmentState": {
            "not_invited": "not invited",
            "invited": "invited",
            "started": "started",
            "completed": "completed",
            "declined": "declined",
            "ineligible": "ineligible",
            "expired": "expired",
            "opted_out": "opted out",
        },
        "EntityType": {
            "individual": "individual",
            "sole_proprietor": "sole proprietor",
            "partnership": "partnership",
            "llc": "limited liability company",
            "corporation": "corporation",
            "other": "other",
        },
        "EvidenceLevel": {
            "declared": "declared by the contractor",
            "certificate": "certificate",
            "description": "description of operations on a certificate",
            "copy": "copy of the policy or endorsement",
            "confirmed": "confirmed by the insurer, its agent or a state register",
            "platform": "issued through the platform",
        },
        "ExcludedWorkerRule": {"accept": "accept", "flag": "flag", "reject": "reject"},
        "ExemptionKind": {
            "owner_exemption": "owner's exemption",
            "attestation": "attestation of exemption",
            "register_exemption": "exemption in a state register",
            "self_insurance": "self-insurance certificate",
            "extraterritorial": "extraterritorial certificate",
            "non_subscriber_agreement": "non-subscriber agreement",
        },
        "Industry": {"construction": "construction", "other": "other"},
        "InsuranceStatus": {
            "insured": "insured",
            "partly_insured": "partly insured",
            "uninsured": "uninsured",
            "undetermined": "undetermined",
            "not_required": "not required",
        },
        "InsuredCapacity": {
            "named_insured": "named insured",
            "participant": "participant",
            "leased_worker": "leased worker",
        },
        "JobCodeStatus": {"proposed": "proposed", "approved": "approved", "retired": "retired"},
        "LimitKind": {
            "each_occurrence": "each occurrence",
            "damage_to_rented_premises": "damage to rented premises",
            "medical_expense": "medical expense",
            "personal_and_advertising_injury": "personal and advertising injury",
            "general_aggregate": "general aggregate",
            "products_completed_operations_aggregate": "products and completed operations aggregate",
            "combined_single_limit": "combined single limit",
            "bodily_injury_per_person": "bodily injury per person",
            "bodily_injury_per_accident": "bodily injury per accident",
            "property_damage_per_accident": "property damage per accident",
            "el_each_accident": "each accident",
            "el_disease_each_employee": "disease each employee",
            "el_disease_policy_limit": "disease policy limit",
            "each_claim": "each claim",
            "aggregate": "aggregate",
            "penal_sum": "penal sum",
        },
        "MemberState": {"invited": "invited", "active": "active", "suspended": "suspended", "removed": "removed"},
        "Outcome": {
            "fail": "fail",
            "unknown": "unknown",
            "waived": "waived",
            "pass_with_dependency": "pass with a dependency",
            "pass": "pass",
            "not_applicable": "not applicable",
        },
        "PartyRole": {"company": "company", "client": "client", "owner": "owner"},
        "PayBasis": {
            "hour": "hour",
            "day": "day",
            "week": "week",
            "month": "month",
            "unit": "unit",
            "flat": "flat fee",
        },
        "Payer": {"organization": "organization", "contractor": "contractor"},
        "PayerOrigin": {
            "own": "own policy of the contractor",
            "assignment": "chosen for the assignment",
            "contractor": "chosen for the contractor",
            "requirement": "set by the requirement",
            "company": "the company's default",
        },
        "PersonRole": {"owner": "owner", "employee": "employee"},
        "RateBasis": {
            "per_100_pay": "per $100 of pay",
            "per_1000_pay": "per $1,000 of pay",
            "per_1000_receipts": "per $1,000 of receipts",
            "per_hour": "per hour",
            "flat": "flat",
        },
        "RateType": {
            "loss_cost": "loss cost",
            "pure_premium": "pure premium",
            "manual": "manual rate",
            "carrier": "carrier rate",
            "net": "net rate",
        },
        "ReasonCode": {
            "missing": "not on file",
            "expired": "expired",
            "cancelled": "cancelled",
            "gap": "gap in coverage",
            "not_yet_effective": "not yet effective",
            "term_unknown": "term not stated",
            "facts_conflict": "sources contradict each other",
            "limit_too_low": "limit too low",
            "limit_not_stated": "limit not stated",
            "aggregate_basis": "aggregate basis",
            "retention_too_high": "retention too high",
            "trigger_not_accepted": "trigger not accepted",
            "trigger_unknown": "trigger not stated",
            "retro_date_too_late": "retroactive date too late",
            "retro_date_unknown": "retroactive date not stated",
            "tail_missing": "tail cover missing",
            "endorsement_missing": "endorsement missing",
            "endorsement_unproven": "endorsement not proven",
            "party_not_named": "party not named",
            "party_unknown": "party not known",
            "no_written_contract": "no written contract",
            "rating_too_low": "rating too low",
            "rating_unknown": "rating not known",
            "carrier_not_accepted": "carrier not accepted",
            "carrier_unknown": "carrier not known",
            "state_not_covered": "state not covered",
            "states_unknown": "covered states not stated",
            "work_state_unknown": "state of work not known",
            "state_fund_required": "state fund required",
            "stop_gap_required": "stop gap required",
            "notice_to_insurer": "notice to the insurer",
            "not_enforceable": "not enforceable",
            "exemption_not_available": "exemption not available",
            "exemption_unproven": "exemption not proven",
            "workers_compensation_mandatory": "workers' compensation mandatory",
            "worker_excluded": "worker excluded",
            "worker_unknown": "worker not known to be covered",
            "attachment_gap": "gap below the attachment point",
            "layer_unknown": "umbrella or excess terms not documented",
            "line_not_scheduled": "line not scheduled",
            "layer_used_twice": "layer used twice",
            "depends_on_umbrella": "depends on an umbrella",
            "named_insured_mismatch": "named insured does not match",
            "named_insured_review": "named insured needs review",
            "named_insured_unknown": "named insured not stated",
            "not_a_participant": "not a participant",
            "evidence_too_weak": "evidence too weak",
            "evidence_not_accepted": "evidence not accepted",
            "evidence_stale": "evidence too old",
            "custom": "company's own check",
            "custom_check_absent": "company's own check not supplied",
        },
        "ReviewStatus": {
            "pending": "pending",
            "processing": "processing",
            "approved": "approved",
            "flagged": "flagged",
            "denied": "denied",
            "error": "error",
        },
        "SetLevel": {"default": "default", "job_code": "job code", "client": "client", "contractor": "contractor"},
        "SetMode": {"extend": "adds to earlier sets", "replace": "replaces earlier sets"},
        "StateListKind": {"listed": "listed states", "all_except": "all states except"},
        "Trigger": {"occurrence": "occurrence", "claims_made": "claims-made"},
        "Validity": {
            "active": "active",
            "expiring": "expiring",
            "cancelling": "cancellation pending",
            "lapsed": "lapsed",
            "cancelled": "cancelled",
            "not_yet_effective": "not yet effective",
            "unknown": "unknown",
        },
        "Verdict": {
            "non_compliant": "non-compliant",
            "undetermined": "undetermined",
            "compliant_with_exceptions": "compliant with exceptions",
            "compliant": "compliant",
            "not_required": "not required",
        },
        "WaiverKind": {
            "waive": "requirement waived",
            "reduce": "reduced limits",
            "substitute": "substitute evidence",
            "conditional": "waived until a document arrives",
        },
        "WaiverState": {
            "requested": "requested",
            "granted": "granted",
            "rejected": "rejected",
            "revoked": "revoked",
        },
    }
)
