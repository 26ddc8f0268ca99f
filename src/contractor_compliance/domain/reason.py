"""Why a requirement is not met, in codes: the vocabulary that findings and waivers share."""

from __future__ import annotations

from contractor_compliance.domain.labels import LabeledCode

__all__ = ["NEVER_WAIVABLE", "ReasonCode"]


class ReasonCode(LabeledCode):
    """Why a requirement is not met, is not known to be met, or is met only with a dependency.

    Example:
        >>> from contractor_compliance.domain import NEVER_WAIVABLE
        >>> ReasonCode("limit_too_low").label, ReasonCode.EXPIRED in NEVER_WAIVABLE
        ('limit too low', True)
    """

    MISSING = "missing"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    GAP = "gap"
    NOT_YET_EFFECTIVE = "not_yet_effective"
    TERM_UNKNOWN = "term_unknown"
    FACTS_CONFLICT = "facts_conflict"
    LIMIT_TOO_LOW = "limit_too_low"
    LIMIT_NOT_STATED = "limit_not_stated"
    AGGREGATE_BASIS = "aggregate_basis"
    RETENTION_TOO_HIGH = "retention_too_high"
    TRIGGER_NOT_ACCEPTED = "trigger_not_accepted"
    TRIGGER_UNKNOWN = "trigger_unknown"
    RETRO_DATE_TOO_LATE = "retro_date_too_late"
    RETRO_DATE_UNKNOWN = "retro_date_unknown"
    TAIL_MISSING = "tail_missing"
    ENDORSEMENT_MISSING = "endorsement_missing"
    ENDORSEMENT_UNPROVEN = "endorsement_unproven"
    EXCLUSION_PRESENT = "exclusion_present"
    EXCLUSION_NOT_STATED = "exclusion_not_stated"
    EXCLUSION_PRESUMED_ABSENT = "exclusion_presumed_absent"
    RETENTION_PRESUMED = "retention_presumed"
    AUTOS_NOT_COVERED = "autos_not_covered"
    AUTOS_NOT_STATED = "autos_not_stated"
    OWNED_AUTOS_UNKNOWN = "owned_autos_unknown"
    PARTY_NOT_NAMED = "party_not_named"
    PARTY_UNKNOWN = "party_unknown"
    NO_WRITTEN_CONTRACT = "no_written_contract"
    RATING_TOO_LOW = "rating_too_low"
    RATING_UNKNOWN = "rating_unknown"
    CARRIER_NOT_ACCEPTED = "carrier_not_accepted"
    CARRIER_UNKNOWN = "carrier_unknown"
    STATE_NOT_COVERED = "state_not_covered"
    STATES_UNKNOWN = "states_unknown"
    WORK_STATE_UNKNOWN = "work_state_unknown"
    STATE_FUND_REQUIRED = "state_fund_required"
    STOP_GAP_REQUIRED = "stop_gap_required"
    PRESUMED_IN_3A = "presumed_in_3a"
    PRESUMED_SCHEDULE = "presumed_schedule"
    NOTICE_TO_INSURER = "notice_to_insurer"
    NOT_ENFORCEABLE = "not_enforceable"
    EXEMPTION_NOT_AVAILABLE = "exemption_not_available"
    EXEMPTION_UNPROVEN = "exemption_unproven"
    SIGNED_AFTER_START = "signed_after_start"
    WORKERS_COMPENSATION_MANDATORY = "workers_compensation_mandatory"
    WORKER_EXCLUDED = "worker_excluded"
    WORKER_UNKNOWN = "worker_unknown"
    WORKER_NOT_REPORTED = "worker_not_reported"
    ATTACHMENT_GAP = "attachment_gap"
    LAYER_UNKNOWN = "layer_unknown"
    LINE_NOT_SCHEDULED = "line_not_scheduled"
    LAYER_USED_TWICE = "layer_used_twice"
    DEPENDS_ON_UMBRELLA = "depends_on_umbrella"
    DEPENDS_ON_UNDERLYING = "depends_on_underlying"
    NAMED_INSURED_MISMATCH = "named_insured_mismatch"
    NAMED_INSURED_REVIEW = "named_insured_review"
    NAMED_INSURED_UNKNOWN = "named_insured_unknown"
    NOT_A_PARTICIPANT = "not_a_participant"
    POLICY_NUMBER_PENDING = "policy_number_pending"
    POLICIES_MAY_BE_ONE = "policies_may_be_one"
    SCOPE_UNSTATED = "scope_unstated"
    EVIDENCE_TOO_WEAK = "evidence_too_weak"
    EVIDENCE_NOT_ACCEPTED = "evidence_not_accepted"
    EVIDENCE_STALE = "evidence_stale"
    CUSTOM = "custom"
    CUSTOM_CHECK_ABSENT = "custom_check_absent"


#: Cover that has run out cannot be excused: it was there and it ended (domain rule B8.3).
NEVER_WAIVABLE = frozenset({ReasonCode.EXPIRED, ReasonCode.CANCELLED, ReasonCode.GAP})
