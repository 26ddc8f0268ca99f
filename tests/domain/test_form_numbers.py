"""Form numbers and editions: in any of the usual spellings they are parted, and what contradicts itself is refused."""

from __future__ import annotations

import pytest

from contractor_compliance.domain import (
    EndorsementKind,
    EndorsementRule,
    ExclusionKind,
    PolicyExclusion,
    excluded_by,
    form_of,
    read_form,
)
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.serialization import from_dict, to_dict
from contractor_compliance.testing import factories as make

ONGOING = EndorsementKind.ADDITIONAL_INSURED_ONGOING
COMPLETED = EndorsementKind.ADDITIONAL_INSURED_COMPLETED


@pytest.mark.parametrize(
    "text",
    [
        *("CG 20 10 04 13", "CG2010 (04/13)", "CG 20 10 0413", "CG 20 10 ed. 04/13", "CG2010-0413", "CG20100413"),
        *("cg 20 10 04 13", "CG 20 10 (Ed. 04-13)", "CG 20 10 4/13", "CG 20 10 04/2013", "CG 20 10, Edition 04 13"),
        *("CG 20 10 April 2013", "CG 20 10 (2013/04)", "CG 20 10 Rev. 04/13", "ISO form CG 20 10 04/13"),
    ],
)
def test_an_edition_is_parted_from_its_number_in_any_usual_spelling(text: str) -> None:
    endorsement = make.endorsement(ONGOING, form=text)

    assert (endorsement.form, endorsement.edition) == ("CG 20 10", "04 13")
    assert endorsement == make.endorsement(ONGOING, form="CG 20 10", edition="04 13")
    assert from_dict(to_dict(endorsement), type(endorsement)) == endorsement


@pytest.mark.parametrize(
    ("text", "number", "edition"),
    [
        ("CG 20 10", "CG 20 10", None),
        ("CG 20 10 12 19", "CG 20 10", "12 19"),
        ("CG 20 10 11 85", "CG 20 10", "11 85"),
        ("WC 00 03 13", "WC 00 03 13", None),
        ("WC 00 03 13 (Ed. 4-84)", "WC 00 03 13", "04 84"),
        ("WC000313 0484", "WC 00 03 13", "04 84"),
        ("WC 42 03 04 B 06 14", "WC 42 03 04 B", "06 14"),
        ("CG D2 46 08 05", "CG D2 46", "08 05"),
        ("XYZ 1234 (04/13)", "XYZ 1234", "04 13"),
        ("XYZ 1234 ed. 04 13", "XYZ 1234", "04 13"),
        ("XYZ 1234 0413", "XYZ 1234 0413", None),
        ("Manuscript", "Manuscript", None),
        ("CG 20 10 or equivalent", "CG 20 10 or equivalent", None),
    ],
)
def test_a_number_is_read_with_or_without_an_edition(text: str, number: str, edition: str | None) -> None:
    parted = read_form(text)

    assert (parted.number, parted.edition) == (number, edition)


@pytest.mark.parametrize("text", ["CG 20 10 99 99", "CG 20 10 13", "CG 20 10 19 12", "WC 00 03 13 00 84"])
def test_digits_that_are_no_edition_are_refused(text: str) -> None:
    for build in (
        lambda: make.endorsement(ONGOING, form=text),
        lambda: make.endorsement_rule(ONGOING, forms=frozenset({text})),
    ):
        with pytest.raises(InvalidValueError, match="no month and year") as caught:
            build()
        assert caught.value.faults[0].value == repr(text)


def test_an_edition_that_contradicts_the_number_is_refused_with_both() -> None:
    with pytest.raises(InvalidValueError) as caught:
        make.endorsement(ONGOING, form="CG 20 10 04 13", edition="07 04")

    (fault,) = caught.value.faults
    assert (fault.path, fault.value) == ("$.edition", "'07 04'")
    assert fault.problem == "contradicts the edition in the form number, 04 13; keep the one that is printed"


def test_an_edition_that_agrees_with_the_number_is_kept_once() -> None:
    assert make.endorsement(ONGOING, form="CG2010 04/13", edition="04 13").form == "CG 20 10"


