"""The phrase and the remedy of each reason code: what is wrong, and the sentence to send to the broker."""

from __future__ import annotations

from contractor_compliance.domain.reason import ReasonCode

__all__ = ["reason_phrase", "remedy_template"]

#: What each reason means, after the name of the line or requirement.
_PHRASES = {
    ReasonCode.MISSING: "is not on file",
    ReasonCode.EXPIRED: "has expired",
    ReasonCode.CANCELLED: "was cancelled",
    ReasonCode.GAP: "has a gap in coverage",
    ReasonCode.NOT_YET_EFFECTIVE: "is not yet effective",
    ReasonCode.TERM_UNKNOWN: "is not known to be in force: its policy period is not fully stated",
    ReasonCode.FACTS_CONFLICT: "is in dispute: equally reliable sources contradict each other",
    ReasonCode.LIMIT_TOO_LOW: "has a limit that is too low",
    ReasonCode.LIMIT_NOT_STATED: "has a limit that is not stated",
    ReasonCode.AGGREGATE_BASIS: "has an aggregate that is not known to apply as required",
    ReasonCode.RETENTION_TOO_HIGH: "has a deductible or self-insured retention that exceeds the maximum",
    ReasonCode.TRIGGER_NOT_ACCEPTED: "has a coverage trigger that is not accepted",
    ReasonCode.TRIGGER_UNKNOWN: "does not say whether it is occurrence or claims-made",
    ReasonCode.RETRO_DATE_TOO_LATE: "has a retroactive date after the work began",
    ReasonCode.RETRO_DATE_UNKNOWN: "is claims-made with no retroactive date stated",
    ReasonCode.TAIL_MISSING: "does not extend as long after the work as required",
    ReasonCode.ENDORSEMENT_MISSING: "lacks an endorsement",
    ReasonCode.ENDORSEMENT_UNPROVEN: "has an endorsement that is not proven",
    ReasonCode.EXCLUSION_PRESENT: "carries an exclusion that is not accepted",
    ReasonCode.EXCLUSION_NOT_STATED: "is not known to be free of an exclusion that is not accepted",
    ReasonCode.EXCLUSION_PRESUMED_ABSENT: "is taken to be free of an exclusion that no source mentions",
    ReasonCode.PARTY_NOT_NAMED: "does not name a required party",
    ReasonCode.PARTY_UNKNOWN: "must name a party that the assignment does not identify",
    ReasonCode.NO_WRITTEN_CONTRACT: "has a blanket endorsement, but no written contract brings it into effect",
    ReasonCode.RATING_TOO_LOW: "has an insurer whose rating is too low",
    ReasonCode.RATING_UNKNOWN: "has an insurer whose rating is not known",
    ReasonCode.CARRIER_NOT_ACCEPTED: "has an insurer whose status is not accepted",
    ReasonCode.CARRIER_UNKNOWN: "has an insurer whose status is not known",
    ReasonCode.STATE_NOT_COVERED: "does not cover a state of work",
    ReasonCode.STATES_UNKNOWN: "does not say which states it covers",
    ReasonCode.WORK_STATE_UNKNOWN: "cannot be judged: the state of work is not known",
    ReasonCode.STATE_FUND_REQUIRED: "must be placed with the state fund",
    ReasonCode.STOP_GAP_REQUIRED: "needs stop gap coverage in a state with a monopolistic fund",
    ReasonCode.NOTICE_TO_INSURER: "is covered under Item 3.C (Other States) only: the insurer must be notified",
    ReasonCode.NOT_ENFORCEABLE: "cannot be required in this state",
    ReasonCode.EXEMPTION_NOT_AVAILABLE: "is required: an exemption is not available in this state",
    ReasonCode.EXEMPTION_UNPROVEN: "has an exemption that is not proven",
    ReasonCode.WORKERS_COMPENSATION_MANDATORY: "is not accepted where workers' compensation is mandatory",
    ReasonCode.WORKER_EXCLUDED: "excludes the person who does the work",
    ReasonCode.WORKER_UNKNOWN: "is not known to cover the person who does the work",
    ReasonCode.ATTACHMENT_GAP: "leaves a gap between the primary limit and the attachment point of the umbrella",
    ReasonCode.LAYER_UNKNOWN: "depends on an umbrella or excess policy whose terms are not documented",
    ReasonCode.LINE_NOT_SCHEDULED: "has no umbrella or excess policy that schedules this line",
    ReasonCode.LAYER_USED_TWICE: "is already used to reach the limit of an underlying line",
    ReasonCode.DEPENDS_ON_UMBRELLA: "reaches its limit only with an umbrella or excess policy",
    ReasonCode.DEPENDS_ON_UNDERLYING: "adds an insured only as the underlying policy does",
    ReasonCode.NAMED_INSURED_MISMATCH: "names another insured",
    ReasonCode.NAMED_INSURED_REVIEW: "has a named insured that needs review",
    ReasonCode.NAMED_INSURED_UNKNOWN: "does not state the named insured",
    ReasonCode.NOT_A_PARTICIPANT: "does not list the contractor in its schedule",
    ReasonCode.POLICIES_MAY_BE_ONE: "is on file in records that may describe one policy or several",
    ReasonCode.SCOPE_UNSTATED: "may be required: what decides it is not stated",
    ReasonCode.EVIDENCE_TOO_WEAK: "is shown by evidence that is too weak",
    ReasonCode.EVIDENCE_NOT_ACCEPTED: "is shown by a document that is not accepted",
    ReasonCode.EVIDENCE_STALE: "is shown by evidence that is too old",
    ReasonCode.CUSTOM: "does not pass the company's own check",
    ReasonCode.CUSTOM_CHECK_ABSENT: "needs a company check that was not supplied",
}


