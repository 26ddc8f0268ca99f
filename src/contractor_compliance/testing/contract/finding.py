"""What a query finds: by kind, words, e-mail, subject, standing, home and facts, and by all together."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from contractor_compliance import domain
from contractor_compliance.results import InsuranceStatus, Verdict
from contractor_compliance.storage import Kind, Page, PageItem, Query, Store, key_of, put
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.base import Contract, table
from contractor_compliance.testing.contract.facts import OTHER_SUBJECTS
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    ANYTHING,
    CONTRACTOR,
    DAY,
    Parts,
    commit,
    listed,
    row,
    update,
)

__all__ = ["FindingContract"]

ONE_DAY = timedelta(days=1)
AL, TX, WA = (frozenset({state}) for state in (domain.State.AL, domain.State.TX, domain.State.WA))
NOT_INVITED, INVITED = domain.EnrollmentState.NOT_INVITED, domain.EnrollmentState.INVITED
STARTED, EXPIRED = domain.EnrollmentState.STARTED, domain.EnrollmentState.EXPIRED
FUND = "Sample Fund Company"
LAST_PAGE = domain.ApplicationStep.FINAL_REVIEW


# What is put


def work(number: int = 1, **parts: Any) -> domain.Assignment:
    """Return an assignment that names nothing outside of itself but what is given."""
    plain: Parts = {"client_id": None, "job_code_id": None, "worker": domain.Missing.ABSENT, "work_states": frozenset()}
    return make.assignment(**{"id": f"assignment-{number}", **plain, **parts})


def enrolled(
    *states: domain.EnrollmentState, number: int = 1, step: domain.ApplicationStep | None = None
) -> domain.Enrollment:
    """Return an enrollment that went through states, on a page of the application."""
    days = [datetime(2026, 2, day, tzinfo=UTC) for day in range(1, len(states) + 1)]
    events = [domain.EnrollmentEvent(at=at, state=state, step=step) for at, state in zip(days, states, strict=True)]
    return make.enrollment(id=f"enrollment-{number}", events=tuple(events))


def insured(naic: str | None = None, name: str | None = None, number: int = 1) -> domain.Policy:
    """Return a policy of an insurer."""
    return make.gl_policy(id=f"policy-{number}", carrier_naic=naic, carrier_name=name)


def stated_twice(naic: str | None, name: str | None) -> domain.Policy:
    """Return a policy of which the stronger source states an insurer of its own, and a weaker one the given one."""
    weaker = make.evidence(domain.EvidenceLevel.DECLARED)
    other = domain.PolicyIdentification(carrier_naic=naic, carrier_name=name, evidence=weaker)
    policy = insured("99904", "Confirmed Mutual")
    return attrs.evolve(policy, identifications=(*policy.identifications, other))


def living(contractor_id: str, state: domain.State | None) -> domain.Contractor:
    """Return a contractor with a home in a state, or without address."""
    return make.contractor(id=contractor_id, home_address=state and domain.Address(state=state))


def record(store: Store, contractors: Mapping[str, Iterable[Any]]) -> None:
    """Put contractors of Alabama with their facts; `TX` lives in Texas, and `-` has no address."""
    commit(store, *(make.client(id=name) for name in ("mills", "docks")), *(make.job_code(id=c) for c in ("A", "B")))
    for name, facts in contractors.items():
        home = living(name, {"TX": domain.State.TX, "-": None}.get(name, domain.State.AL))
        commit(store, home, *(put(fact, name) for fact in facts))


# What is asked

#: A value of every kind that can be listed, and the name under which it is.
LISTED: dict[Kind, tuple[domain.Value, str]] = {
    Kind.COMPANY: (make.company(), "Sample Staffing Inc"),
    Kind.CLIENT: (make.client(), "Sample Mills Corp"),
    Kind.JOB_CODE: (make.job_code(), "Rigging of stage equipment"),
    Kind.CARRIER: (make.carrier(), "Sample Mutual Insurance Company"),
    Kind.RATE_CARD: (domain.RateCard(id="card-1"), "card-1"),
    Kind.RULEBOOK: (make.rulebook(title="Rules of 2026"), "Rules of 2026"),
    Kind.ROLE: (make.role(), "Recruiter"),
    Kind.MEMBER: (make.member(), "Sam Sample"),
    Kind.CONTRACTOR: (make.contractor(), "Sample Rigging LLC"),
}
#: Parts of a contractor, texts that find it, and texts that do not.
WORDS: dict[str, tuple[Parts, list[str], list[str]]] = {
    "beginnings": (
        {"legal_name": "Sample Rigging LLC"},
        ["Sample", "Sam", "S", "rig", "rig sam", "sam rig llc", "  sam,  RIG  ", "contractor-1", "1", "cont 1"],
        ["ample", "Samples", "sam rog", "samplerigging"],
    ),
    "other_names_and_e_mail": (
        {
            "aliases": ("Second", "Other Spelling"),
            "trade_names": ("Trade Name", "Third"),
            "email": "pat@sample-site.example",
        },
        ["Other", "Trade", "Pat@Sample", "sample-site", "Sample Other Trade"],
        [],
    ),
    "upper_case": ({"legal_name": "SAMPLE STRASSE"}, ["sample", "Sample", "stra\u00dfe"], []),
    "lower_case": ({"legal_name": "sample stra\u00dfe"}, ["SAMPLE", "STRASSE"], []),
    "accents": ({"legal_name": "\u00c5ngstr\u00f6m caf\u00e9"}, ["\u00e5NG", "cafe\u0301"], ["Angstrom", "cafe"]),
    "no_accents": ({"legal_name": "Angstrom"}, ["ANG"], ["\u00c5ngstr\u00f6m"]),
    "compatible_letters": ({"legal_name": "\ufb01nish \uff33\uff21\uff2d"}, ["FINI", "sam"], []),
    "other_alphabets": ({"legal_name": "\u0391\u03a3 \u6e2f \u5de5\u4e8b"}, ["\u03b1\u03c2", "\u5de5"], []),
    "marks_in_names": (
        {"legal_name": 'O\'Brien A-1 snake_case 100% Back\\slash "Quoted"'},
        ["brien", "1", "case", "100%", "slash", '"quoted"'],
        ["10%0"],
    ),
    "marks_in_texts": ({"legal_name": "Sample"}, ["S*"], ["S_mple", "S%e", "sample OR other"]),
    "operators": ({"legal_name": "Rigging OR Roofing"}, ["or"], ["NOT", "rigging AND roofing"]),
}
EMAILS = ["Pat@Example.com", "pat@example.com", "PAT@EXAMPLE.COM"]
OTHER_EMAILS = ["pat@example.co", "at@example.com", "%@example.com", "p_t@example.com", "p\u00e1t@example.com"]
#: Parts of a standing, the query that they meet, and all queries of the sort that they do not meet.
STANDINGS: dict[str, tuple[Parts, Parts, Parts]] = {
    str(member): ({field: member}, {name: {member}}, {name: set(type(member)) - {member}})
    for field, name, members in (("verdict", "verdicts", Verdict), ("insurance", "insurance", InsuranceStatus))
    for member in members
}
IN_AL, IN_TX, IN_BOTH, IN_WA = (work(work_states=states) for states in (AL, TX, AL | TX, WA))
REMOTE, CODE_A, CODE_B = work(remote=True), work(job_code_id="A"), work(job_code_id="B")
MILLS, DOCKS = work(client_id="mills"), work(client_id="docks")
BY_FIRST, BY_SECOND, BY_FUND, BY_OTHER = insured("99901"), insured("99902"), insured(name=FUND), insured(name="Other")
SHORT_FUND, FUND_IN_MARKS = insured(name="SAMPLE FUND CO."), insured(name='sample  "fund", company')
TWICE_INVITED = [enrolled(INVITED), enrolled(EXPIRED, number=2)]
WITH_AND_WITHOUT = [enrolled(), enrolled(INVITED, number=2)]
ON_LAST_PAGE = enrolled(STARTED, step=LAST_PAGE)
#: Facts of contractors by id, a query, and which of them it finds.
FOUND: dict[str, tuple[dict[str, list[Any]], Parts, list[str]]] = {
    "home_state": ({"a": [], "TX": []}, {"home_states": TX}, ["TX"]),
    "any_home_state": ({"a": [], "TX": []}, {"home_states": TX | WA}, ["TX"]),
    "no_such_home_state": ({"a": [], "TX": []}, {"home_states": WA}, []),
    "no_home": ({"-": [REMOTE]}, {"home_states": set(domain.State)}, []),
    "state_of_work": ({"a": [IN_AL], "b": [IN_BOTH], "c": [work()], "d": []}, {"work_states": AL}, ["a", "b"]),
    "any_state_of_work": ({"a": [IN_AL], "b": [IN_TX], "c": [IN_WA]}, {"work_states": AL | TX}, ["a", "b"]),
    "two_assignments": ({"a": [IN_BOTH, work(2, work_states=AL)]}, {"work_states": AL | TX}, ["a"]),
    "remote_work": ({"TX": [REMOTE], "a": [REMOTE]}, {"work_states": TX}, ["TX"]),
    "remote_work_that_names_its_states": ({"TX": [work(remote=True, work_states=AL)]}, {"work_states": TX}, []),
    "remote_work_without_home": ({"-": [REMOTE]}, {"work_states": set(domain.State)}, []),
    "work_that_is_not_remote": ({"TX": [work()]}, {"work_states": TX}, []),
    "job_code": ({"a": [CODE_A], "b": [CODE_B], "c": [work()]}, {"job_code_ids": {"A"}}, ["a"]),
    "any_job_code": ({"a": [CODE_A], "b": [CODE_B], "c": [work()]}, {"job_code_ids": {"A", "B"}}, ["a", "b"]),
    "no_such_job_code": ({"a": [CODE_A], "b": [work()]}, {"job_code_ids": {"Z"}}, []),
    "client": ({"a": [MILLS], "b": [DOCKS], "c": [work()]}, {"client_ids": {"docks"}}, ["b"]),
    "any_client": ({"a": [MILLS], "b": [DOCKS], "c": [work()]}, {"client_ids": {"docks", "mills"}}, ["a", "b"]),
    "no_such_client": ({"a": [MILLS], "b": [work()]}, {"client_ids": {"client-9"}}, []),
    "no_enrollment": ({"a": [], "b": [enrolled()], "c": TWICE_INVITED}, {"opt_in": {NOT_INVITED}}, ["a", "b"]),
    "earlier_state": ({"a": [enrolled(INVITED, EXPIRED)]}, {"opt_in": {INVITED}}, []),
    "one_enrollment_has_events": ({"a": WITH_AND_WITHOUT, "b": [enrolled()]}, {"opt_in": {INVITED}}, ["a"]),
    "one_enrollment_has_none": ({"a": WITH_AND_WITHOUT, "b": TWICE_INVITED}, {"opt_in": {NOT_INVITED}}, ["a"]),
    "any_enrollment": ({"a": TWICE_INVITED, "b": [enrolled(INVITED)]}, {"opt_in": {NOT_INVITED, EXPIRED}}, ["a"]),
    "state_and_page_of_two_enrollments": (
        {"a": [ON_LAST_PAGE, enrolled(EXPIRED, number=2)], "b": [ON_LAST_PAGE]},
        {"opt_in": {EXPIRED}, "steps": {LAST_PAGE}},
        ["a"],
    ),
    **{
        f"enrollment_{state.value}": ({"a": [enrolled(INVITED, state)], "b": []}, {"opt_in": {state}}, ["a"])
        for state in list(domain.EnrollmentState)[1:]
    },
    **{
        f"page_{step.value}": (
            {"a": [enrolled(STARTED, step=step)], "b": [enrolled(INVITED)]},
            {"steps": {step}},
            ["a"],
        )
        for step in domain.ApplicationStep
    },
    "other_pages": ({"a": [ON_LAST_PAGE]}, {"steps": set(domain.ApplicationStep) - {LAST_PAGE}}, []),
    "number_of_an_insurer": ({"a": [BY_FIRST], "b": [BY_SECOND], "c": [insured()]}, {"insurers": {"99901"}}, ["a"]),
    "normalized_name_of_an_insurer": (
        {"a": [BY_FUND], "b": [SHORT_FUND], "c": [FUND_IN_MARKS], "d": [BY_OTHER], "e": [insured()]},
        {"insurers": {FUND}},
        ["a", "b", "c"],
    ),
    "part_of_the_name_of_an_insurer": (
        {"a": [BY_FUND]},
        {"insurers": {"Sample Fund", "Sample", "Fund Company", "%", "Sample_Fund%"}},
        [],
    ),
    "any_insurer": (
        {"a": [BY_FIRST], "b": [BY_FUND], "c": [BY_SECOND]},
        {"insurers": {"99901", "sample fund co"}},
        ["a", "b"],
    ),
    "several_sources": (
        {"a": [stated_twice(None, FUND)], "b": [stated_twice("99902", None)], "c": [stated_twice("99903", "Other")]},
        {"insurers": {"99902", FUND}},
        ["a", "b"],
    ),
    "several_policies": ({"a": [BY_FIRST, insured("99902", number=2)]}, {"insurers": {"99901", "99902"}}, ["a"]),
}
#: What is asked of assignments, two of which each meet a half, while one is over and one meets it all.
WORK: dict[str, tuple[Parts, list[str]]] = {
    "job_code_and_state": ({"job_code_ids": {"A"}, "work_states": AL}, ["past", "whole"]),
    "job_code_and_client": ({"job_code_ids": {"A"}, "client_ids": {"mills"}}, ["past", "whole"]),
    "job_code_and_state_on_a_day": ({"job_code_ids": {"A"}, "work_states": AL, "on": DAY}, ["whole"]),
    "job_code_and_client_on_a_day": ({"job_code_ids": {"A"}, "client_ids": {"mills"}, "on": DAY}, ["whole"]),
}
#: What an assignment in Alabama says, a day, and whether it counts on that day.
DAYS: dict[str, tuple[Parts, date, bool]] = {
    "first_day": ({"start": DAY}, DAY, True),
    "day_before": ({"start": DAY}, DAY - ONE_DAY, False),
    "last_day": ({"end": DAY}, DAY, True),
    "day_after": ({"end": DAY}, DAY + ONE_DAY, False),
    "no_end": ({"end": None}, date.max, True),
    "first_day_of_all": ({"start": date.min}, date.min, True),
    "on_hold": ({"on_hold": True}, DAY, False),
    "cancelled_on_its_first_day": ({"start": DAY, "cancelled_on": DAY}, DAY, False),
    "cancelled_before_it": ({"start": DAY, "cancelled_on": DAY - ONE_DAY}, DAY, False),
    "day_of_cancelling_before_it": ({"start": DAY, "cancelled_on": DAY - ONE_DAY}, DAY - ONE_DAY, False),
    "last_day_of_all": ({"start": date.max, "end": None}, date.max, True),
}
#: Facts of a contractor, another that takes the place of each, and a query that finds it by the first alone.
REPLACED: dict[str, tuple[Any, Any, Parts]] = {
    "state_of_work": (IN_AL, IN_TX, {"work_states": AL}),
    "job_code": (CODE_A, CODE_B, {"job_code_ids": {"A"}}),
    "enrollment": (enrolled(STARTED), enrolled(EXPIRED), {"opt_in": {STARTED}}),
    "insurer_by_number": (BY_FIRST, BY_SECOND, {"insurers": {"99901"}}),
    "insurer_by_name": (BY_FUND, BY_OTHER, {"insurers": {FUND}}),
    "insurer_of_one_source": (stated_twice("99901", None), insured("99904"), {"insurers": {"99901"}}),
}
#: What the contractor of the last test has on the day before `DAY`, and what it has not.
FILTERS: dict[str, tuple[Any, Any]] = {
    "home_states": (AL, TX),
    "work_states": (AL, TX),
    "job_code_ids": ({"RIG-1"}, {"RIG-2"}),
    "client_ids": ({"client-1"}, {"client-2"}),
    "opt_in": ({STARTED}, {EXPIRED}),
    "steps": ({LAST_PAGE}, {domain.ApplicationStep.VERIFY_INFO}),
    "insurers": ({"99901"}, {"99902"}),
    "verdicts": ({Verdict.COMPLIANT}, {Verdict.UNDETERMINED}),
    "insurance": ({InsuranceStatus.INSURED}, {InsuranceStatus.UNINSURED}),
    "changes_by": (DAY, DAY - ONE_DAY),
    "text": ("sam rig", "other"),
    "email": ("PAT@example.com", "sam@example.com"),
}


@promise(25)
class FindingContract(Contract):
    """Promise 25: what is listed, and the filters."""

    # Kinds

    @pytest.mark.parametrize("kind", list(LISTED), ids=[kind.value for kind in LISTED])
    def test_a_page_lists_the_values_of_its_kind_with_name_and_version(self, founded: Store, kind: Kind) -> None:
        commit(founded, *(value for key, (value, _) in LISTED.items() if key is not Kind.COMPANY))
        value, name = LISTED[kind]
        assert (PageItem(key_of(value), 1, name),) == founded.page(Query(kind=kind), 10).items

    @promise(25, 20)
    def test_a_page_shows_the_current_version_and_name_of_each_value(self, furnished: Store) -> None:
        commit(furnished, make.gl_policy())
        commit(furnished, make.contractor(legal_name="Renamed Rigging LLC"))
        assert (PageItem(CONTRACTOR, 3, "Renamed Rigging LLC"),) == furnished.page(ANYTHING, 10).items

    def test_a_company_that_is_not_on_file_lists_nothing(self, store: Store) -> None:
        assert (Page((), None), 0) == (store.page(ANYTHING, 10), store.count(ANYTHING))

    # Words, e-mail, subjects

    @table("parts, finding, missing", WORDS)
    def test_each_word_asked_for_begins_a_word_of_the_contractor(
        self, founded: Store, parts: Parts, finding: list[str], missing: list[str]
    ) -> None:
        commit(founded, make.contractor(**parts))
        assert finding == [text for text in (*finding, *missing) if listed(founded, text=text)]

    def test_a_contractor_is_not_found_by_a_name_that_it_had(self, founded: Store) -> None:
        commit(founded, make.contractor(legal_name="Sample LLC", aliases=("Other",)))
        commit(founded, make.contractor(legal_name="Renamed LLC"))
        assert [[], [], [CONTRACTOR.id]] == [listed(founded, text=text) for text in ("sample", "other", "renamed")]

    def test_the_words_of_one_contractor_are_not_those_of_another(self, founded: Store) -> None:
        commit(founded, make.contractor(legal_name="Alpha One"), make.contractor(id="b", legal_name="Beta Two"))
        assert ([], [CONTRACTOR.id]) == (listed(founded, text="alpha two"), listed(founded, text="alpha one"))

    def test_all_contractors_of_an_e_mail_address_are_found_by_it_without_regard_to_case(self, founded: Store) -> None:
        addresses = {"1": "Pat@Example.com", "2": None, "3": "PAT@example.com", "4": "pat@example.org"}
        commit(founded, *(make.contractor(id=name, email=address) for name, address in addresses.items()))
        assert [["1", "3"]] * 3 == [listed(founded, email=email) for email in EMAILS]
        assert [[]] * 5 == [listed(founded, email=email) for email in OTHER_EMAILS]

    @table("subject", OTHER_SUBJECTS)
    def test_a_member_is_found_by_its_exact_subject_only(self, founded: Store, subject: domain.Subject) -> None:
        commit(founded, make.member(), make.member(id="member-2", subject=domain.Subject(issuer="a", subject="b")))
        subjects = (make.member().subject, subject)
        assert [["member-1"], []] == [listed(founded, kind=Kind.MEMBER, subject=asked) for asked in subjects]

    def test_a_member_is_not_found_by_a_subject_that_it_had(self, founded: Store) -> None:
        commit(founded, make.member())
        commit(founded, make.member(subject=domain.Subject(issuer="a", subject="b")))
        assert [] == listed(founded, kind=Kind.MEMBER, subject=make.member().subject)

    # Standing

    @table("parts, query, others", STANDINGS)
    def test_contractors_are_found_by_the_standing_of_the_day(
        self, furnished: Store, parts: Parts, query: Parts, others: Parts
    ) -> None:
        commit(furnished, standings=[update(row(end=DAY, **parts), row(start=DAY, end=None))])
        assert [[CONTRACTOR.id], []] == [listed(furnished, on=DAY - ONE_DAY, **asked) for asked in (query, others)]

    def test_verdict_and_insurance_are_of_the_same_day(self, furnished: Store) -> None:
        before = row(end=DAY, verdict=Verdict.NON_COMPLIANT, insurance=InsuranceStatus.INSURED)
        after = row(start=DAY, verdict=Verdict.COMPLIANT, insurance=InsuranceStatus.UNINSURED)
        commit(furnished, standings=[update(before, after)])
        query = {"verdicts": {Verdict.COMPLIANT}, "insurance": {InsuranceStatus.INSURED}}
        assert [[], []] == [listed(furnished, on=day, **query) for day in (DAY - ONE_DAY, DAY)]

    @table(
        "query",
        {
            "verdict": {"verdicts": set(Verdict)},
            "insurance": {"insurance": set(InsuranceStatus)},
            "change": {"changes_by": date.max},
        },
    )
    def test_a_contractor_without_standing_is_found_by_none(self, furnished: Store, query: Parts) -> None:
        assert [] == listed(furnished, on=DAY, **query)

    def test_contractors_are_found_by_the_day_on_which_their_standing_ends(self, furnished: Store) -> None:
        commit(furnished, standings=[update(row(end=DAY), row(start=DAY))])
        days = (DAY - ONE_DAY, DAY, DAY + ONE_DAY, date.max)
        assert days[1:] == tuple(day for day in days if listed(furnished, on=DAY - ONE_DAY, changes_by=day))
        assert [] == listed(furnished, on=DAY, changes_by=date.max)

    # Home, work, enrollment, insurers

    @table("contractors, query, expected", FOUND)
    def test_contractors_are_found_by_home_and_by_any_of_their_facts(
        self, founded: Store, contractors: dict[str, list[Any]], query: Parts, expected: list[str]
    ) -> None:
        record(founded, contractors)
        assert expected == listed(founded, **query)

    @pytest.mark.parametrize("filtered", ["home_states", "work_states"])
    def test_a_contractor_and_its_remote_work_move_with_its_home(self, founded: Store, filtered: str) -> None:
        commit(founded, living(CONTRACTOR.id, domain.State.AL), work(remote=True))
        commit(founded, living(CONTRACTOR.id, domain.State.TX))
        assert [[], [CONTRACTOR.id]] == [listed(founded, **{filtered: states}) for states in (AL, TX)]

    @table("fact, replacement, query", REPLACED)
    def test_a_fact_counts_as_it_is_now_until_it_is_removed(
        self, founded: Store, fact: Any, replacement: Any, query: Parts
    ) -> None:
        record(founded, {"a": [fact], "b": [replacement], "c": [fact]})
        commit(founded, put(replacement, "a"), put(fact, "b"), removes=[key_of(fact, "c")])
        assert ["b"] == listed(founded, **query)

    @table("query, expected", WORK)
    def test_one_assignment_meets_all_asked_of_work(self, founded: Store, query: Parts, expected: list[str]) -> None:
        halves = [work(job_code_id="A", work_states=TX, client_id="docks"), work(2, job_code_id="B", work_states=AL)]
        whole: Parts = {"job_code_id": "A", "work_states": AL, "client_id": "mills"}
        past, rest = [work(end=DAY - ONE_DAY, **whole), work(2, job_code_id="B")], work(3, client_id="mills")
        record(founded, {"halves": [*halves, rest], "past": past, "whole": [work(**whole)]})
        assert expected == listed(founded, **query)

    @table("parts, day, is_active", DAYS)
    def test_an_assignment_counts_on_the_days_on_which_it_is_active(
        self, founded: Store, parts: Parts, day: date, *, is_active: bool
    ) -> None:
        record(founded, {"a": [work(work_states=AL, **parts)]})
        assert (["a"] if is_active else []) == listed(founded, on=day, work_states=AL)

    @table("parts", {title: parts for title, (parts, _, _) in DAYS.items()})
    def test_every_assignment_counts_where_no_day_is_asked_about(self, founded: Store, parts: Parts) -> None:
        record(founded, {"a": [work(work_states=AL, **parts)]})
        assert ["a"] == listed(founded, work_states=AL)

    def test_a_day_alone_leaves_no_contractor_out(self, founded: Store) -> None:
        record(founded, {"a": [work(on_hold=True)], "b": ()})
        assert ["a", "b"] == listed(founded, on=DAY)

    def test_contractors_are_found_by_the_printed_name_of_their_insurer_not_by_its_own(self, founded: Store) -> None:
        record(founded, {"a": [insured("99901", "As printed")]})
        commit(founded, make.carrier())
        assert [[], ["a"]] == [listed(founded, insurers={name}) for name in (make.carrier().name, "as PRINTED.")]

    def test_insurers_are_found_by_number_and_by_normalized_name(self, founded: Store) -> None:
        commit(founded, make.carrier(), make.carrier(name=FUND, naic=None), make.carrier(name="Other", naic="99902"))
        queries = ({"sample fund co."}, {"99901"}, {"SAMPLE MUTUAL INSURANCE CO"}, {FUND, "99902"}, {"Fund"})
        assert [[FUND], ["99901"], ["99901"], ["99902", FUND], []] == [
            listed(founded, kind=Kind.CARRIER, insurers=query) for query in queries
        ]

    # All together

    @pytest.mark.parametrize("missed", [None, *FILTERS])
    def test_a_contractor_is_found_only_if_it_meets_every_filter(self, furnished: Store, missed: str | None) -> None:
        facts = (make.contractor(email="pat@example.com"), make.gl_policy(), ON_LAST_PAGE)
        commit(furnished, *facts, standings=[update(row(end=DAY))])
        asked = {name: failing if name == missed else meeting for name, (meeting, failing) in FILTERS.items()}
        assert ([] if missed else [CONTRACTOR.id]) == listed(furnished, on=DAY - ONE_DAY, **asked)
