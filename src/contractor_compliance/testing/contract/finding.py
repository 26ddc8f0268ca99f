"""What a query finds by kind, words, e-mail, standing and subject, and by all of it together."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from contractor_compliance.domain import (
    ApplicationStep,
    Contractor,
    EnrollmentEvent,
    EnrollmentState,
    RateCard,
    State,
    Subject,
    Value,
)
from contractor_compliance.results import InsuranceStatus, Verdict
from contractor_compliance.storage import Kind, PageItem, Query, Store, key_of
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    ANYTHING,
    CONTRACTOR,
    commit,
    current,
    found,
    listed,
    row,
    settle,
    update,
)

__all__ = ["FindingContract"]

DAY = date(2026, 6, 1)
ONE_DAY = timedelta(days=1)
#: A value of every kind that can be listed, and the name under which it is.
LISTED: dict[Kind, tuple[Value, str]] = {
    Kind.COMPANY: (make.company(), "Sample Staffing Inc"),
    Kind.CLIENT: (make.client(), "Sample Mills Corp"),
    Kind.JOB_CODE: (make.job_code(), "Rigging of stage equipment"),
    Kind.CARRIER: (make.carrier(), "Sample Mutual Insurance Company"),
    Kind.RATE_CARD: (RateCard(id="card-1"), "card-1"),
    Kind.RULEBOOK: (make.rulebook(title="Rules of 2026"), "Rules of 2026"),
    Kind.ROLE: (make.role(), "Recruiter"),
    Kind.MEMBER: (make.member(), "Sam Sample"),
    Kind.CONTRACTOR: (make.contractor(), "Sample Rigging LLC"),
}


def record(store: Store, *contractors: Contractor) -> None:
    """Put contractors into a new company."""
    found(store)
    commit(store, *contractors)


def called(name: str, **parts: Any) -> Contractor:
    """Return a contractor that has nothing but a name, and the id `contractor-1`."""
    return make.contractor(legal_name=name, **parts)


def found_by(store: Store, text: str) -> bool:
    """Tell whether the sample contractor is found by a text."""
    return listed(store, text=text) == [CONTRACTOR.id]


class FindingContract(Contract):
    """Promise 25: filters by kind, words, e-mail, standing and subject."""

    # Kinds

    @promise(25)
    @pytest.mark.parametrize("kind", list(LISTED), ids=[kind.value for kind in LISTED])
    def test_a_page_lists_what_is_of_the_kind_with_name_and_version(self, store: Store, kind: Kind) -> None:
        found(store)
        commit(store, *(value for other, (value, _) in LISTED.items() if other is not Kind.COMPANY))
        value, name = LISTED[kind]

        assert (PageItem(key_of(value), 1, name),) == store.page(Query(kind=kind), 10).items

    @promise(25)
    def test_a_page_shows_the_version_and_the_name_of_now(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy())
        commit(store, make.contractor(legal_name="Renamed Rigging LLC"))

        assert (PageItem(CONTRACTOR, 3, "Renamed Rigging LLC"),) == store.page(ANYTHING, 10).items

    @promise(25)
    def test_there_is_nothing_to_list_in_a_company_that_is_not_there(self, store: Store) -> None:
        assert ((), None, 0) == (*_page(store), store.count(ANYTHING))

    # Words

    @promise(25)
    @pytest.mark.parametrize(
        ("text", "is_found"),
        [
            ("Sample", True),
            ("Sam", True),
            ("S", True),
            ("rig", True),
            ("rig sam", True),
            ("sam rig llc", True),
            ("  sam,  RIG  ", True),
            ("ample", False),
            ("Samples", False),
            ("sam rog", False),
            ("samplerigging", False),
            ("contractor-1", True),
            ("1", True),
            ("cont 1", True),
        ],
    )
    def test_each_word_asked_for_begins_a_word_of_the_contractor(
        self, store: Store, text: str, *, is_found: bool
    ) -> None:
        record(store, make.contractor())

        assert is_found is found_by(store, text)

    @promise(25)
    @pytest.mark.parametrize("text", ["Other", "Trade", "Pat@Sample", "sample-site", "Sample Other Trade"])
    def test_contractors_are_found_by_other_names_and_by_e_mail(self, store: Store, text: str) -> None:
        names = {"aliases": ("Second", "Other Spelling"), "trade_names": ("Trade Name", "Third")}
        record(store, called("Sample LLC", email="pat@sample-site.example", **names))

        assert found_by(store, text)

    @promise(25)
    @pytest.mark.parametrize(
        ("name", "text", "is_found"),
        [
            ("SAMPLE", "sample", True),
            ("sample", "SAMPLE", True),
            ("STRASSE", "stra\u00dfe", True),
            ("stra\u00dfe", "STRASSE", True),
            ("\u00c5ngstr\u00f6m", "\u00e5NG", True),
            ("\u00c5ngstr\u00f6m", "Angstrom", False),
            ("Angstrom", "\u00c5ngstr\u00f6m", False),
            ("caf\u00e9", "cafe\u0301", True),
            ("caf\u00e9", "cafe", False),
            ("\ufb01nish", "FINI", True),
            ("\uff33\uff21\uff2d", "sam", True),
            ("\u0391\u03a3", "\u03b1\u03c2", True),
            ("\u6e2f \u5de5\u4e8b", "\u5de5", True),
        ],
    )
    def test_words_are_compared_without_case_and_with_accents(
        self, store: Store, name: str, text: str, *, is_found: bool
    ) -> None:
        record(store, called(name))

        assert is_found is found_by(store, text)

    @promise(25)
    @pytest.mark.parametrize(
        ("name", "text", "is_found"),
        [
            ("O'Brien", "brien", True),
            ("A-1 Roofing", "1", True),
            ("snake_case", "case", True),
            ("100% Rigging", "100%", True),
            ("1000 Rigging", "10%0", False),
            ("Sample", "S_mple", False),
            ("Sample", "S%e", False),
            ("Sample", "S*", True),
            ("Back\\slash", "slash", True),
            ("Rigging OR Roofing", "NOT", False),
            ("Sample", "sample OR other", False),
            ('The "Sample"', '"sample"', True),
        ],
    )
    def test_marks_part_words_and_mean_nothing_else(
        self, store: Store, name: str, text: str, *, is_found: bool
    ) -> None:
        record(store, called(name))

        assert is_found is found_by(store, text)

    @promise(25)
    def test_a_contractor_is_not_found_by_a_name_that_it_had(self, store: Store) -> None:
        record(store, called("Sample LLC", aliases=("Other",)))
        commit(store, called("Renamed LLC"))

        assert [False, False, True] == [found_by(store, text) for text in ("sample", "other", "renamed")]

    @promise(25)
    def test_the_words_of_one_contractor_are_not_those_of_another(self, store: Store) -> None:
        record(store, called("Alpha One"), called("Beta Two", id="contractor-2"))

        assert ([], ["contractor-1"]) == (listed(store, text="alpha two"), listed(store, text="alpha one"))

    # E-mail

    @promise(25)
    @pytest.mark.parametrize(
        ("email", "is_found"),
        [
            ("Pat@Example.com", True),
            ("pat@example.com", True),
            ("PAT@EXAMPLE.COM", True),
            ("pat@example.co", False),
            ("at@example.com", False),
            ("%@example.com", False),
            ("p_t@example.com", False),
            ("p\u00e1t@example.com", False),
        ],
    )
    def test_contractors_are_found_by_e_mail_without_regard_to_case(
        self, store: Store, email: str, *, is_found: bool
    ) -> None:
        record(store, called("A", email="Pat@Example.com"), called("B", id="contractor-2"))

        assert is_found is (listed(store, email=email) == ["contractor-1"])

    @promise(25)
    def test_everyone_who_has_an_e_mail_address_is_found_by_it(self, store: Store) -> None:
        record(store, *(called("A", id=each, email=f"{each[-1:]}@example.com") for each in ("1a", "2a", "2b")))

        assert ["1a", "2a"] == listed(store, email="A@example.com")

    # Standing

    @promise(25)
    @pytest.mark.parametrize("verdict", list(Verdict))
    def test_contractors_are_found_by_verdict(self, store: Store, verdict: Verdict) -> None:
        record(store, make.contractor())
        commit(store, standings=[update(row(end=DAY, verdict=verdict), row(start=DAY, end=None))])
        others = frozenset(Verdict) - {verdict}

        assert ([CONTRACTOR.id], []) == (
            listed(store, on=DAY - ONE_DAY, verdicts=frozenset({verdict})),
            listed(store, on=DAY - ONE_DAY, verdicts=others),
        )

    @promise(25)
    @pytest.mark.parametrize("status", list(InsuranceStatus))
    def test_contractors_are_found_by_insurance_status(self, store: Store, status: InsuranceStatus) -> None:
        record(store, make.contractor())
        commit(store, standings=[update(row(insurance=status))])
        others = frozenset(InsuranceStatus) - {status}

        assert ([CONTRACTOR.id], []) == (
            listed(store, on=DAY, insurance=frozenset({status})),
            listed(store, on=DAY, insurance=others),
        )

    @promise(25)
    def test_verdict_and_insurance_are_of_the_same_day(self, store: Store) -> None:
        bad = {"verdict": Verdict.NON_COMPLIANT, "insurance": InsuranceStatus.INSURED}
        good = {"verdict": Verdict.COMPLIANT, "insurance": InsuranceStatus.UNINSURED}
        record(store, make.contractor())
        commit(store, standings=[update(row(end=DAY, **bad), row(start=DAY, **good))])  # type: ignore[arg-type]  # one of two
        wanted = {"verdicts": frozenset({Verdict.COMPLIANT}), "insurance": frozenset({InsuranceStatus.INSURED})}

        assert ([], []) == (listed(store, on=DAY, **wanted), listed(store, on=DAY - ONE_DAY, **wanted))

    @promise(25)
    def test_who_has_no_standing_is_found_by_none(self, store: Store) -> None:
        record(store, make.contractor())

        assert ([], [], []) == (
            listed(store, on=DAY, verdicts=frozenset(Verdict)),
            listed(store, on=DAY, insurance=frozenset(InsuranceStatus)),
            listed(store, on=DAY, changes_by=date.max),
        )

    @promise(25)
    @pytest.mark.parametrize(
        ("by", "is_found"), [(DAY - ONE_DAY, False), (DAY, True), (DAY + ONE_DAY, True), (date.max, True)]
    )
    def test_contractors_are_found_by_the_day_on_which_their_standing_ends(
        self, store: Store, by: date, *, is_found: bool
    ) -> None:
        record(store, make.contractor())
        commit(store, standings=[update(row(end=DAY), row(start=DAY))])

        assert is_found is (listed(store, on=DAY - ONE_DAY, changes_by=by) == [CONTRACTOR.id])

    @promise(25)
    def test_a_standing_without_end_does_not_change(self, store: Store) -> None:
        record(store, make.contractor())
        commit(store, standings=[update(row())])

        assert [] == listed(store, on=DAY, changes_by=date.max)

    # Subjects

    @promise(25)
    @pytest.mark.parametrize(
        ("issuer", "subject", "is_found"),
        [
            ("https://id.example.com", "subject-1", True),
            ("https://id.example.com", "Subject-1", False),
            ("https://other.example.com", "subject-1", False),
            ("subject-1", "https://id.example.com", False),
            ("https://id.example.com", "subject-%", False),
        ],
    )
    def test_a_member_is_found_by_its_subject(self, store: Store, issuer: str, subject: str, *, is_found: bool) -> None:
        found(store)
        commit(store, make.member(), make.member(id="member-2", subject=Subject(issuer="a", subject="b")))
        members = listed(store, kind=Kind.MEMBER, subject=Subject(issuer=issuer, subject=subject))

        assert (["member-1"] if is_found else []) == members

    @promise(25)
    def test_a_member_is_not_found_by_a_subject_that_it_had(self, store: Store) -> None:
        found(store)
        commit(store, make.member())
        commit(store, make.member(subject=Subject(issuer="a", subject="b")))

        assert [] == listed(store, kind=Kind.MEMBER, subject=make.member().subject)

    # All together

    @promise(25)
    @pytest.mark.parametrize("missed", [None, *range(10)])
    def test_a_contractor_is_found_if_it_meets_every_filter(self, store: Store, missed: int | None) -> None:
        settle(store, standings=[update(row(end=DAY))])
        step = ApplicationStep.FINAL_REVIEW
        event = EnrollmentEvent(at=make.enrollment().events[0].at, state=EnrollmentState.STARTED, step=step)
        commit(store, make.contractor(email="pat@example.com"), make.enrollment(events=(event,)))
        meeting = {
            "home_states": frozenset({State.AL}),
            "work_states": frozenset({State.AL}),
            "job_code_ids": frozenset({"RIG-1"}),
            "client_ids": frozenset({"client-1"}),
            "opt_in": frozenset({EnrollmentState.STARTED}),
            "steps": frozenset({step}),
            "verdicts": frozenset({Verdict.COMPLIANT}),
            "insurance": frozenset({InsuranceStatus.INSURED}),
            "changes_by": DAY,
            "text": "sam rig",
        }
        failing: list[tuple[str, Any]] = [
            ("home_states", frozenset({State.TX})),
            ("work_states", frozenset({State.TX})),
            ("job_code_ids", frozenset({"RIG-2"})),
            ("client_ids", frozenset({"client-2"})),
            ("opt_in", frozenset({EnrollmentState.EXPIRED})),
            ("steps", frozenset({ApplicationStep.VERIFY_INFO})),
            ("verdicts", frozenset({Verdict.UNDETERMINED})),
            ("insurance", frozenset({InsuranceStatus.UNINSURED})),
            ("changes_by", DAY - ONE_DAY),
            ("text", "other"),
        ]
        asked = meeting if missed is None else {**meeting, failing[missed][0]: failing[missed][1]}
        query = Query(on=DAY - ONE_DAY, email="PAT@example.com", **asked)

        assert (1 if missed is None else 0) == store.count(query)

    @promise(25, 20)
    def test_a_page_agrees_with_the_values_that_it_lists(self, store: Store) -> None:
        settle(store)
        commit(store, make.gl_policy(), make.contractor(legal_name="Renamed Rigging LLC"))
        (item,) = store.page(ANYTHING, 10).items
        record_of_item = current(store, item.key)

        assert (record_of_item.version, record_of_item.value.legal_name) == (item.version, item.name)


def _page(store: Store) -> tuple[tuple[PageItem, ...], str | None]:
    page = store.page(ANYTHING, 10)
    return page.items, page.cursor