def reason_phrase(reason: ReasonCode) -> str:
    """Return what a reason means, as it is written after a subject.

    Example:
        >>> from contractor_compliance.domain import ReasonCode
        >>> f"general liability {reason_phrase(ReasonCode.EXPIRED)}"
        'general liability has expired'
    """
    return _PHRASES[reason]


#: What to ask for, by reason. `{line}` is the line and `{policy}` its policy, `{ask}` the requirement in words,
#: `{required}` and `{actual}` what the deciding check compared. What the company must do is worded for it.
_REMEDIES = {
    ReasonCode.MISSING: "Please send a certificate that shows {ask}.",
    ReasonCode.EXPIRED: "The {policy} has expired. Please send a certificate of its renewal that shows {ask}.",
    ReasonCode.CANCELLED: (
        "The {policy} was cancelled. Please send a reinstatement without lapse, or a certificate of new "
        "coverage that shows {ask}."
    ),
    ReasonCode.GAP: "There is a gap in {line} coverage. Please send proof of coverage for those days, if any.",
    ReasonCode.NOT_YET_EFFECTIVE: "The {policy} takes effect too late. Please send proof of the coverage before it.",
    ReasonCode.TERM_UNKNOWN: "Please confirm the effective and expiration dates of the {policy}.",
    ReasonCode.FACTS_CONFLICT: "Two documents differ on the {policy} ({aspect}). Please confirm which is right.",
    ReasonCode.LIMIT_TOO_LOW: "Please raise the {line} limit ({aspect}) from {actual} to {required}.",
    ReasonCode.LIMIT_NOT_STATED: "Please state a limit of the {policy}: {aspect}, at least {required}.",
    ReasonCode.AGGREGATE_BASIS: "Please confirm that the {line} aggregate is {required}, and send its endorsement.",
    ReasonCode.RETENTION_TOO_HIGH: "Please lower the {line} retention from {actual} to at most {required}.",
    ReasonCode.TRIGGER_NOT_ACCEPTED: "Please send proof of {line} coverage written on this basis: {required}.",
    ReasonCode.TRIGGER_UNKNOWN: "Please state whether the {policy} is occurrence or claims-made.",
    ReasonCode.RETRO_DATE_TOO_LATE: "Please have the {line} retroactive date set {required}; it is {actual}.",
    ReasonCode.RETRO_DATE_UNKNOWN: "Please state the retroactive date of the {policy}.",
    ReasonCode.TAIL_MISSING: "Please send proof that {line} stays in force, or has an extended reporting period.",
    ReasonCode.ENDORSEMENT_MISSING: "Please add {required} to the {policy} and send a copy of the endorsement.",
    ReasonCode.ENDORSEMENT_UNPROVEN: "Please send a copy of the {line} endorsement: {required}.",
    ReasonCode.EXCLUSION_PRESENT: (
        "Please have this exclusion removed from the {policy} and send a copy of the endorsement: {actual}."
    ),
    ReasonCode.EXCLUSION_NOT_STATED: (
        "Please send the whole list of endorsements of the {policy}, or confirm that it has {required}."
    ),
    ReasonCode.PARTY_NOT_NAMED: "Please have the {line} endorsement name the party: {required}.",
    ReasonCode.PARTY_UNKNOWN: "For the company: state who the party is on this assignment ({required}).",
    ReasonCode.NO_WRITTEN_CONTRACT: (
        "For the company: the blanket endorsement needs a written contract ({required}); "
        "otherwise please have the party named."
    ),
    ReasonCode.RATING_TOO_LOW: "Please place {line} with an insurer rated {required} or better; this one is {actual}.",
    ReasonCode.RATING_UNKNOWN: "For the company: look up the rating of the {line} insurer; {required} is required.",
    ReasonCode.CARRIER_NOT_ACCEPTED: "Please place {line} with an insurer that is {required}.",
    ReasonCode.CARRIER_UNKNOWN: "Please confirm the {line} insurer (required: {required}).",
    ReasonCode.STATE_NOT_COVERED: "Please have {required} added to Item 3.A of the {policy}.",
    ReasonCode.STATES_UNKNOWN: "Please send the information page of the {policy} with Items 3.A and 3.C.",
    ReasonCode.WORK_STATE_UNKNOWN: "For the company: enter the state of work.",
    ReasonCode.STATE_FUND_REQUIRED: "Please send proof of an account in good standing with the {required}.",
    ReasonCode.STOP_GAP_REQUIRED: "Please send proof of stop gap employers' liability for {required}.",
    ReasonCode.NOTICE_TO_INSURER: "Please notify the {line} insurer of the work in {required} and confirm the notice.",
    ReasonCode.NOT_ENFORCEABLE: "For the company: enter the industry; it decides whether {required} may be required.",
    ReasonCode.EXEMPTION_NOT_AVAILABLE: "No exemption is available here. Please send proof of {line} coverage.",
    ReasonCode.EXEMPTION_UNPROVEN: (
        "Please send proof that the exemption is open to this contractor: share owned, license classes."
    ),
    ReasonCode.WORKERS_COMPENSATION_MANDATORY: "Workers' compensation is mandatory here. Please send proof of it.",
    ReasonCode.WORKER_EXCLUDED: "Please have {required} included in the {policy}.",
    ReasonCode.WORKER_UNKNOWN: "Please confirm that {line} covers {required}.",
    ReasonCode.ATTACHMENT_GAP: "Please raise the primary limit to the umbrella's attachment point.",
    ReasonCode.LAYER_UNKNOWN: "Please send the umbrella's schedule of underlying insurance and its limits.",
    ReasonCode.LINE_NOT_SCHEDULED: "Please have {required} added to the umbrella's schedule of underlying insurance.",
    ReasonCode.LAYER_USED_TWICE: "Please raise the umbrella: what an underlying line uses cannot count again ({ask}).",
    ReasonCode.NAMED_INSURED_MISMATCH: "The {line} certificate names {actual}. Please send one for {required}.",
    ReasonCode.NAMED_INSURED_REVIEW: "The {line} certificate names {actual}. Please confirm it insures {required}.",
    ReasonCode.NAMED_INSURED_UNKNOWN: "Please state the named insured of the {policy}.",
    ReasonCode.NOT_A_PARTICIPANT: "Please send proof that {required} is enrolled in the {policy}, with dates.",
    ReasonCode.POLICIES_MAY_BE_ONE: (
        "Please state the number, the insurer with its NAIC number and the policy period of each {line} policy: "
        "the records on file may describe one policy or several ({actual})."
    ),
    ReasonCode.SCOPE_UNSTATED: "For the company: enter {required}; it decides whether {line} is required.",
    ReasonCode.EVIDENCE_TOO_WEAK: "Please send better proof of {line} ({aspect}): a copy or insurer confirmation.",
    ReasonCode.EVIDENCE_NOT_ACCEPTED: "Please send proof of {line} on a form that is accepted ({aspect}).",
    ReasonCode.EVIDENCE_STALE: "Please send a current certificate for {line}.",
    ReasonCode.CUSTOM: "For the company: {required}.",
    ReasonCode.CUSTOM_CHECK_ABSENT: "For the company: supply the check named by this requirement.",
}

