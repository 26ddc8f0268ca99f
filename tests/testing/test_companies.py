"""Invented companies are the same everywhere, of any size, sound, varied, and go into a store as they are."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import subprocess
import sys
import tracemalloc
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from contractor_compliance.domain import (
    ApplicationStep,
    AssignmentStatus,
    Dossier,
    EnrollmentState,
    EntityType,
    EvidenceLevel,
    ExemptionKind,
    InsuredCapacity,
    Line,
    Missing,
    PartyRole,
    PersonRole,
    Policy,
    ReviewStatus,
    State,
    Trigger,
    WaiverKind,
    WaiverState,
)
from contractor_compliance.errors import InvalidValueError, KeyReusedError
from contractor_compliance.evaluation import evaluate, standing
from contractor_compliance.results import Verdict
from contractor_compliance.serialization import from_dict, to_dict
from contractor_compliance.storage import Changes, Key, Kind, MemoryStore, Query
from contractor_compliance.testing import FrozenClock, companies
from contractor_compliance.testing.companies import Invented, invented_company

TODAY = date(2026, 7, 1)
MANY = 2_000


@pytest.fixture(scope="module")
def many() -> list[Dossier]:
    company = invented_company(contractors=MANY)
    return [company.contractor(index) for index in range(MANY)]


def digest(values: Iterable[object]) -> str:
    sha256 = hashlib.sha256()
    for value in values:
        sha256.update(json.dumps(to_dict(value, tax_ids="clear"), sort_keys=True).encode())
    return sha256.hexdigest()[:16]


def first_dossiers(company: Invented) -> Iterator[Dossier]:
    return (company.contractor(index) for index in range(50))


# The same everywhere. Whoever changes one of these on purpose raises `companies.VERSION`.


def test_the_first_invented_contractors_never_change() -> None:
    assert (4, "871e0cca302fa86f") == (companies.VERSION, digest(first_dossiers(invented_company())))


def test_the_first_commit_of_an_invented_company_never_changes() -> None:
    first = next(invented_company().commits())

    assert (4, "f7f6cfc2a9f2506d") == (companies.VERSION, digest(put_.value for put_ in first.puts))


def test_the_first_invented_corrections_never_change() -> None:
    company = invented_company()
    later = (correction.dossier for index in range(50) for correction in company.corrections_of(index))

    assert (4, "00c7355f9ed506b5") == (companies.VERSION, digest(later))


def test_an_invented_company_does_not_depend_on_how_texts_are_hashed() -> None:
    program = (
        "from contractor_compliance.testing.companies import invented_company\n"
        "from contractor_compliance.serialization import to_dict\n"
        "company = invented_company(contractors=20)\n"
        "for changes in (*company.commits(8, standings=True), *company.corrections(4, standings=True)):\n"
        "    print(changes.key, changes.fingerprint, changes.detail, changes.expects, changes.removes)\n"
        "    print([(str(each.key), to_dict(each.value)) for each in changes.puts], changes.standings)\n"
    )

    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for hash_seed in ("1", "2")
    }

    assert 1 == len(printed)


def test_a_contractor_is_the_same_in_a_company_of_any_size() -> None:
    assert invented_company(contractors=8).contractor(7) == invented_company(contractors=1_000_000).contractor(7)


def test_a_contractor_is_the_same_whatever_was_asked_for_before() -> None:
    company = invented_company()
    for index in range(7):
        company.contractor(index)

    assert invented_company().contractor(7) == company.contractor(7)


def test_another_seed_gives_other_contractors() -> None:
    names = {
        company.contractor(index).contractor.legal_name
        for company in (invented_company(seed=7), invented_company(seed=8))
        for index in range(20)
    }

    assert 40 == len(names)


def test_another_seed_gives_another_company() -> None:
    assert 3 == len({invented_company(seed=seed).company.id for seed in (-1, 7, 8)})


def test_the_last_of_a_million_invented_contractors_is_made_without_the_others() -> None:
    last = invented_company(contractors=1_000_000).contractor(999_999)

    assert "contractor-0999999" == last.contractor.id


@pytest.mark.parametrize("today", [date(2000, 1, 1), date(2028, 2, 29), date(2028, 3, 1), date(2999, 12, 31)], ids=str)
def test_work_clusters_round_whatever_day_is_given(today: date) -> None:
    company = invented_company(contractors=300, today=today)
    statuses = Counter(work.status_on(today) for index in range(300) for work in company.contractor(index).assignments)

    assert statuses[AssignmentStatus.ACTIVE] > statuses.total() / 2


# Sound.


def test_contractors_survive_being_written_and_read() -> None:
    dossiers = list(first_dossiers(invented_company()))

    assert dossiers == [from_dict(to_dict(dossier, tax_ids="clear"), Dossier) for dossier in dossiers]


def test_facts_come_in_the_order_of_their_ids(many: list[Dossier]) -> None:
    ids = [
        [fact.id for fact in facts]
        for dossier in many
        for facts in (dossier.assignments, dossier.policies, dossier.certificates, dossier.exemptions, dossier.waivers)
    ]

    assert [sorted(id_) for id_ in ids] == ids


def test_invented_companies_need_neither_pytest_nor_hypothesis() -> None:
    program = (
        "import sys; sys.modules['hypothesis'] = sys.modules['pytest'] = None\n"
        "from contractor_compliance.testing.companies import invented_company\n"
        "print(invented_company().contractor(0).contractor.id)"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)

    assert "contractor-0000000\n" == result.stdout


@pytest.mark.parametrize(
    ("arguments", "path", "fix"),
    [
        ({"contractors": 0}, "$.contractors", "must be a whole number from 1 to 1,000,000"),
        ({"contractors": 1_000_001}, "$.contractors", "must be a whole number from 1 to 1,000,000"),
        ({"contractors": 1.5}, "$.contractors", "must be a whole number"),
        ({"seed": "7"}, "$.seed", "must be a whole number"),
        ({"today": date(1999, 12, 31)}, "$.today", "must be a day from 2000-01-01 to 2999-12-31"),
        ({"today": date(3000, 1, 1)}, "$.today", "must be a day from 2000-01-01 to 2999-12-31"),
    ],
    ids=str,
)
def test_a_company_of_impossible_size_is_refused(arguments: dict[str, Any], path: str, fix: str) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        invented_company(**arguments)

    assert [path] == [fault.path for fault in refusal.value.faults]
    assert fix in refusal.value.faults[0].problem


@pytest.mark.parametrize("index", [-1, 1_000])
def test_a_contractor_that_the_company_does_not_have_is_an_index_error(index: int) -> None:
    with pytest.raises(IndexError, match="of 1,000; the first is 0"):
        invented_company().contractor(index)


@pytest.mark.parametrize("batch", [0, -1, True, 2.0])
def test_a_batch_of_less_than_one_is_refused_at_once(batch: Any) -> None:
    with pytest.raises(InvalidValueError, match="must be a whole number, 1 or more"):
        invented_company().commits(batch)


def test_a_company_shows_how_it_was_made() -> None:
    company = invented_company(contractors=3, seed=9)

    assert "invented_company(contractors=3, seed=9, today=datetime.date(2026, 7, 1))" == repr(company)


# Nobody's.


def test_the_documentation_and_the_names_say_that_all_is_invented() -> None:
    company = invented_company()

    assert "invented" in (companies.__doc__ or "")
    assert company.company.name.startswith("Invented ")
    assert company.company.id.startswith("invented-")
    assert company.rulebook.title == "Invented requirements"
    assert {True} == {"Invented" in rate.rate.source for card in company.rate_cards for rate in card.rates}


def test_no_two_tax_ids_are_alike_and_none_was_ever_issued(many: list[Dossier]) -> None:
    given = [dossier.contractor.tax_id.reveal() for dossier in many if dossier.contractor.tax_id is not None]

    assert {"784"} == {tax_id[:3] for tax_id in given}
    assert len(given) == len(set(given))


def test_invented_addresses_are_nowhere(many: list[Dossier]) -> None:
    places = [dossier.contractor.home_address for dossier in many]

    assert {"000"} == {str(place.postal_code)[:3] for place in places if place is not None}


def test_invented_mail_goes_nowhere(many: list[Dossier]) -> None:
    assert {"example.com"} == {str(dossier.contractor.email).partition("@")[2] for dossier in many}


def test_insurers_have_numbers_that_the_samples_use(many: list[Dossier]) -> None:
    assert {"999"} == {
        str(carrier.naic)[:3] for dossier in many for carrier in dossier.carriers if carrier.naic is not None
    }


# Varied.


def of_lines(dossier: Dossier) -> dict[Line, list[Policy]]:
    policies: dict[Line, list[Policy]] = {}
    for policy in dossier.policies:
        policies.setdefault(policy.line, []).append(policy)
    return policies


def terms(dossier: Dossier) -> Iterator[list[tuple[date, date]]]:
    """Yield the plain terms of each line, in order."""
    for policies in of_lines(dossier).values():
        yield [
            (term.effective, term.expiration)
            for policy in policies
            if not policy.program
            for term in policy.terms
            if not isinstance(term.effective, Missing) and not isinstance(term.expiration, Missing)
        ]


def gaps(dossier: Dossier) -> list[int]:
    return [(after[0] - before[1]).days for spans in terms(dossier) for before, after in pairwise(spans)]


def holds(policy: Policy, day: date) -> bool:
    return any(
        not isinstance(term.effective, Missing)
        and term.effective <= day
        and (term.continuous or (not isinstance(term.expiration, Missing) and day < term.expiration))
        for term in policy.terms
    )


PHENOMENA: dict[str, Callable[[Dossier], bool]] = {
    "no work at all": lambda dossier: not dossier.assignments,
    "several assignments": lambda dossier: len(dossier.assignments) > 2,
    "past work": lambda dossier: any(work.status_on(TODAY) is AssignmentStatus.ENDED for work in dossier.assignments),
    "active work": lambda dossier: any(
        work.status_on(TODAY) is AssignmentStatus.ACTIVE for work in dossier.assignments
    ),
    "upcoming work": lambda dossier: any(
        work.status_on(TODAY) is AssignmentStatus.UPCOMING for work in dossier.assignments
    ),
    "cancelled work": lambda dossier: any(
        work.status_on(TODAY) is AssignmentStatus.CANCELLED for work in dossier.assignments
    ),
    "work on hold": lambda dossier: any(work.on_hold for work in dossier.assignments),
    "work without end": lambda dossier: any(work.end is None for work in dossier.assignments),
    "work from home": lambda dossier: any(work.remote for work in dossier.assignments),
    "work in two states": lambda dossier: any(len(work.work_states) == 2 for work in dossier.assignments),
    "work in no known state": lambda dossier: any(
        not work.work_states and not work.remote for work in dossier.assignments
    ),
    "work without a client": lambda dossier: any(work.client_id is None for work in dossier.assignments),
    "work without a job code": lambda dossier: any(work.job_code_id is None for work in dossier.assignments),
    "work without a contract": lambda dossier: any(not work.contracts for work in dossier.assignments),
    "a contract signed after work began": lambda dossier: any(
        contract.signed_on > work.start for work in dossier.assignments for contract in work.contracts
    ),
    "a contract with the client": lambda dossier: any(
        contract.with_party is PartyRole.CLIENT for work in dossier.assignments for contract in work.contracts
    ),
    "work done for an owner too": lambda dossier: any(work.parties for work in dossier.assignments),
    "a worker who is not known": lambda dossier: any(work.worker is Missing.ABSENT for work in dossier.assignments),
    "a raised pay rate": lambda dossier: any(len(work.pay_rates) == 2 for work in dossier.assignments),
    "no address": lambda dossier: dossier.contractor.home_address is None,
    "no tax id": lambda dossier: dossier.contractor.tax_id is None,
    "a trade name": lambda dossier: bool(dossier.contractor.trade_names),
    "a name with an accent": lambda dossier: not dossier.contractor.legal_name.isascii(),
    "an employee": lambda dossier: any(person.role is PersonRole.EMPLOYEE for person in dossier.contractor.people),
    "a license": lambda dossier: bool(dossier.contractor.licenses),
    "no policy": lambda dossier: not dossier.policies,
    "a renewal without a gap": lambda dossier: 0 in gaps(dossier),
    "three terms of one line": lambda dossier: any(len(spans) >= 3 for spans in terms(dossier)),
    "a lapse": lambda dossier: any(0 < days < 46 for days in gaps(dossier)),
    "cover that ran out": lambda dossier: (
        bool(dossier.policies) and not any(holds(one, TODAY) for one in dossier.policies)
    ),
    "a renewal that is known early": lambda dossier: any(
        start > TODAY for spans in terms(dossier) for start, _ in spans[1:]
    ),
    "a cancellation": lambda dossier: any(one.cancellations and not one.reinstatements for one in dossier.policies),
    "a reinstatement in time": lambda dossier: any(
        one.reinstatements and one.reinstatements[0].effective == one.cancellations[0].effective
        for one in dossier.policies
    ),
    "a reinstatement after a gap": lambda dossier: any(
        one.reinstatements and one.reinstatements[0].effective != one.cancellations[0].effective
        for one in dossier.policies
    ),
    "an umbrella with a schedule": lambda dossier: any(
        layer.schedule and layer.schedule is not Missing.ABSENT
        for one in dossier.policies
        for layer in one.underlying_schedules
    ),
    "an umbrella without a schedule": lambda dossier: any(
        one.line.is_layer and not one.underlying_schedules for one in dossier.policies
    ),
    "an excess layer": lambda dossier: Line.EXCESS in of_lines(dossier),
    "a bond without end": lambda dossier: any(term.continuous for one in dossier.policies for term in one.terms),
    "program cover": lambda dossier: any(one.program for one in dossier.policies),
    "a leased worker": lambda dossier: any(one.insured_as is InsuredCapacity.LEASED_WORKER for one in dossier.policies),
    "a policy of one assignment": lambda dossier: any(one.assignment_id for one in dossier.policies),
    "an insurer that nobody knows": lambda dossier: any(
        stated.carrier_naic is None and stated.carrier_name not in {carrier.name for carrier in dossier.carriers}
        for one in dossier.policies
        for stated in one.identifications
    ),
    "a state's fund": lambda dossier: any(carrier.fund_state for carrier in dossier.carriers),
    "terms that contradict each other": lambda dossier: any(len(one.terms) == 2 for one in dossier.policies),
    "limits that contradict each other": lambda dossier: any(len(one.limits) == 2 for one in dossier.policies),
    "no stated term": lambda dossier: any(not one.terms for one in dossier.policies),
    "an absent expiration": lambda dossier: any(
        term.expiration is Missing.ABSENT and not term.continuous for one in dossier.policies for term in one.terms
    ),
    "an unreadable first day": lambda dossier: any(
        term.effective is Missing.UNREADABLE for one in dossier.policies for term in one.terms
    ),
    "an absent aggregate": lambda dossier: any(
        one.line == Line.GL and limits.general_aggregate is Missing.ABSENT
        for one in dossier.policies
        for limits in one.limits
    ),
    "an unreadable limit": lambda dossier: any(
        limits.each_occurrence is Missing.UNREADABLE for one in dossier.policies for limits in one.limits
    ),
    "automobile limits by person and accident": lambda dossier: any(
        not isinstance(limits.bodily_injury_per_person, Missing) for one in dossier.policies for limits in one.limits
    ),
    "products limits within the general aggregate": lambda dossier: any(
        limits.products_in_general_aggregate for one in dossier.policies for limits in one.limits
    ),
    "a retention that is not stated": lambda dossier: any(
        one.line == Line.PROFESSIONAL and limits.retention is Missing.ABSENT
        for one in dossier.policies
        for limits in one.limits
    ),
    "general liability on claims made": lambda dossier: any(
        one.line == Line.GL and trigger.trigger is Trigger.CLAIMS_MADE
        for one in dossier.policies
        for trigger in one.triggers
    ),
    "full prior acts": lambda dossier: any(
        trigger.full_prior_acts for one in dossier.policies for trigger in one.triggers
    ),
    "no word on Item 3.C": lambda dossier: any(
        states.item_3c is Missing.ABSENT for one in dossier.policies for states in one.states
    ),
    "another name on the policy": lambda dossier: any(
        insured.name not in (None, dossier.contractor.legal_name)
        for one in dossier.policies
        if one.insured_as is InsuredCapacity.NAMED_INSURED
        for insured in one.insured
    ),
    "no name on the policy": lambda dossier: any(
        insured.name is None for one in dossier.policies for insured in one.insured
    ),
    "a retroactive date": lambda dossier: any(
        not isinstance(trigger.retroactive_date, Missing) for one in dossier.policies for trigger in one.triggers
    ),
    "a denied endorsement": lambda dossier: any(
        not endorsement.present for one in dossier.policies for endorsement in one.endorsements
    ),
    "a form that names the client": lambda dossier: any(
        len(endorsement.parties) == 2 for one in dossier.policies for endorsement in one.endorsements
    ),
    "an excluded owner": lambda dossier: any(
        exclusion.excluded for one in dossier.policies for exclusion in one.exclusions
    ),
    "a policy that covers nobody": lambda dossier: any(
        exclusion.if_any for one in dossier.policies for exclusion in one.exclusions
    ),
    "notice to the insurer of work in a state": lambda dossier: any(
        states.notices for one in dossier.policies for states in one.states
    ),
    "an exemption in Florida": lambda dossier: any(paper.state is State.FL for paper in dossier.exemptions),
    "an exemption in California": lambda dossier: any(paper.state is State.CA for paper in dossier.exemptions),
    "a revoked exemption": lambda dossier: any(paper.cancellations for paper in dossier.exemptions),
    "occupational accident beside an exemption": lambda dossier: (
        bool(dossier.exemptions) and Line.OCCUPATIONAL_ACCIDENT in of_lines(dossier)
    ),
    "stop gap where a fund writes workers' compensation": lambda dossier: Line.STOP_GAP in of_lines(dossier),
}


@pytest.mark.parametrize("phenomenon", PHENOMENA.values(), ids=PHENOMENA.keys())
def test_each_phenomenon_occurs_among_two_thousand_invented_contractors(
    phenomenon: Callable[[Dossier], bool], many: list[Dossier]
) -> None:
    assert any(map(phenomenon, many))


def kinds_in(many: list[Dossier]) -> Iterator[object]:
    for dossier in many:
        yield dossier.contractor.entity_type
        yield dossier.contractor.home_state
        yield from (paper.status for paper in dossier.certificates)
        yield from (paper.kind for paper in dossier.exemptions)
        yield from (state for enrollment in dossier.enrollments for state in (enrollment.state, enrollment.step))
        yield from (state for waiver in dossier.waivers for state in (waiver.kind, waiver.state))
        yield from (term.evidence.level for policy in dossier.policies for term in policy.terms)


@pytest.mark.parametrize(
    "kinds",
    [
        EntityType,
        ReviewStatus,
        EnrollmentState,
        ApplicationStep,
        WaiverKind,
        WaiverState,
        set(EvidenceLevel) - {EvidenceLevel.DESCRIPTION},
        set(ExemptionKind) - {ExemptionKind.SELF_INSURANCE, ExemptionKind.EXTRATERRITORIAL},
        set(State) - {State.AS, State.GU, State.MP, State.VI},
    ],
    ids=["forms", "reviews", "opt-ins", "pages", "waivers", "states of waivers", "levels", "exemptions", "states"],
)
def test_every_kind_of_record_occurs_in_an_invented_company(kinds: Iterable[object], many: list[Dossier]) -> None:
    assert set() == set(kinds) - set(kinds_in(many))


def test_contractors_have_two_and_a_half_policies_each(many: list[Dossier]) -> None:
    assert 2.4 < sum(len(dossier.policies) for dossier in many) / len(many) < 2.6


def test_populous_states_have_more_contractors(many: list[Dossier]) -> None:
    homes = Counter(dossier.contractor.home_state for dossier in many)

    assert homes[State.CA] > homes[State.OH] > homes[State.WY]


def test_every_verdict_occurs_in_an_invented_company(many: list[Dossier]) -> None:
    plan = invented_company().plan

    assert set(Verdict) == {evaluate(dossier, plan, as_of=TODAY, window=False).verdict for dossier in many}


def test_every_set_of_the_invented_rule_book_binds_an_assignment(many: list[Dossier]) -> None:
    company = invented_company()
    bound = {
        binding.set_id
        for dossier in many
        for work in dossier.assignments
        for day in (work.start, work.end or TODAY)
        for binding in company.plan.resolve(work, dossier.contractor.id, day).bindings
    }

    assert {set_.id for set_ in company.rulebook.sets if set_.requirements} == bound


def test_every_kind_of_correction_occurs() -> None:
    company = invented_company(contractors=MANY)
    kinds = {correction.kind for index in range(MANY) for correction in company.corrections_of(index)}

    assert {
        *("end of work", "enrollment", "late notice", "limit", "move", "new work"),
        *("reinstatement", "renewal", "review", "waiver", "withdrawal"),
    } == kinds


def test_one_contractor_in_four_is_corrected_up_to_three_times() -> None:
    company = invented_company(contractors=MANY)
    times = Counter(len(company.corrections_of(index)) for index in range(MANY))

    assert {0, 1, 2, 3} == set(times)
    assert 0.2 < 1 - times[0] / MANY < 0.3


# Into a store.


def stored(company: Invented, commits: Iterable[Changes]) -> Any:
    store = MemoryStore(clock=FrozenClock()).for_company(company.company.id)
    for changes in commits:
        store.commit(changes)
    return store


def ids_of(company: Invented) -> list[str]:
    return [f"contractor-{index:07}" for index in range(company.contractors)]


def latest(company: Invented, index: int) -> Dossier:
    corrections = company.corrections_of(index)
    return corrections[-1].dossier if corrections else company.contractor(index)


@pytest.fixture(scope="module")
def small() -> Invented:
    return invented_company(contractors=300)


def test_committed_invented_contractors_are_read_back_equal(small: Invented) -> None:
    store = stored(small, small.commits(70))

    assert [small.contractor(index) for index in range(300)] == [
        dossier.dossier for dossier in store.dossiers(ids_of(small))
    ]


def test_corrected_invented_contractors_are_read_back_as_corrected(small: Invented) -> None:
    store = stored(small, (*small.commits(300), *small.corrections(20)))

    assert [latest(small, index) for index in range(300)] == [
        dossier.dossier for dossier in store.dossiers(ids_of(small))
    ]


def test_each_correction_raises_the_version_of_its_contractor(small: Invented) -> None:
    store = stored(small, (*small.commits(300), *small.corrections(7)))
    records = store.get([Key(Kind.CONTRACTOR, contractor_id) for contractor_id in ids_of(small)])

    assert [1 + len(small.corrections_of(index)) for index in range(300)] == [record.version for record in records]


def test_invented_standings_that_were_asked_for_are_those_of_the_latest_dossiers(small: Invented) -> None:
    store = stored(small, (*small.commits(100, standings=True), *small.corrections(50, standings=True)))
    page = store.page(Query(on=TODAY), 300)
    expected = {
        row.contractor_id: row
        for index in range(300)
        for row in standing(latest(small, index), small.rulebook)
        if row.start <= TODAY and (row.end is None or TODAY < row.end)
    }

    assert expected == {item.key.id: item.standing for item in page.items}


def test_commits_of_an_invented_company_have_no_standings_unless_asked_for(small: Invented) -> None:
    assert [()] * 4 == [commit.standings for commit in small.commits(100)]


def test_the_first_commit_brings_the_records_that_contractors_share(small: Invented) -> None:
    first = next(small.commits())

    assert {
        Kind.COMPANY: 1,
        Kind.CLIENT: 40,
        Kind.JOB_CODE: 22,
        Kind.CARRIER: 20,
        Kind.RULEBOOK: 1,
        Kind.ROLE: 4,
        Kind.MEMBER: 12,
        Kind.RATE_CARD: 2,
    } == Counter(put_.key.kind for put_ in first.puts)


def test_each_batch_brings_so_many_contractors_and_the_last_the_rest() -> None:
    _, *batches = invented_company(contractors=7).commits(3)

    assert [3, 3, 1] == [sum(put.key.kind is Kind.CONTRACTOR for put in batch.puts) for batch in batches]


def test_a_commit_of_contractors_expects_what_their_dossiers_name_and_no_more(small: Invented) -> None:
    _, first, *_ = small.commits(1)
    store = stored(small, small.commits(1))
    (record,) = store.dossiers(["contractor-0000000"])
    others = {expectation.key for expectation in record.expects}
    decided_by = {Key(Kind.MEMBER, first.actor), Key(Kind.RULEBOOK, small.rulebook.id)}

    assert others | decided_by == {expectation.key for expectation in first.expects}


def test_the_actor_of_every_commit_is_a_member(small: Invented) -> None:
    actors = {changes.actor for changes in (*small.commits(100), *small.corrections(100))}

    assert actors <= {member.id for member in small.members}


def test_committing_an_invented_company_again_changes_nothing(small: Invented) -> None:
    store = stored(small, small.commits(150))
    head = store.head()

    assert [True] * 3 == [store.commit(commit).repeated for commit in small.commits(150)]
    assert head == store.head()


@pytest.mark.parametrize("commits", [Invented.commits, Invented.corrections], ids=["commits", "corrections"])
def test_no_two_commits_have_one_key(commits: Callable[..., Iterator[Changes]], small: Invented) -> None:
    keys = [commit.key for commit in commits(small, 10)]

    assert len(keys) == len(set(keys))


def test_the_same_batch_with_standings_is_another_request() -> None:
    company = invented_company(contractors=3)
    store = stored(company, company.commits())
    _, again = company.commits(standings=True)

    with pytest.raises(KeyReusedError):
        store.commit(again)


def test_batches_of_a_million_come_one_by_one() -> None:
    commits = invented_company(contractors=1_000_000).commits(2)

    assert ["company", "contractors/0-1", "contractors/2-3"] == [
        json.loads(next(commits).response)["batch"] for _ in range(3)
    ]


def peak(contractors: int) -> int:
    """Return the most bytes that are held at once while the commits of a company pass by."""
    commits = invented_company(contractors=contractors).commits(20)
    next(commits)
    gc.collect()
    tracemalloc.start()
    try:
        deque(commits, maxlen=0)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_times_the_contractors_do_not_take_twice_the_memory() -> None:
    assert peak(600) < 2 * peak(60)
