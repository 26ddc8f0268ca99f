"""The phrase and the remedies of each reason code, in one table: what is wrong, and what to send to the broker."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from contractor_compliance.domain.reason import ReasonCode

__all__ = ["REASONS", "Reason", "reason_phrase", "remedy_template"]


@attrs.frozen(kw_only=True)
class Reason:
    """What a reason code means, and what cures it.

    The remedies are `str.format` templates: `{line}` is the line and `{policy}` its policy, `{ask}` the requirement in
    words, `{required}` and `{actual}` what the deciding check compared. What the company must do is worded for it.

    Attributes:
        phrase: What it means, as it is written after the name of the line or requirement.
        remedy: The sentence that asks for the cure; None = there is nothing to ask for.
        remedies_by_aspect: Other sentences, by how the aspect of the deciding check begins.
    """

    phrase: str
    remedy: str | None = None
    remedies_by_aspect: tuple[tuple[str, str], ...] = ()


#: Every reason code; a test compares the table with the codes.
REASONS: Mapping[ReasonCode, Reason] = MappingProxyType(
    {
        ReasonCode.MISSING: Reason(
            phrase="is not on file",
            remedy="Please send a certificate that shows {ask}.",
        ),
        ReasonCode.EXPIRED: Reason(
            phrase="has expired",
            remedy="The {policy} has expired. Please send a certificate of its renewal that shows {ask}.",
        ),
        ReasonCode.CANCELLED: Reason(
            phrase="was cancelled",
            remedy=(
                "The {policy} was cancelled. Please send a reinstatement without lapse, or a "
                "certificate of new coverage that shows {ask}."
            ),
        ),
        ReasonCode.GAP: Reason(
            phrase="has a gap in coverage",
            remedy="There is a gap in {line} coverage. Please send proof of coverage for those days, if any.",
        ),
        ReasonCode.NOT_YET_EFFECTIVE: Reason(
            phrase="is not yet effective",
            remedy="The {policy} takes effect too late. Please send proof of the coverage before it.",
        ),
        ReasonCode.TERM_UNKNOWN: Reason(
            phrase="is not known to be in force: its policy period is not fully stated",
            remedy="Please confirm the effective and expiration dates of the {policy}.",
        ),
        ReasonCode.FACTS_CONFLICT: Reason(
            phrase="is in dispute: equally reliable sources contradict each other",
            remedy="Two documents differ on the {policy} ({aspect}). Please confirm which is right.",
        ),
        ReasonCode.LIMIT_TOO_LOW: Reason(
            phrase="has a limit that is too low",
            remedy="Please raise the {line} limit ({aspect}) from {actual} to {required}.",
        ),
        ReasonCode.LIMIT_NOT_STATED: Reason(
            phrase="has a limit that is not stated",
            remedy="Please state a limit of the {policy}: {aspect}, at least {required}.",
            remedies_by_aspect=(
                ("retention", "Please state the {aspect} of the {policy}; at most {required} is accepted."),
            ),
        ),
        ReasonCode.AGGREGATE_BASIS: Reason(
            phrase="has an aggregate that is not known to apply as required",
            remedy="Please confirm that the {line} aggregate is {required}, and send its endorsement.",
        ),
        ReasonCode.RETENTION_TOO_HIGH: Reason(
            phrase="has a deductible or self-insured retention that exceeds the maximum",
            remedy="Please lower the {line} retention from {actual} to at most {required}.",
        ),
        ReasonCode.TRIGGER_NOT_ACCEPTED: Reason(
            phrase="has a coverage trigger that is not accepted",
            remedy="Please send proof of {line} coverage written on this basis: {required}.",
            remedies_by_aspect=(
                ("umbrella.", "Please send an umbrella on the same basis as beneath: occurrence or claims-made."),
            ),
        ),
        ReasonCode.TRIGGER_UNKNOWN: Reason(
            phrase="does not say whether it is occurrence or claims-made",
            remedy="Please state whether the {policy} is occurrence or claims-made.",
        ),
        ReasonCode.RETRO_DATE_TOO_LATE: Reason(
            phrase="has a retroactive date after the work began",
            remedy="Please have the {line} retroactive date set {required}; it is {actual}.",
            remedies_by_aspect=(
                ("umbrella.", "Please move the umbrella's retroactive date to the start of the work, or earlier."),
            ),
        ),
        ReasonCode.RETRO_DATE_UNKNOWN: Reason(
            phrase="is claims-made with no retroactive date stated",
            remedy="Please state the retroactive date of the {policy}.",
        ),
        ReasonCode.TAIL_MISSING: Reason(
            phrase="does not extend as long after the work as required",
            remedy="Please send proof that {line} stays in force, or has an extended reporting period.",
        ),
        ReasonCode.ENDORSEMENT_MISSING: Reason(
            phrase="lacks an endorsement",
            remedy="Please add {required} to the {policy} and send a copy of the endorsement.",
        ),
        ReasonCode.ENDORSEMENT_UNPROVEN: Reason(
            phrase="has an endorsement that is not proven",
            remedy="Please send a copy of the {line} endorsement: {required}.",
            remedies_by_aspect=(
                (
                    "umbrella.",
                    (
                        "Please send copies of the umbrella's follow-form wording or own endorsement, and of "
                        "the endorsement beneath it: {required}."
                    ),
                ),
            ),
        ),
        ReasonCode.EXCLUSION_PRESENT: Reason(
            phrase="carries an exclusion that is not accepted",
            remedy=(
                "Please have this exclusion removed from the {policy} and send a copy of the endorsement: {actual}."
            ),
        ),
        ReasonCode.EXCLUSION_NOT_STATED: Reason(
            phrase="is not known to be free of an exclusion that is not accepted",
            remedy=("Please send the whole list of endorsements of the {policy}, or confirm that it has {required}."),
        ),
        ReasonCode.EXCLUSION_PRESUMED_ABSENT: Reason(
            phrase="is taken to be free of an exclusion that no source mentions",
        ),
        ReasonCode.RETENTION_PRESUMED: Reason(
            phrase="is taken to have no larger retention than allowed, since no source states one",
            remedy="To end the presumption, please state the deductible or retention of the {policy}.",
        ),
        ReasonCode.AUTOS_NOT_COVERED: Reason(
            phrase="does not cover all autos that must be covered",
            remedy="Please have the {policy} cover {required} and send a certificate that shows it.",
        ),
        ReasonCode.AUTOS_NOT_STATED: Reason(
            phrase="does not state which autos it covers",
            remedy="Please state which autos the {policy} covers; {required} must be covered.",
        ),
        ReasonCode.OWNED_AUTOS_UNKNOWN: Reason(
            phrase="does not cover owned autos, and it is not known whether the contractor owns any",
            remedy=(
                "Please state that the contractor owns no autos, if that is so, or have the {policy} cover {required}."
            ),
        ),
        ReasonCode.PARTY_NOT_NAMED: Reason(
            phrase="does not name a required party",
            remedy="Please have the {line} endorsement name the party: {required}.",
        ),
        ReasonCode.PARTY_UNKNOWN: Reason(
            phrase="must name a party that the assignment does not identify",
            remedy="For the company: state who the party is on this assignment ({required}).",
        ),
        ReasonCode.NO_WRITTEN_CONTRACT: Reason(
            phrase="has a blanket endorsement, but no written contract brings it into effect",
            remedy=(
                "For the company: the blanket endorsement needs a written contract ({required}); "
                "otherwise please have the party named."
            ),
        ),
        ReasonCode.RATING_TOO_LOW: Reason(
            phrase="has an insurer whose rating is too low",
            remedy="Please place {line} with an insurer rated {required} or better; this one is {actual}.",
        ),
        ReasonCode.RATING_UNKNOWN: Reason(
            phrase="has an insurer whose rating is not known",
            remedy="For the company: look up the rating of the {line} insurer; {required} is required.",
        ),
        ReasonCode.CARRIER_NOT_ACCEPTED: Reason(
            phrase="has an insurer whose status is not accepted",
            remedy="Please place {line} with an insurer that is {required}.",
        ),
        ReasonCode.CARRIER_UNKNOWN: Reason(
            phrase="has an insurer whose status is not known",
            remedy="Please confirm the {line} insurer (required: {required}).",
        ),
        ReasonCode.STATE_NOT_COVERED: Reason(
            phrase="does not cover a state of work",
            remedy="Please have {required} added to Item 3.A of the {policy}.",
        ),
        ReasonCode.STATES_UNKNOWN: Reason(
            phrase="does not say which states it covers",
            remedy="Please send the information page of the {policy} with Items 3.A and 3.C.",
        ),
        ReasonCode.WORK_STATE_UNKNOWN: Reason(
            phrase="cannot be judged: the state of work is not known",
            remedy="For the company: enter the state of work.",
        ),
        ReasonCode.STATE_FUND_REQUIRED: Reason(
            phrase="must be placed with the state fund",
            remedy="Please send proof of an account in good standing with the {required}.",
        ),
        ReasonCode.STOP_GAP_REQUIRED: Reason(
            phrase="needs stop gap coverage in a state with a monopolistic fund",
            remedy="Please send proof of stop gap employers' liability for {required}.",
        ),
        ReasonCode.PRESUMED_IN_3A: Reason(
            phrase="is presumed to list the home state of the named insured in Item 3.A",
            remedy="To end the presumption, please send the information page of the {policy} with Items 3.A and 3.C.",
        ),
        ReasonCode.PRESUMED_SCHEDULE: Reason(
            phrase="is presumed to be on the schedule of the umbrella on the same certificate",
            remedy="To end the presumption, please send the umbrella's schedule of underlying insurance.",
        ),
        ReasonCode.NOTICE_TO_INSURER: Reason(
            phrase="is covered under Item 3.C (Other States) only: the insurer must be notified",
            remedy="Please notify the {line} insurer of the work in {required} and confirm the notice.",
        ),
        ReasonCode.NOT_ENFORCEABLE: Reason(
            phrase="cannot be required in this state",
            remedy="For the company: enter the industry; it decides whether {required} may be required.",
        ),
        ReasonCode.EXEMPTION_NOT_AVAILABLE: Reason(
            phrase="is required: an exemption is not available in this state",
            remedy="No exemption is available here. Please send proof of {line} coverage.",
            remedies_by_aspect=(
                ("legal_form", "Only an individual may declare this. Please send proof of {line} coverage."),
            ),
        ),
        ReasonCode.EXEMPTION_UNPROVEN: Reason(
            phrase="has an exemption that is not proven",
            remedy=("Please send proof that the exemption is open to this contractor: share owned, license classes."),
            remedies_by_aspect=(
                ("signed", "Please state the day on which the declaration was signed; it must be {required}."),
                (
                    "legal_form",
                    "For the company: enter the contractor's legal form; only an individual may declare this.",
                ),
            ),
        ),
        ReasonCode.SIGNED_AFTER_START: Reason(
            phrase="depends on a declaration that was signed after the work began",
            remedy="The declaration was signed on {actual}, too late. Please send proof of {line} coverage.",
        ),
        ReasonCode.WORKERS_COMPENSATION_MANDATORY: Reason(
            phrase="is not accepted where workers' compensation is mandatory",
            remedy="Workers' compensation is mandatory here. Please send proof of it.",
        ),
        ReasonCode.WORKER_EXCLUDED: Reason(
            phrase="excludes the person who does the work",
            remedy="Please have {required} included in the {policy}.",
        ),
        ReasonCode.WORKER_UNKNOWN: Reason(
            phrase="is not known to cover the person who does the work",
            remedy="Please confirm that {line} covers {required}.",
            remedies_by_aspect=(
                (
                    "state.",
                    (
                        "For the company: state who does the work, and get proof that workers' compensation is "
                        "not mandatory for them."
                    ),
                ),
            ),
        ),
        ReasonCode.WORKER_NOT_REPORTED: Reason(
            phrase="is a leasing firm's, whose roster does not show the person who does the work",
            remedy="Please send the leasing firm's roster that names {required}, with dates, or proof of own coverage.",
        ),
        ReasonCode.ATTACHMENT_GAP: Reason(
            phrase="leaves a gap between the primary limit and the attachment point of the umbrella",
            remedy="Please raise the primary limit to the umbrella's attachment point.",
        ),
        ReasonCode.LAYER_UNKNOWN: Reason(
            phrase="depends on an umbrella or excess policy whose terms are not documented",
            remedy="Please send the umbrella's schedule of underlying insurance and its limits.",
        ),
        ReasonCode.LINE_NOT_SCHEDULED: Reason(
            phrase="has no umbrella or excess policy that schedules this line",
            remedy="Please have {required} added to the umbrella's schedule of underlying insurance.",
            remedies_by_aspect=(
                ("umbrella.", "Please have every required line added to the umbrella's schedule ({ask})."),
            ),
        ),
        ReasonCode.LAYER_USED_TWICE: Reason(
            phrase="is already used to reach the limit of an underlying line",
            remedy="Please raise the umbrella: what an underlying line uses cannot count again ({ask}).",
        ),
        ReasonCode.DEPENDS_ON_UMBRELLA: Reason(
            phrase="reaches its limit only with an umbrella or excess policy",
        ),
        ReasonCode.DEPENDS_ON_UNDERLYING: Reason(
            phrase="adds an insured only as the underlying policy does",
        ),
        ReasonCode.NAMED_INSURED_MISMATCH: Reason(
            phrase="names another insured",
            remedy="The {line} certificate names {actual}. Please send one for {required}.",
            remedies_by_aspect=(
                ("umbrella.", "Please send proof of an umbrella that insures the contractor ({ask})."),
            ),
        ),
        ReasonCode.NAMED_INSURED_REVIEW: Reason(
            phrase="has a named insured that needs review",
            remedy="The {line} certificate names {actual}. Please confirm it insures {required}.",
        ),
        ReasonCode.NAMED_INSURED_UNKNOWN: Reason(
            phrase="does not state the named insured",
            remedy="Please state the named insured of the {policy}.",
        ),
        ReasonCode.NOT_A_PARTICIPANT: Reason(
            phrase="does not list the contractor in its schedule",
            remedy="Please send proof that {required} is enrolled in the {policy}, with dates.",
            remedies_by_aspect=(
                ("umbrella.", "Please send proof that the contractor is enrolled in the umbrella ({ask})."),
            ),
        ),
        ReasonCode.POLICY_NUMBER_PENDING: Reason(
            phrase="is shown by a binder, or without a policy number",
            remedy="Please send a certificate of the {policy} with its policy number, as soon as it is issued.",
        ),
        ReasonCode.POLICIES_MAY_BE_ONE: Reason(
            phrase="is on file in records that may describe one policy or several",
            remedy=(
                "Please state the number, the insurer with its NAIC number and the policy period of "
                "each {line} policy: the records on file may describe one policy or several "
                "({actual})."
            ),
        ),
        ReasonCode.SCOPE_UNSTATED: Reason(
            phrase="may be required: what decides it is not stated",
            remedy="For the company: enter {required}; it decides whether {line} is required.",
        ),
        ReasonCode.EVIDENCE_TOO_WEAK: Reason(
            phrase="is shown by evidence that is too weak",
            remedy="Please send better proof of {line} ({aspect}): a copy or insurer confirmation.",
        ),
        ReasonCode.EVIDENCE_NOT_ACCEPTED: Reason(
            phrase="is shown by a document that is not accepted",
            remedy="Please send proof of {line} on a form that is accepted ({aspect}).",
        ),
        ReasonCode.EVIDENCE_STALE: Reason(
            phrase="is shown by evidence that is too old",
            remedy="Please send a current certificate for {line}.",
        ),
        ReasonCode.CUSTOM: Reason(
            phrase="does not pass the company's own check",
            remedy="For the company: {required}.",
        ),
        ReasonCode.CUSTOM_CHECK_ABSENT: Reason(
            phrase="needs a company check that was not supplied",
            remedy="For the company: supply the check named by this requirement.",
        ),
    }
)


def reason_phrase(reason: ReasonCode) -> str:
    """Return what a reason means, as it is written after a subject.

    Example:
        >>> from contractor_compliance.domain import ReasonCode
        >>> f"general liability {reason_phrase(ReasonCode.EXPIRED)}"
        'general liability has expired'
    """
    return REASONS[reason].phrase


def remedy_template(reason: ReasonCode, aspect: str) -> str | None:
    """Return the sentence that asks the broker to cure a reason, as a template; None = nothing to ask for.

    Args:
        reason: The reason.
        aspect: What the deciding check looked at.
    """
    row = REASONS[reason]
    return next((remedy for start, remedy in row.remedies_by_aspect if aspect.startswith(start)), row.remedy)