#: The same reasons where they state why a layer does not count: its check compares amounts alone.
_LAYER_REMEDIES = {
    ReasonCode.LINE_NOT_SCHEDULED: "Please have every required line added to the umbrella's schedule ({ask}).",
    ReasonCode.TRIGGER_NOT_ACCEPTED: "Please send an umbrella on the same basis as beneath: occurrence or claims-made.",
    ReasonCode.RETRO_DATE_TOO_LATE: "Please move the umbrella's retroactive date to the start of the work, or earlier.",
    ReasonCode.NAMED_INSURED_MISMATCH: "Please send proof of an umbrella that insures the contractor ({ask}).",
    ReasonCode.NOT_A_PARTICIPANT: "Please send proof that the contractor is enrolled in the umbrella ({ask}).",
}
_UMBRELLA_INSURED = (
    "Please send copies of the umbrella's follow-form wording or own endorsement, and of the endorsement beneath it: "
    "{required}."
)
_RETENTION = "Please state the {aspect} of the {policy}; at most {required} is accepted."
_WHO_WORKS = (
    "For the company: state who does the work, and get proof that workers' compensation is not mandatory for them."
)


def remedy_template(reason: ReasonCode, aspect: str) -> str | None:
    """Return the sentence that asks the broker to cure a reason, as a `str.format` template; None = nothing to ask.

    Args:
        reason: The reason.
        aspect: What the deciding check looked at; some reasons ask for something else where it is an umbrella.
    """
    if aspect.startswith("umbrella.") and reason in _LAYER_REMEDIES:
        return _LAYER_REMEDIES[reason]
    if aspect.startswith("umbrella.") and reason is ReasonCode.ENDORSEMENT_UNPROVEN:
        return _UMBRELLA_INSURED
    if aspect == "retention" and reason is ReasonCode.LIMIT_NOT_STATED:
        return _RETENTION
    if aspect.startswith("state.") and reason is ReasonCode.WORKER_UNKNOWN:
        return _WHO_WORKS
    return _REMEDIES.get(reason)