def test_the_forms_of_a_rule_are_kept_in_one_spelling() -> None:
    rule = make.endorsement_rule(ONGOING, forms=frozenset({"cg2010", "CG-20-10", "CG2010 (11/85)"}))

    assert rule.forms == {"CG 20 10", "CG 20 10 11 85"}


def test_the_edition_of_1985_did_completed_operations_too_and_an_unknown_one_may() -> None:
    assert form_of("CG 20 10 11 85").kinds == {ONGOING, COMPLETED}  # type: ignore[union-attr]
    assert form_of("CG 20 10", "04 13").kinds == {ONGOING}  # type: ignore[union-attr]
    for unknown in (form_of("CG 20 10"), form_of("CG 20 10 05 05"), form_of("like CG 20 10")):
        assert unknown is not None
        assert (unknown.kinds, unknown.possible) == ({ONGOING}, {COMPLETED})


def test_a_text_of_several_forms_does_for_certain_only_what_every_form_does() -> None:
    form = form_of("CG 20 10 04 13 & CG 20 37 04 13")

    assert form is not None
    assert (form.kinds, form.possible) == (set(), {ONGOING, COMPLETED})


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("CG 21 39", ExclusionKind.CONTRACTUAL_LIABILITY),
        ("CG 21 44 04 17", ExclusionKind.DESIGNATED_OPERATIONS),
        ("CG 21 53", ExclusionKind.DESIGNATED_OPERATIONS),
        ("CG2154", ExclusionKind.WRAP_UP),
        ("CG 22 94 (10/01)", ExclusionKind.SUBCONTRACTED_WORK),
        ("CG 22 95", ExclusionKind.SUBCONTRACTED_WORK),
        ("CG 21 46 07 98", ExclusionKind.ABUSE_OR_MOLESTATION),
        ("CG 21 06", ExclusionKind.CYBER),
        ("CG 21 16", ExclusionKind.PROFESSIONAL),
        ("CG 22 80", ExclusionKind.PROFESSIONAL),
    ],
)
def test_a_form_proves_the_exclusion_that_it_makes(number: str, kind: ExclusionKind) -> None:
    assert excluded_by(number) == {kind}


def test_a_form_that_excludes_nothing_proves_no_exclusion() -> None:
    assert excluded_by(None) == excluded_by("CG 20 10") == excluded_by("Manuscript") == frozenset()


def test_an_exclusion_parts_its_edition_too() -> None:
    exclusion = PolicyExclusion(
        kind=ExclusionKind.CONTRACTUAL_LIABILITY, form="CG 21 39 10 93", evidence=make.evidence()
    )

    assert (exclusion.form, exclusion.edition) == ("CG 21 39", "10 93")


@pytest.mark.parametrize("kind", [kind for kind in EndorsementKind if kind.serves_party])
def test_an_endorsement_rule_of_a_kind_that_serves_parties_names_a_party(kind: EndorsementKind) -> None:
    assert {role.value for role in EndorsementRule(kind=kind).parties_served} == {"company"}
    with pytest.raises(InvalidValueError, match="accept anybody") as caught:
        EndorsementRule(kind=kind, parties=frozenset())
    assert caught.value.faults[0].path == "$.parties"


def test_an_endorsement_rule_of_a_kind_that_serves_no_party_has_no_parties_served() -> None:
    assert [kind.value for kind in EndorsementKind if not EndorsementRule(kind=kind).parties_served] == [
        "per_project_aggregate",
        "per_location_aggregate",
        "stop_gap",
        "hired_autos",
        "non_owned_autos",
    ]
    assert EndorsementRule(kind=EndorsementKind.OTHER, parties=frozenset()).parties_served == frozenset()


def test_only_a_notice_of_cancellation_may_be_promised_by_the_contractor() -> None:
    assert EndorsementRule(kind=EndorsementKind.NOTICE_OF_CANCELLATION, accepts_covenant=True).accepts_covenant
    with pytest.raises(InvalidValueError, match="promised by the contractor"):
        EndorsementRule(kind=ONGOING, accepts_covenant=True)
