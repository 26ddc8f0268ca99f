"""Changes of what contractors share: every standing follows, however many they are and whoever comes between."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contractor_compliance.desk import CommandResult, MemberDesk, committing, staging
from contractor_compliance.domain import (
    AssignmentGate,
    CarrierRating,
    EndorsementKind,
    EnrollmentState,
    FinancialStrength,
    PartyRole,
)
from contractor_compliance.domain.requirements import CarrierRule
from contractor_compliance.errors import (
    AccessDeniedError,
    CommitUnknownError,
    ConflictError,
    ContractorComplianceError,
    InvalidValueError,
    NotAllowedError,
    NotOnFileError,
    UnavailableError,
)
from contractor_compliance.results import Verdict
from contractor_compliance.storage import Changes, Key, Kind, MemoryStore, Query, Receipt, Store
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from tests import tiers
from tests.desk.faults import Faulty, through
from tests.desk.world import NOW, TODAY, World, refusal, subject

Act = Callable[[World], object]

#: The insurer of few, and what it is called.
CASUALTY, CASUALTY_NAIC = "Sample Casualty Company", "99905"
#: GL must name the client and the company, and come of a sound insurer: so each of the three tells on a standing.
ASKED = (
    make.gl_requirement(
        endorsements=(make.endorsement_rule(parties=frozenset({PartyRole.CLIENT, PartyRole.COMPANY})),),
        carrier=CarrierRule(strength_at_least=FinancialStrength.A_MINUS),
    ),
    make.wc_requirement(),
)
#: Asks for less, and so gives everybody another row.
LIGHTER = make.rulebook(ASKED[0])
RENAMED = make.client(name="Renamed Paper Works")
_LOW = CarrierRating(strength=FinancialStrength.B, size=10, effective=date(2025, 1, 1))
#: The insurer of most, and that of few, when they are not sound.
WEAK, WEAK_CASUALTY = make.carrier(ratings=(_LOW,)), make.carrier(name=CASUALTY, naic=CASUALTY_NAIC, ratings=(_LOW,))
_NAMED = make.endorsement(
    EndorsementKind.ADDITIONAL_INSURED_ONGOING,
    parties=("Sample Mills Corp", "Other Harbour Corp", "Sample Staffing Inc"),
)
HOWS = ("before", "after")
#: What is refused to one of two at once: there is something in the way, or something that it read has changed.
REFUSED = (NotAllowedError, ConflictError)


def cover(**changes: Any) -> Any:
    """Return GL that names both clients and the company."""
    return make.gl_policy(**{"endorsements": (_NAMED,), **changes})


def workers() -> Any:
    """Return WC that names no insurer, so that another GL policy is enough to name another."""
    return make.wc_policy(carrier_name=None, carrier_naic=None)


def casualty(**changes: Any) -> Any:
    """Return the same from the other insurer."""
    return cover(carrier_name=CASUALTY, carrier_naic=CASUALTY_NAIC, **changes)


def put_contractor(world: World, number: int, client: str = "client-1", code: str = "RIG-1", **of_policy: Any) -> None:
    """Put a contractor at work on file who meets what is asked."""
    name = f"contractor-{number}"
    facts = (make.assignment(client_id=client, job_code_id=code), cover(**of_policy), workers())
    world.record(make.contractor(id=name), *facts, contractor_id=name)


def office(founded: World) -> World:
    """Bring members, two clients, two job codes, two insurers, and the rule book."""
    world = founded.furnish(*ASKED)
    world.record(
        make.client(id="client-2", name="Other Harbour Corp"),
        make.job_code(id="IT-1"),
        make.carrier(name=CASUALTY, naic=CASUALTY_NAIC),
    )
    return world


def few(founded: World) -> World:
    """Bring two contractors who share a client, a job code and an insurer, and a third one who shares others."""
    world = office(founded)
    put_contractor(world, 1)
    put_contractor(world, 2)
    put_contractor(world, 3, "client-2", "IT-1", carrier_name=CASUALTY, carrier_naic=CASUALTY_NAIC)
    return world


def many(founded: World) -> World:
    """Bring five contractors of one client and one of another; the last two have an insurer of their own."""
    world = office(founded)
    for number in (1, 2, 3, 4):
        put_contractor(world, number)
    put_contractor(world, 5, carrier_name=CASUALTY, carrier_naic=CASUALTY_NAIC)
    put_contractor(world, 6, "client-2", "IT-1", carrier_name=CASUALTY, carrier_naic=CASUALTY_NAIC)
    return world


@pytest.fixture
def trio(founded: World) -> World:
    """Three contractors, few of which are concerned by any change."""
    return few(founded)


@pytest.fixture
def crew(founded: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Six contractors, where more than two are many and a page has two: a change of client 1 has five steps."""
    in_pages_of_two(monkeypatch)
    return many(founded)


def in_pages_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let more than two be many, and a page have two."""
    monkeypatch.setattr(committing, "MAX_IN_ONE_COMMIT", 2)
    monkeypatch.setattr(staging, "PAGE_SIZE", 2)


#: The steps of a change of client 1 in the crew.
STEPS = ["announce_change", *["prepare_standings"] * 3, "put_client"]
LAST = len(STEPS)
ANYWHERE = [(number, how) for number in range(1, LAST + 1) for how in HOWS]
#: Where it is announced, and not done.
HALFWAY = [moment for moment in ANYWHERE if moment not in ((1, "before"), (LAST, "after"))]


# What comes between


@attrs.define
class Watched:
    """Passes everything on to a store, and tells of each commit before and after it, with its number from 1."""

    inner: Store | Faulty
    before: Callable[[int, Changes], object] = lambda number, changes: None
    after: Callable[[int, Changes], object] = lambda number, changes: None
    commits: int = 0

    def commit(self, changes: Changes) -> Receipt:
        self.commits += 1
        number = self.commits
        self.before(number, changes)
        receipt = self.inner.commit(changes)
        self.after(number, changes)
        return receipt

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


@attrs.define
class Before:
    """Passes everything on to a store, and lets something happen just before a method is called for the nth time."""

    inner: Store
    method: str
    number: int
    act: Callable[[], object]
    _calls: int = 0

    def __getattr__(self, name: str) -> Any:
        if name == self.method:
            self._calls += 1
            if self._calls == self.number:
                self.act()
        return getattr(self.inner, name)


def before_commit(world: World, number: int, act: Act) -> World:
    """Return the world as seen by a desk before whose nth commit something happens."""
    return through(world, Watched(world.store, before=lambda now, _: act(world) if now == number else None))


def after_commit(world: World, number: int, act: Act) -> World:
    """Return the world as seen by a desk after whose nth commit something happens."""
    return through(world, Watched(world.store, after=lambda now, _: act(world) if now == number else None))


def interrupt(world: World, number: int, how: str, act: Act) -> None:
    """Do something whose nth commit does not come through, or comes through without an answer."""
    error = UnavailableError if how == "before" else CommitUnknownError
    with pytest.raises(error):
        act(through(world, Faulty(world.store, {number: how})))


def rename(world: World) -> CommandResult:
    """Rename the client of most; the same request each time."""
    return world.recruiter.put_client(RENAMED, key="rename")


def publish(world: World) -> CommandResult:
    """Publish a rule book; the same request each time."""
    return world.manager.publish_rulebook(LIGHTER, key="publish")


def withdraw(world: World) -> CommandResult:
    """Withdraw what is announced; the same request each time."""
    return world.owner.withdraw_publication(key="withdraw")


def move(world: World, number: int, client: str) -> None:
    """Let a contractor work for another client."""
    name = f"contractor-{number}"
    work = attrs.evolve(world.assignment(contractor_id=name), client_id=client)
    world.recruiter.change_assignment(name, work)


def come(world: World, number: int) -> None:
    """Let a contractor come who works for client 1."""
    name = f"contractor-{number}"
    world.recruiter.add_contractor(make.contractor(id=name))
    world.recruiter.add_assignment(name, make.assignment())
    world.reviewer.record_policy(name, workers())
    world.reviewer.record_policy(name, cover())


# What is there then


def client_name(world: World, client: str = "client-1") -> str:
    """Return what a client is called on file."""
    (record,) = world.store.get([Key(Kind.CLIENT, client)])
    assert record is not None
    return str(record.value.name)


def verdicts(world: World) -> dict[str, str]:
    """Return what the roster shows today: C for compliant, N for not, by the number of each contractor."""
    letters: dict[Verdict | None, str] = {Verdict.COMPLIANT: "C", Verdict.NON_COMPLIANT: "N"}
    return {
        entry.contractor_id.removeprefix("contractor-"): letters.get(entry.verdict, "?")
        for entry in world.auditor.roster().entries
    }


def actions(world: World, after: int) -> list[str]:
    """Return what was done after a sequence."""
    return [entry.action for entry in world.store.audit(after, 1000)]


def rewritten(world: World) -> set[str]:
    """Return whose standings the last commit wrote, by its audit entry."""
    (entry,) = world.store.audit(world.store.head().sequence - 1, 1)
    return set(json.loads(entry.detail or "")["standings"])


def check(world: World) -> None:
    """Every standing follows from what is on file, and the audit is whole."""
    world.check_standings()
    assert world.auditor.verify().is_whole


def check_nothing_is_announced(world: World) -> None:
    """Nothing is announced, so there is nothing to withdraw."""
    with world.refuses(NotAllowedError, "Nothing is being published or prepared"):
        world.owner.withdraw_publication()


#: What is shared: how it changes, and how a contractor comes to name it or stops.
KINDS: dict[str, tuple[Act, Act, Act]] = {
    "client": (rename, lambda world: move(world, 3, "client-1"), lambda world: move(world, 1, "client-2")),
    "insurer": (
        lambda world: world.reviewer.put_carrier(WEAK, key="weaken"),
        lambda world: world.reviewer.record_policy("contractor-3", cover()),
        lambda world: world.reviewer.record_policy("contractor-1", casualty()),
    ),
    "job code": (
        lambda world: world.manager.rename_job_code("RIG-1", title="Renamed", key="rename code"),
        lambda world: world.recruiter.change_job_code("contractor-3", "assignment-1", "RIG-1"),
        lambda world: world.recruiter.change_job_code("contractor-1", "assignment-1", "IT-1"),
    ),
}


class TestFew:
    """In one commit, which takes those along who come between."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_contractor_that_comes_to_name_a_shared_record_before_its_commit_is_included(
        self, trio: World, kind: str
    ) -> None:
        change, comes, _ = KINDS[kind]

        change(before_commit(trio, 1, comes))

        assert {"contractor-1", "contractor-2", "contractor-3"} == rewritten(trio)
        check(trio)

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_contractor_that_stops_naming_a_shared_record_before_its_commit_stands_right(
        self, trio: World, kind: str
    ) -> None:
        change, _, stops = KINDS[kind]

        change(before_commit(trio, 1, stops))

        assert {"contractor-1", "contractor-2"} == rewritten(trio)
        check(trio)

    # The first page is that of the member who asks.
    @refusal
    @pytest.mark.parametrize("moment", [("head", 2), ("page", 2), ("dossiers", 1)], ids=lambda moment: moment[0])
    @pytest.mark.parametrize("which", [1, 2], ids=["comes", "stops"])
    @pytest.mark.parametrize("kind", ["client", "insurer"])
    def test_a_shared_change_sees_a_contractor_that_comes_or_goes_between_any_two_reads(
        self, trio: World, kind: str, which: int, moment: tuple[str, int]
    ) -> None:
        method, number = moment
        change, other = KINDS[kind][0], KINDS[kind][which]
        double = Before(trio.store, method, number, lambda: other(trio))

        change(through(trio, double))

        assert number <= double._calls
        check(trio)

    @refusal
    def test_a_shared_change_includes_contractors_that_come_at_each_of_several_tries(self, trio: World) -> None:
        comes = {1: 7, 2: 8, 3: 9}
        watched = Watched(trio.store, before=lambda now, _: come(trio, comes[now]) if now in comes else None)

        rename(through(trio, watched))

        assert {"1": "N", "2": "N", "3": "C", "7": "N", "8": "N", "9": "N"} == verdicts(trio)
        check(trio)

    @refusal
    def test_a_contractor_that_comes_goes_and_comes_during_a_shared_change_has_the_right_standing(
        self, trio: World
    ) -> None:
        there = {1: "client-1", 2: "client-2", 3: "client-1"}
        watched = Watched(trio.store, before=lambda now, _: move(trio, 3, there[now]) if now in there else None)

        rename(through(trio, watched))

        assert "N" == verdicts(trio)["3"]
        check(trio)

    def test_an_insurer_of_the_same_contractors_that_changes_during_a_shared_change_counts(self, trio: World) -> None:
        other = make.client(name="Sample Mills Limited", aliases=("Sample Mills Corp",))

        before_commit(trio, 1, lambda world: world.reviewer.put_carrier(WEAK)).recruiter.put_client(other)

        assert {"1": "N", "2": "N", "3": "C"} == verdicts(trio)
        check(trio)

    def test_a_client_of_the_same_contractors_that_changes_during_a_shared_change_counts(self, trio: World) -> None:
        sound = make.carrier(name="Sample Mutual Insurance Co")

        before_commit(trio, 1, rename).reviewer.put_carrier(sound)

        assert {"1": "N", "2": "N", "3": "C"} == verdicts(trio)
        check(trio)

    @refusal
    def test_an_insurer_that_no_policy_names_any_more_since_it_was_renamed_counts(self, founded: World) -> None:
        world = office(founded)
        put_contractor(world, 1, carrier_naic=None)
        put_contractor(world, 2, carrier_naic=None)
        other = make.carrier(name="Renamed Insurance Company")

        rename(before_commit(world, 1, lambda world: world.reviewer.put_carrier(other)))

        check(world)

    @refusal
    def test_a_job_code_that_its_only_user_left_before_it_changed_counts(self, trio: World) -> None:
        def leave(world: World) -> None:
            world.recruiter.change_job_code("contractor-3", "assignment-1", "RIG-1")
            world.manager.retire_job_code("IT-1")

        before_commit(trio, 1, leave).recruiter.put_client(make.client(id="client-2", name="Renamed Harbour"))

        check(trio)

    def test_a_record_of_another_program_during_a_shared_change_counts(self, trio: World) -> None:
        work = make.assignment(id="assignment-2")

        rename(before_commit(trio, 1, lambda world: world.record(work, contractor_id="contractor-3")))

        assert {"contractor-1", "contractor-2", "contractor-3"} == rewritten(trio)
        check(trio)

    @refusal
    def test_a_contractor_that_another_program_moves_away_before_the_commit_stands_right(self, trio: World) -> None:
        work = make.assignment(client_id="client-2")

        rename(before_commit(trio, 1, lambda world: world.record(work, contractor_id="contractor-1")))

        assert {"1": "C", "2": "N", "3": "C"} == verdicts(trio)
        check(trio)

    @refusal
    def test_a_commit_that_does_not_concern_a_shared_change_does_not_stop_it(self, trio: World) -> None:
        rename(before_commit(trio, 1, lambda world: world.billing.put_rate_card(make.rate_card())))

        check(trio)

    @refusal
    def test_an_invitation_accepted_during_a_shared_change_does_not_stop_it(self, trio: World) -> None:
        invitation = str(trio.owner.invite_member("Rae Sample", role_ids=["auditor"]).invitation)

        rename(before_commit(trio, 1, lambda world: world.desk.accept_invitation(invitation, subject("rae"))))

        assert "rae" in {member.subject.subject for member in trio.owner.members() if member.subject}

        check(trio)

    @refusal
    def test_a_shared_change_whose_contractors_change_at_every_try_says_so_and_records_nothing(
        self, trio: World
    ) -> None:
        start = trio.store.head().sequence
        watched = Watched(
            trio.store, before=lambda *_: trio.manager.record_opt_in("contractor-1", EnrollmentState.STARTED)
        )

        with pytest.raises(ConflictError, match="other members keep changing them"):
            rename(through(trio, watched))

        assert ({"record_opt_in"}, staging.MAX_ATTEMPTS) == (set(actions(trio, start)), watched.commits)
        assert "Sample Mills Corp" == client_name(trio)
        check(trio)

    def test_a_shared_change_of_a_client_that_another_member_changed_says_so_at_once(self, trio: World) -> None:
        other = make.client(name="Another Paper Works")
        watched = Watched(trio.store, before=lambda *_: trio.manager.put_client(other))

        with pytest.raises(ConflictError, match="client 'client-1': expected version 1, found version 2"):
            rename(through(trio, watched))

        assert (1, "Another Paper Works") == (watched.commits, client_name(trio))
        check(trio)

    @refusal
    def test_a_shared_change_can_be_made_again_after_a_publication_ended_during_it(self, trio: World) -> None:
        with pytest.raises(ConflictError, match="rulebook"):
            rename(before_commit(trio, 1, publish))

        rename(trio)
        check(trio)

    @refusal
    def test_a_member_who_is_removed_during_a_shared_change_changes_nothing(self, trio: World) -> None:
        with pytest.raises(ConflictError, match="member 'recruiter-1'"):
            rename(before_commit(trio, 1, lambda world: world.owner.remove_member("recruiter-1")))

        assert "Sample Mills Corp" == client_name(trio)
        check(trio)

    @refusal
    def test_a_shared_change_retried_once_and_then_without_answer_has_one_effect(self, trio: World) -> None:
        faulty = Faulty(trio.store, {2: "after"}, meanwhile=lambda: move(trio, 3, "client-1"))
        with pytest.raises(CommitUnknownError):
            rename(through(trio, faulty))
        start = trio.store.head()

        assert rename(trio).repeated
        assert start == trio.store.head()
        check(trio)


class TestInsurersByName:
    """A policy may name its insurer by name alone; then no number tells that one has come on file."""

    NEW = make.carrier(name="New Insurance Company", naic="99906")
    NAMELESS: Mapping[str, Any] = {"carrier_name": "New Insurance Company", "carrier_naic": None}

    @refusal
    @pytest.mark.parametrize("naic", [None, "99906"])
    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda world: world.reviewer.record_policy("contractor-1", cover(id="new")), id="cover"),
            pytest.param(
                lambda world: world.recruiter.record_opt_in("contractor-1", EnrollmentState.STARTED), id="opt-in"
            ),
        ],
    )
    def test_an_insurer_that_comes_on_file_while_its_contractor_is_changed_counts(
        self, founded: World, change: Act, naic: str | None
    ) -> None:
        world = office(founded)
        put_contractor(world, 1, **self.NAMELESS)
        new = attrs.evolve(self.NEW, naic=naic)
        desk = before_commit(world, 1, lambda world: world.reviewer.put_carrier(new))

        try:
            change(desk)
        except ConflictError:
            change(world)

        check(world)

    @refusal
    def test_an_insurer_that_comes_on_file_while_a_policy_by_it_is_recorded_counts(self, trio: World) -> None:
        desk = before_commit(trio, 1, lambda world: world.reviewer.put_carrier(self.NEW)).reviewer

        try:
            desk.record_policy("contractor-1", cover(**self.NAMELESS))
        except ConflictError:
            trio.reviewer.record_policy("contractor-1", cover(**self.NAMELESS))

        check(trio)

    @refusal
    @pytest.mark.parametrize("number", [1, 2, 3])
    @pytest.mark.parametrize("long_way", [publish, rename, withdraw])
    def test_an_insurer_that_comes_on_file_at_any_step_of_a_long_change_counts(
        self, crew: World, long_way: Act, number: int
    ) -> None:
        crew.record(make.contractor(), make.assignment(), cover(**self.NAMELESS))
        if long_way is withdraw:
            interrupt(crew, 2, "before", rename)

        desk = before_commit(crew, number, lambda world: world.reviewer.put_carrier(self.NEW))
        try:
            long_way(desk)
        except ConflictError:
            long_way(crew)

        check(crew)


#: What others do meanwhile. Each concerns two contractors at most, so it may be done whatever is announced.
MEANWHILE: dict[str, Act] = {
    "an insurer of two is weak": lambda world: world.reviewer.put_carrier(WEAK_CASUALTY),
    "another client is renamed": lambda world: world.recruiter.put_client(make.client(id="client-2", name="Quay")),
    "one comes who sorts first": lambda world: come(world, 0),
    "one comes who sorts last": lambda world: come(world, 9),
    "the first one goes to another client": lambda world: move(world, 1, "client-2"),
    "the last one goes to another client": lambda world: move(world, 5, "client-2"),
    "one of another client comes to it": lambda world: move(world, 6, "client-1"),
    "one loses its cover": lambda world: world.reviewer.record_cancellation(
        "contractor-3", "policy-general_liability", make.cancellation(TODAY)
    ),
    "one gets another insurer": lambda world: world.reviewer.record_policy("contractor-2", casualty()),
    "its cover is withdrawn": lambda world: world.manager.withdraw_fact(
        "contractor-4", Key(Kind.POLICY, "policy-general_liability", "contractor-4"), reason="In error."
    ),
    "another program moves one there": lambda world: world.record(
        make.assignment(id="assignment-2"), contractor_id="contractor-6"
    ),
}


class TestMany:
    """In pages that nobody sees, to which the last commit switches."""

    def test_a_change_of_many_standings_is_announced_prepared_and_switched_to(self, crew: World) -> None:
        start = crew.store.head()

        done = rename(crew)

        assert STEPS == actions(crew, start.sequence)
        assert (start.sequence + LAST, start.generation + 1) == (done.sequence, crew.store.head().generation)
        assert dict.fromkeys("12345", "N") | {"6": "C"} == verdicts(crew)
        check(crew)
        check_nothing_is_announced(crew)

    def test_readers_see_the_earlier_standings_until_a_rollout_switches(self, crew: World) -> None:
        seen: list[tuple[str, dict[str, str]]] = []

        def look(number: int, changes: Changes) -> None:
            check(crew)
            seen.append((client_name(crew), verdicts(crew)))

        rename(through(crew, Watched(crew.store, before=look)))

        assert [("Sample Mills Corp", dict.fromkeys("123456", "C"))] * LAST == seen
        check(crew)

    @refusal
    @pytest.mark.parametrize("number", [2, 4, LAST])
    @pytest.mark.parametrize("what", MEANWHILE)
    def test_a_contractor_that_changes_at_any_step_of_a_rollout_stands_right_before_and_after(
        self, crew: World, what: str, number: int
    ) -> None:
        def meanwhile(world: World) -> None:
            MEANWHILE[what](world)
            check(world)

        rename(before_commit(crew, number, meanwhile))

        assert RENAMED.name == client_name(crew)
        check(crew)
        check_nothing_is_announced(crew)

    def test_contractors_changed_at_every_step_of_a_rollout_have_the_right_standing(self, crew: World) -> None:
        acts: list[Act] = [
            lambda world: come(world, 0),
            lambda world: move(world, 1, "client-2"),
            lambda world: move(world, 6, "client-1"),
            lambda world: world.reviewer.record_policy("contractor-2", casualty()),
            lambda world: come(world, 9),
        ]

        def meanwhile(number: int, changes: Changes) -> None:
            if acts:
                acts.pop(0)(crew)
            crew.check_standings()

        rename(through(crew, Watched(crew.store, before=meanwhile)))

        assert dict.fromkeys("0234569", "N") | {"1": "C"} == verdicts(crew)
        check(crew)

    @refusal
    def test_contractors_that_come_late_to_a_rollout_beyond_one_commit_are_prepared_in_more(self, crew: World) -> None:
        start = crew.store.head()

        def meanwhile(world: World) -> None:
            for number in (7, 8, 9):
                come(world, number)

        rename(before_commit(crew, LAST, meanwhile))

        steps = [
            action for action in actions(crew, start.sequence) if action in staging.ROLLOUT_ACTIONS | {"put_client"}
        ]
        assert [*STEPS[:-1], *["prepare_standings"] * 2, "put_client"] == steps
        assert "N" == verdicts(crew)["9"]
        assert start.generation + 1 == crew.store.head().generation
        check(crew)

    @refusal
    def test_a_change_of_few_contractors_that_become_many_before_its_commit_becomes_a_rollout(
        self, crew: World
    ) -> None:
        def meanwhile(world: World) -> None:
            for number in (1, 2, 3):
                move(world, number, "client-2")

        before_commit(crew, 1, meanwhile).recruiter.put_client(make.client(id="client-2", name="Quay"))

        assert {"1": "N", "2": "N", "3": "N", "4": "C", "5": "C", "6": "N"} == verdicts(crew)
        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    def test_a_contractor_that_another_program_moves_away_at_the_end_of_a_rollout_stands_right(
        self, crew: World
    ) -> None:
        work = make.assignment(client_id="client-2")

        rename(before_commit(crew, LAST, lambda world: world.record(work, contractor_id="contractor-1")))

        assert "C" == verdicts(crew)["1"]
        check(crew)

    @refusal
    def test_a_rollout_whose_contractors_change_at_every_try_says_so_and_is_not_seen(self, crew: World) -> None:
        def meanwhile(number: int, changes: Changes) -> None:
            if changes.action == "put_client":
                crew.manager.record_opt_in("contractor-1", EnrollmentState.STARTED)

        with pytest.raises(ConflictError, match="other members keep changing them"):
            rename(through(crew, Watched(crew.store, before=meanwhile)))
        assert "Sample Mills Corp" == client_name(crew)
        check(crew)

        rename(crew)
        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    @pytest.mark.parametrize("number", [2, LAST])
    def test_a_rollout_whose_settings_change_says_so_and_can_be_made_again(self, crew: World, number: int) -> None:
        desk = before_commit(crew, number, lambda world: world.set(gate=AssignmentGate.BLOCK))
        with pytest.raises(ConflictError, match="company"):
            rename(desk)
        assert "Sample Mills Corp" == client_name(crew)
        check(crew)

        rename(crew)
        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    @pytest.mark.parametrize("number", [1, 3, LAST])
    def test_a_rollout_of_a_client_that_another_program_changes_says_so_and_can_be_made_again(
        self, crew: World, number: int
    ) -> None:
        other = make.client(name="Another Paper Works")
        with pytest.raises(ConflictError, match="client 'client-1'"):
            rename(before_commit(crew, number, lambda world: world.record(other)))

        rename(crew)
        assert RENAMED.name == client_name(crew)
        check(crew)

    @refusal
    @pytest.mark.parametrize("number", range(1, LAST + 1))
    def test_a_rollout_requested_twice_at_once_has_one_effect(self, crew: World, number: int) -> None:
        start = crew.store.head().sequence
        done: list[CommandResult] = []

        desk = before_commit(crew, number, lambda world: done.append(rename(world)))
        try:
            again = rename(desk)
        except NotAllowedError:
            # It was finished meanwhile, by the same member.
            again = rename(crew)

        assert [attrs.evolve(again, repeated=False)] == done
        assert STEPS == actions(crew, start)
        check(crew)

    @refusal
    @pytest.mark.parametrize("number", range(1, LAST + 1))
    def test_one_of_two_rollouts_at_once_is_refused(self, crew: World, number: int) -> None:
        told: list[ContractorComplianceError] = []

        def meanwhile(world: World) -> None:
            try:
                world.owner.change_company(name="Renamed Staffing")
            except REFUSED as error:
                told.append(error)

        try:
            rename(before_commit(crew, number, meanwhile))
        except REFUSED as error:
            told.append(error)

        assert 1 == len(told)
        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    def test_a_change_of_a_contractor_overtaken_by_a_rollout_conflicts_and_can_be_made_again(self, crew: World) -> None:
        """A standing of the generation before would be seen by nobody."""
        policy = casualty()
        with pytest.raises(ConflictError):
            before_commit(crew, 1, rename).reviewer.record_policy("contractor-1", policy)

        crew.reviewer.record_policy("contractor-1", policy)
        check(crew)

    @refusal
    @pytest.mark.parametrize("number", range(1, LAST))
    def test_the_rollout_of_a_member_who_is_removed_during_it_stops_and_is_not_seen(
        self, crew: World, number: int
    ) -> None:
        desk = after_commit(crew, number, lambda world: world.owner.remove_member("recruiter-1"))
        with pytest.raises((AccessDeniedError, ConflictError), match=r"may not update clients|member 'recruiter-1'"):
            rename(desk)
        assert ("Sample Mills Corp", dict.fromkeys("123456", "C")) == (client_name(crew), verdicts(crew))
        check(crew)

        withdraw(crew)
        crew.manager.put_client(RENAMED)
        check(crew)

    def test_many_simultaneous_changes_leave_every_standing_right(self, crew: World) -> None:
        """Two threads rename clients, one of them that of many, and one changes a contractor, until all is done."""
        done: dict[str, bool] = {}

        def insist(key: str, act: Callable[[MemberDesk], object]) -> None:
            desk = through(crew, crew.unbound.for_company(crew.company_id)).owner
            while not done.get(key):
                with suppress(*REFUSED):
                    act(desk)
                    done[key] = True

        def ask(number: int, step: int, key: str) -> Callable[[MemberDesk], object]:
            if number < 3:
                renamed = make.client(id=f"client-{number}", name=f"Renamed {step}")
                return lambda desk: desk.put_client(renamed, key=key)
            moved = make.assignment(client_id=f"client-{step}", job_code_id="IT-1")
            return lambda desk: desk.change_assignment("contractor-6", moved, key=key)

        def work(number: int) -> None:
            for step in (1, 2):
                key = f"{number}.{step}"
                insist(key, ask(number, step, key))

        with ThreadPoolExecutor(3) as threads:
            list(threads.map(work, (1, 2, 3)))

        check(crew)
        check_nothing_is_announced(crew)


class TestInterruptions:
    """What stops in the middle can be made again, or be withdrawn."""

    @refusal
    @pytest.mark.parametrize(("number", "how"), ANYWHERE)
    def test_an_interrupted_rollout_made_again_goes_on_where_it_was_and_has_one_effect(
        self, crew: World, number: int, how: str
    ) -> None:
        start = crew.store.head().sequence
        interrupt(crew, number, how, rename)
        check(crew)

        done = rename(crew)

        assert ((number, how) == (LAST, "after"), start + LAST) == (done.repeated, done.sequence)
        assert STEPS == actions(crew, start)
        assert RENAMED.name == client_name(crew)
        check(crew)
        check_nothing_is_announced(crew)

    def test_a_rollout_interrupted_often_goes_on_and_has_one_effect_on_every_store(self, crew: World) -> None:
        lost = {1: "before", 2: "after", 3: "before", 4: "after", 6: "before", 9: "after", 13: "before", 17: "after"}
        faulty = through(crew, Faulty(crew.store, lost))
        start = crew.store.head().sequence
        for _ in lost:
            with pytest.raises((UnavailableError, CommitUnknownError)):
                rename(faulty)
            crew.check_standings()

        done = rename(faulty)

        assert (STEPS, done.repeated) == (actions(crew, start), True)
        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    @pytest.mark.parametrize(("number", "how"), [(2, "after"), (LAST, "before")])
    @pytest.mark.parametrize("what", MEANWHILE)
    def test_changes_before_an_interrupted_rollout_is_made_again_have_the_right_standing(
        self, crew: World, what: str, number: int, how: str
    ) -> None:
        interrupt(crew, number, how, rename)
        MEANWHILE[what](crew)
        check(crew)

        rename(crew)

        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    @pytest.mark.parametrize(("number", "how"), HALFWAY)
    def test_an_interrupted_rollout_that_another_member_withdraws_leaves_nothing(
        self, crew: World, number: int, how: str
    ) -> None:
        interrupt(crew, number, how, rename)

        withdraw(crew)

        assert ("Sample Mills Corp", dict.fromkeys("123456", "C")) == (client_name(crew), verdicts(crew))
        check(crew)
        check_nothing_is_announced(crew)
        crew.recruiter.put_client(make.client(name="Another Paper Works"))
        assert "N" == verdicts(crew)["1"]
        check(crew)

    def test_standings_are_right_on_every_store_after_a_rollout_with_changes_is_withdrawn(self, crew: World) -> None:
        interrupt(crew, 4, "after", rename)
        MEANWHILE["the first one goes to another client"](crew)
        MEANWHILE["one comes who sorts last"](crew)

        withdraw(crew)

        check(crew)
        rename(crew)
        check(crew)

    @refusal
    @pytest.mark.parametrize("what", MEANWHILE)
    def test_every_standing_is_right_after_changes_and_then_the_withdrawal_of_a_rollout(
        self, crew: World, what: str
    ) -> None:
        interrupt(crew, 4, "after", rename)
        MEANWHILE[what](crew)

        withdraw(crew)

        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    @pytest.mark.parametrize(("begun", "number"), [(rename, 2), (publish, 4)])
    @pytest.mark.parametrize("what", MEANWHILE)
    def test_changes_at_any_step_of_a_withdrawal_have_the_right_standing(
        self, crew: World, begun: Act, what: str, number: int
    ) -> None:
        interrupt(crew, 4, "before", begun)

        def meanwhile(world: World) -> None:
            MEANWHILE[what](world)
            check(world)

        withdraw(before_commit(crew, number, meanwhile))

        assert 2 == crew.rulebook().version
        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    def test_a_withdrawn_rollout_may_be_requested_again_with_the_same_key(self, crew: World) -> None:
        """With the same key: it was never done."""
        interrupt(crew, 4, "after", rename)
        withdraw(crew)
        MEANWHILE["one loses its cover"](crew)

        done = rename(crew)

        assert (False, RENAMED.name) == (done.repeated, client_name(crew))
        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    def test_the_staged_standings_of_withdrawn_rollouts_never_surface(self, crew: World) -> None:
        """Neither those of a change of many, nor those of a rule book, whichever came first."""
        for first, second in ((rename, publish), (publish, rename)):
            for begun in (first, second):
                interrupt(crew, 4, "after", begun)
                crew.owner.withdraw_publication()
                check(crew)

        crew.owner.change_company(aliases=["Sample Staffing"])
        check(crew)

    @refusal
    def test_an_interrupted_rollout_refuses_other_rollouts_and_lets_changes_of_few_go_on(self, crew: World) -> None:
        interrupt(crew, 3, "after", rename)
        message = (
            "Another change of many contractors is being prepared \\(update clients: client-1\\).*withdraw_publication"
        )

        with crew.refuses(NotAllowedError, message):
            crew.owner.change_company(name="Renamed Staffing")
        with crew.refuses(NotAllowedError, message):
            crew.reviewer.put_carrier(WEAK)
        with crew.refuses(NotAllowedError, message):
            crew.manager.put_client(RENAMED)
        for act in MEANWHILE.values():
            act(crew)
            check(crew)
        crew.billing.put_rate_card(make.rate_card())
        crew.set(gate=AssignmentGate.HOLD)

        rename(crew)
        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    def test_an_interrupted_rollout_whose_contractors_became_few_ends_with_nothing_announced(self, crew: World) -> None:
        interrupt(crew, 3, "after", rename)
        for number in (1, 2, 3):
            move(crew, number, "client-2")

        rename(crew)

        assert RENAMED.name == client_name(crew)
        check(crew)
        crew.owner.change_company(name="Renamed Staffing")
        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    def test_no_rule_book_is_published_while_an_interrupted_rollout_waits(self, crew: World) -> None:
        interrupt(crew, 4, "after", rename)
        with crew.refuses(
            NotAllowedError, "A change of many contractors is being prepared \\(update clients: client-1\\)"
        ):
            publish(crew)

        withdraw(crew)
        publish(crew)

        assert 3 == crew.rulebook().version
        check(crew)

    @refusal
    @pytest.mark.parametrize("number", [2, 3, 4, 5])
    def test_an_interrupted_publication_refuses_rollouts_and_lets_changes_of_few_go_on(
        self, crew: World, number: int
    ) -> None:
        interrupt(crew, number, "before", publish)

        with crew.refuses(NotAllowedError, "A rule book is being published, and this change affects many contractors"):
            rename(crew)
        crew.recruiter.put_client(make.client(id="client-2", name="Quay"))
        crew.reviewer.put_carrier(WEAK_CASUALTY)
        check(crew)

        publish(crew)
        assert 3 == crew.rulebook().version
        check(crew)

    @refusal
    @pytest.mark.parametrize(("number", "how"), HALFWAY[::2])
    def test_an_interrupted_publication_of_a_rule_book_can_be_withdrawn(
        self, crew: World, number: int, how: str
    ) -> None:
        interrupt(crew, number, how, publish)
        MEANWHILE["one comes who sorts last"](crew)

        withdraw(crew)

        assert (2, None) == (crew.rulebook().version, crew.pending())
        check(crew)
        rename(crew)
        check(crew)
        publish(crew)
        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    @pytest.mark.parametrize(("number", "how"), ANYWHERE)
    def test_a_withdrawal_that_stops_goes_on_when_it_is_made_again(self, crew: World, number: int, how: str) -> None:
        interrupt(crew, 3, "after", rename if number % 2 else publish)
        start = crew.store.head().sequence
        interrupt(crew, number, how, withdraw)
        check(crew)

        done = withdraw(crew)

        assert ((number, how) == (LAST, "after")) is done.repeated
        assert [*STEPS[:-1], "withdraw_publication"] == actions(crew, start)
        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    @pytest.mark.parametrize("number", [2, 3, 4, 5])
    def test_a_withdrawal_that_stopped_is_finished_by_another(self, crew: World, number: int) -> None:
        interrupt(crew, 4, "before", rename)
        interrupt(crew, number, "before", withdraw)
        MEANWHILE["one of another client comes to it"](crew)
        check(crew)

        crew.manager.withdraw_publication()

        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    def test_an_interrupted_withdrawal_refuses_rollouts_and_lets_changes_of_few_go_on(self, crew: World) -> None:
        interrupt(crew, 4, "before", rename)
        interrupt(crew, 3, "before", withdraw)

        with crew.refuses(NotAllowedError, "is being prepared \\(withdraw a publication\\)"):
            rename(crew)
        with crew.refuses(NotAllowedError, "is being prepared \\(withdraw a publication\\)"):
            publish(crew)
        for act in MEANWHILE.values():
            act(crew)
            check(crew)

        withdraw(crew)
        check(crew)

    @pytest.mark.parametrize("number", [2, LAST])
    def test_a_rollout_withdrawn_while_its_author_goes_on_is_withdrawn_and_raises_for_the_author(
        self, crew: World, number: int
    ) -> None:
        with pytest.raises(REFUSED, match=r"withdrawn, by another member|changes by others"):
            rename(before_commit(crew, number, withdraw))

        assert "Sample Mills Corp" == client_name(crew)
        check(crew)
        check_nothing_is_announced(crew)
        rename(crew)
        check(crew)

    @refusal
    @pytest.mark.parametrize("begun", [rename, publish])
    @pytest.mark.parametrize("number", range(2, LAST + 1))
    def test_a_rollout_that_another_member_withdraws_at_any_step_stops_and_can_be_made_again(
        self, crew: World, number: int, begun: Act
    ) -> None:
        with pytest.raises(REFUSED, match=r"withdrawn, by another member|changes by others"):
            begun(before_commit(crew, number, withdraw))

        assert ("Sample Mills Corp", 2) == (client_name(crew), crew.rulebook().version)
        check(crew)
        check_nothing_is_announced(crew)
        begun(crew)
        check(crew)

    @refusal
    @pytest.mark.parametrize("begun", [rename, publish])
    @pytest.mark.parametrize("number", range(1, LAST + 1))
    def test_a_member_who_goes_on_with_a_rollout_or_the_one_who_withdraws_it_is_refused(
        self, crew: World, number: int, begun: Act
    ) -> None:
        interrupt(crew, 3, "before", begun)
        told: list[ContractorComplianceError] = []

        def go_on(world: World) -> None:
            try:
                begun(world)
            except REFUSED as error:
                told.append(error)

        try:
            withdraw(before_commit(crew, number, go_on))
        except REFUSED as error:
            told.append(error)

        assert 1 == len(told)
        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    @pytest.mark.parametrize("number", range(1, LAST + 1))
    def test_one_of_two_members_who_withdraw_a_rollout_at_once_is_refused(self, crew: World, number: int) -> None:
        interrupt(crew, 4, "before", rename)

        with pytest.raises(REFUSED, match=r"finished|changes by others"):
            withdraw(before_commit(crew, number, lambda world: world.manager.withdraw_publication()))

        check(crew)
        check_nothing_is_announced(crew)

    @refusal
    def test_a_late_withdrawal_does_not_touch_the_rollout_announced_next(self, crew: World) -> None:
        interrupt(crew, 4, "before", rename)

        def meanwhile(world: World) -> None:
            world.manager.withdraw_publication()
            interrupt(world, 4, "before", publish)

        with pytest.raises(REFUSED):
            withdraw(before_commit(crew, 3, meanwhile))

        assert crew.pending() is not None
        check(crew)
        publish(crew)
        check(crew)

    def test_a_withdrawal_reports_its_progress(self, crew: World) -> None:
        told: list[tuple[int, int]] = []
        interrupt(crew, 4, "before", rename)

        crew.owner.withdraw_publication(progress=lambda done, total: told.append((done, total)))

        assert [(2, 6), (4, 6), (6, 6)] == told

    @refusal
    def test_a_withdrawal_by_a_member_without_the_permission_is_refused(self, crew: World) -> None:
        interrupt(crew, 4, "before", rename)

        with crew.refuses(AccessDeniedError, "may not withdraw a publication"):
            crew.recruiter.withdraw_publication()


class TestCompany:
    """The company's name and zone."""

    def test_a_new_company_name_that_no_endorsement_gives_fails_every_contractor(self, trio: World) -> None:
        trio.owner.change_company(name="Renamed Personnel")

        assert dict.fromkeys("123", "N") == verdicts(trio)
        check(trio)

    def test_a_company_alias_that_the_endorsements_give_passes_every_contractor_again(self, trio: World) -> None:
        trio.owner.change_company(name="Renamed Personnel")

        trio.owner.change_company(aliases=["Sample Staffing Inc"])

        assert dict.fromkeys("123", "C") == verdicts(trio)
        check(trio)

    def test_a_new_company_name_that_affects_many_contractors_is_prepared_and_switched_to(self, crew: World) -> None:
        start = crew.store.head().sequence

        crew.owner.change_company(name="Renamed Personnel")

        assert [*STEPS[:-1], "change_company"] == actions(crew, start)
        assert dict.fromkeys("123456", "N") == verdicts(crew)
        check(crew)

    @refusal
    @pytest.mark.parametrize(("number", "how"), ANYWHERE[1::3])
    def test_an_interrupted_change_of_the_company_name_goes_on_where_it_was(
        self, crew: World, number: int, how: str
    ) -> None:
        def change(world: World) -> CommandResult:
            return world.owner.change_company(name="Renamed Personnel", key="rename company")

        interrupt(crew, number, how, change)
        MEANWHILE["one comes who sorts first"](crew)
        check(crew)

        change(crew)

        assert "N" == verdicts(crew)["6"]
        check(crew)
        check_nothing_is_announced(crew)

    def test_a_contractor_that_comes_while_the_company_is_renamed_is_included(self, trio: World) -> None:
        before_commit(trio, 1, lambda world: come(world, 4)).owner.change_company(name="Renamed Personnel")

        assert "N" == verdicts(trio)["4"]
        check(trio)

    @refusal
    @pytest.mark.parametrize("number", [1, 2, 3])
    @pytest.mark.parametrize("begun", [publish, withdraw])
    def test_a_company_renamed_at_any_step_of_a_publication_leaves_standings_right(
        self, trio: World, begun: Act, number: int
    ) -> None:
        if begun is withdraw:
            interrupt(trio, 2, "before", publish)

        def meanwhile(world: World) -> None:
            world.owner.change_company(name="Renamed Personnel")
            check(world)

        try:
            begun(before_commit(trio, number, meanwhile))
        except ConflictError:
            begun(trio)

        check(trio)
        check_nothing_is_announced(trio)

    @refusal
    @pytest.mark.parametrize("begun", [publish, withdraw])
    def test_a_company_renamed_after_a_publication_was_announced_leaves_standings_right(
        self, trio: World, begun: Act
    ) -> None:
        if begun is withdraw:
            interrupt(trio, 2, "before", publish)

        def meanwhile(world: World) -> None:
            world.owner.change_company(name="Renamed Personnel")
            check(world)

        begun(after_commit(trio, 1, meanwhile))

        check(trio)
        check_nothing_is_announced(trio)

    def test_the_zone_of_the_company_says_what_today_is(self, trio: World) -> None:
        trio.reviewer.record_cancellation(
            "contractor-1", "policy-general_liability", make.cancellation(date(2026, 6, 2))
        )
        before = (trio.owner.profile("contractor-1").day, verdicts(trio)["1"])

        trio.owner.change_company(zone="Asia/Tokyo")

        after = (trio.owner.profile("contractor-1").day, verdicts(trio)["1"])
        assert ((TODAY, "C"), (date(2026, 6, 2), "N")) == (before, after)
        check(trio)

    @refusal
    def test_a_change_of_the_company_zone_alone_writes_no_standing(self, crew: World) -> None:
        crew.owner.change_company(zone="Asia/Tokyo")

        assert set() == rewritten(crew)

    @refusal
    def test_fields_of_the_company_that_a_change_leaves_out_stay_as_they_were(self, trio: World) -> None:
        trio.set(gate=AssignmentGate.BLOCK)
        before = trio.dossier().company

        trio.owner.change_company(aliases=["Sample Staffing"])
        trio.owner.change_company(zone="America/Chicago")

        assert attrs.evolve(before, aliases=("Sample Staffing",), zone="America/Chicago") == trio.dossier().company

    @refusal
    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"name": "Sample Staffing Inc"},
            {"aliases": []},
            {"zone": "America/New_York"},
            {"name": "Sample Staffing Inc", "aliases": (), "zone": "America/New_York"},
        ],
    )
    def test_a_change_of_the_company_that_changes_nothing_is_refused(self, trio: World, asked: Any) -> None:
        with trio.refuses(NotAllowedError, "Nothing of the company would be changed"):
            trio.owner.change_company(**asked)

    @refusal
    @pytest.mark.parametrize(
        ("asked", "path"),
        [
            ({"name": " "}, "$.name"),
            ({"name": ""}, "$.name"),
            ({"aliases": ["Sample Staffing", " "]}, "$.aliases[1]"),
            ({"zone": "Mars/Olympus"}, "$.zone"),
        ],
    )
    def test_an_invalid_company_name_or_zone_is_refused_with_its_path(self, trio: World, asked: Any, path: str) -> None:
        before = trio.store.head()
        with pytest.raises(InvalidValueError) as raised:
            trio.owner.change_company(**asked)

        assert [path] == [fault.path for fault in raised.value.faults]
        assert before == trio.store.head()

    @refusal
    @pytest.mark.parametrize("name", ["recruiter", "reviewer", "billing", "auditor"])
    def test_a_change_of_the_company_by_a_member_without_the_permission_is_refused(
        self, trio: World, name: str
    ) -> None:
        with trio.refuses(AccessDeniedError, "may not change the company's name"):
            trio.acting_as(name).change_company(name="Renamed Personnel")


MAIL = "pat@example.com"


def add(number: int, email: str = MAIL, *, owner: bool = False) -> Act:
    """Return what adds a contractor with an e-mail address."""
    contractor = make.contractor(id=f"contractor-{number}", email=email)
    return lambda world: (world.owner if owner else world.recruiter).add_contractor(contractor)


def update(number: int, email: str = MAIL) -> Act:
    """Return what gives a contractor an e-mail address."""
    contractor = make.contractor(id=f"contractor-{number}", email=email)
    return lambda world: world.recruiter.update_contractor(contractor)


class TestMail:
    """Two contractors have the same e-mail address only if the company allows it."""

    PAIRS: Mapping[str, tuple[Act, Act]] = {
        "both come": (add(8), add(9)),
        "one comes": (add(8), update(1)),
        "one is there": (update(1), add(8)),
        "both are there": (update(1), update(2)),
        "in other letters": (add(8), add(9, MAIL.upper())),
    }

    @pytest.mark.parametrize("pair", PAIRS)
    def test_the_contractor_whose_email_is_recorded_first_keeps_it(self, trio: World, pair: str) -> None:
        late, first = self.PAIRS[pair]

        with pytest.raises(NotAllowedError, match="has this e-mail address"):
            late(before_commit(trio, 1, first))

        assert 1 == trio.store.count(Query(email=MAIL))
        check(trio)

    @refusal
    @pytest.mark.parametrize("moment", [("head", 2), ("page", 2)], ids=lambda moment: moment[0])
    @pytest.mark.parametrize("pair", ["both come", "one is there"])
    def test_an_email_taken_between_any_two_reads_is_seen(
        self, trio: World, pair: str, moment: tuple[str, int]
    ) -> None:
        late, first = self.PAIRS[pair]

        with pytest.raises(NotAllowedError, match="has this e-mail address"):
            late(through(trio, Before(trio.store, *moment, lambda: first(trio))))

        assert 1 == trio.store.count(Query(email=MAIL))

    @pytest.mark.parametrize("pair", ["both come", "both are there"])
    def test_exactly_one_of_two_threads_gets_an_email(self, trio: World, pair: str) -> None:
        def attempt(act: Act) -> str:
            try:
                act(through(trio, trio.unbound.for_company(trio.company_id)))
            except NotAllowedError:
                return "refused"
            return "done"

        with ThreadPoolExecutor(2) as threads:
            came = sorted(threads.map(attempt, self.PAIRS[pair]))

        assert ["done", "refused"] == came
        assert 1 == trio.store.count(Query(email=MAIL))
        check(trio)

    @refusal
    @pytest.mark.parametrize("pair", PAIRS)
    def test_two_contractors_get_one_email_at_once_where_the_settings_allow_it(self, trio: World, pair: str) -> None:
        trio.set(allow_shared_email=True)
        late, first = self.PAIRS[pair]

        late(before_commit(trio, 1, first))

        assert 2 == trio.store.count(Query(email=MAIL))

    @refusal
    def test_a_setting_that_forbids_shared_emails_just_before_the_commit_counts(self, trio: World) -> None:
        trio.set(allow_shared_email=True)
        add(8)(trio)

        with pytest.raises(ConflictError, match="company"):
            add(9)(before_commit(trio, 1, lambda world: world.set(allow_shared_email=False)))
        with trio.refuses(NotAllowedError, "'contractor-8' has this e-mail address"):
            add(9)(trio)

    @refusal
    def test_an_email_that_becomes_free_just_before_the_commit_is_given(self, trio: World) -> None:
        """What counts is what holds when it is recorded."""
        add(8)(trio)

        add(9)(through(trio, Before(trio.store, "page", 2, lambda: update(8, "other@example.com")(trio))))

        assert MAIL == trio.contractor("contractor-9").email

    @refusal
    def test_a_contractor_that_keeps_an_email_once_shared_may_be_changed_in_other_fields(self, trio: World) -> None:
        trio.set(allow_shared_email=True)
        add(8)(trio)
        add(9)(trio)
        trio.set(allow_shared_email=False)

        trio.recruiter.update_contractor(make.contractor(id="contractor-9", email=MAIL, phone="334 555 0100"))

        assert "334 555 0100" == trio.contractor("contractor-9").phone

    @refusal
    def test_an_email_is_given_although_other_contractors_change_at_the_same_time(self, trio: World) -> None:
        numbers = iter(range(10, 13))
        watched = Watched(
            trio.store, before=lambda now, _: add(next(numbers), f"{now}@example.com")(trio) if now < 4 else None
        )

        add(8)(through(trio, watched))

        assert (4, 1) == (watched.commits, trio.store.count(Query(email=MAIL)))
        check(trio)

    @refusal
    def test_an_email_that_cannot_be_checked_while_records_keep_changing_raises_a_conflict(self, trio: World) -> None:
        watched = Watched(trio.store, before=lambda *_: trio.manager.record_opt_in("contractor-1", _STARTED))

        with pytest.raises(ConflictError, match="keep changing"):
            add(8)(through(trio, watched))

        assert 0 == trio.store.count(Query(email=MAIL))

    @refusal
    @pytest.mark.parametrize("begun", [rename, publish])
    def test_an_email_of_another_contractor_is_refused_during_a_rollout_as_well(self, crew: World, begun: Act) -> None:
        interrupt(crew, 3, "after", begun)

        with pytest.raises(NotAllowedError, match="has this e-mail address"):
            add(8)(before_commit(crew, 1, add(9)))

        check(crew)
        begun(crew)
        check(crew)


_STARTED = EnrollmentState.STARTED


# Histories that Hypothesis makes up


@attrs.frozen
class Ask:
    """A request of an owner, with a key; its text describes it if it fails."""

    use_case: str
    arguments: tuple[Any, ...] = ()

    def __call__(self, world: World, key: str) -> object:
        return getattr(world.owner, self.use_case)(*self.arguments, key=key)


@attrs.frozen
class Work:
    """A request that a contractor work for a client, whether it is there and at work or not.

    What has to be asked for that depends on what is there, and each request has a key of its own.
    """

    contractor_id: str
    client_id: str

    def __call__(self, world: World, key: str) -> object:
        if self.contractor_id not in world.contractor_ids():
            return world.owner.add_contractor(make.contractor(id=self.contractor_id), key=f"{key} as a contractor")
        for before in world.dossier(self.contractor_id).assignments:
            changed = attrs.evolve(before, client_id=self.client_id)
            return world.owner.change_assignment(self.contractor_id, changed, key=f"{key} from {before.client_id}")
        work = make.assignment(client_id=self.client_id)
        return world.owner.add_assignment(self.contractor_id, work, key=f"{key} as work")


@attrs.frozen
class Rename:
    """A request that the company be called otherwise."""

    name: str

    def __call__(self, world: World, key: str) -> object:
        return world.owner.change_company(name=self.name, key=key)


Asked = Ask | Work | Rename

numbers = st.sampled_from((1, 1, 2, 3, 4))
client_ids = st.sampled_from(("client-1", "client-1", "client-2"))
insurers = st.sampled_from(
    (
        {},
        {"carrier_name": CASUALTY, "carrier_naic": CASUALTY_NAIC},
        {"carrier_name": "New Insurance Company", "carrier_naic": None},
    )
)
put_carriers = st.sampled_from(
    (
        WEAK,
        WEAK_CASUALTY,
        make.carrier(name="New Insurance Company", naic=CASUALTY_NAIC),
        make.carrier(name="New Insurance Company", naic=None),
        make.carrier(name="New Insurance Company", naic="99906", ratings=(_LOW,)),
    )
)


contractor_ids = numbers.map(lambda number: f"contractor-{number}")
contractor_asks: st.SearchStrategy[Asked] = st.one_of(
    st.builds(Work, contractor_ids, client_ids),
    st.builds(lambda name, of: Ask("record_policy", (name, cover(**of))), contractor_ids, insurers),
    st.builds(lambda name: Ask("record_opt_in", (name, _STARTED)), contractor_ids),
)
shared_asks: st.SearchStrategy[Asked] = st.one_of(
    st.builds(
        lambda id_, name: Ask("put_client", (make.client(id=id_, name=name),)),
        client_ids,
        st.sampled_from(("Sample Mills Corp", "Renamed Paper Works")),
    ),
    put_carriers.map(lambda carrier: Ask("put_carrier", (carrier,))),
    st.builds(Rename, st.sampled_from(("Sample Staffing Inc", "Renamed Personnel"))),
    st.sampled_from((LIGHTER, make.rulebook(*ASKED))).map(lambda book: Ask("publish_rulebook", (book,))),
)
withdrawals: st.SearchStrategy[Asked] = st.just(Ask("withdraw_publication"))
asks = st.one_of(contractor_asks, shared_asks, shared_asks, withdrawals)
#: Before which commits something happens, and what.
steps = st.sampled_from((1, 1, 2, 2, 3, 4, 5))
betweens = st.dictionaries(steps, asks, min_size=1, max_size=2)
faults = st.dictionaries(steps, st.sampled_from(HOWS), max_size=1)


class SharedHistory(RuleBasedStateMachine):
    """Members change what is shared and what is not, while others do, and now and then an answer is lost."""

    def __init__(self) -> None:
        super().__init__()
        self._patch = pytest.MonkeyPatch()
        clock = FrozenClock(NOW)
        self.world = World.founded(MemoryStore(clock=clock), clock)
        self._numbers = 0
        self._unanswered: list[tuple[Asked, str]] = []

    def teardown(self) -> None:
        """Whatever is left announced can be withdrawn, and then everybody can be changed."""
        try:
            try:
                self.world.owner.withdraw_publication()
            except NotAllowedError as error:
                assert "Nothing is being published" in str(error)  # noqa: PT017  # only else is there one
            check(self.world)
            self.world.owner.change_company(name="Last Personnel")
            check(self.world)
            check_nothing_is_announced(self.world)
        finally:
            self._patch.undo()

    @initialize(at_once=st.sampled_from((1, 2, 4, 4)), page=st.integers(1, 3))
    def begin(self, at_once: int, page: int) -> None:
        """Put an office and three contractors on file, and say how many are many."""
        self._patch.setattr(committing, "MAX_IN_ONE_COMMIT", at_once)
        self._patch.setattr(staging, "PAGE_SIZE", page)
        few(self.world)
        self.world.record(make.contractor(), cover(carrier_name="New Insurance Company", carrier_naic=None))

    @rule(ask=st.one_of(shared_asks, withdrawals), between=betweens, lost=faults)
    def change_what_is_shared(self, ask: Asked, between: dict[int, Asked], lost: dict[int, str]) -> None:
        self._ask_through(ask, self._key(), between, lost)

    @rule(ask=contractor_asks, between=betweens, lost=faults)
    def change_a_contractor(self, ask: Asked, between: dict[int, Asked], lost: dict[int, str]) -> None:
        self._ask_through(ask, self._key(), between, lost)

    @rule(place=st.integers(0, 5), between=betweens, lost=faults)
    def ask_again(self, place: int, between: dict[int, Asked], lost: dict[int, str]) -> None:
        """The same request comes again, whatever has happened since."""
        if self._unanswered:
            ask, key = self._unanswered.pop(place % len(self._unanswered))
            self._ask_through(ask, key, between, lost)

    @invariant()
    def every_standing_is_what_follows_and_the_audit_is_whole(self) -> None:
        check(self.world)

    def _key(self) -> str:
        self._numbers += 1
        return f"key-{self._numbers}"

    def _ask_through(self, ask: Asked, key: str, between: dict[int, Asked], lost: dict[int, str]) -> None:
        def before(number: int, changes: Changes) -> None:
            if number in between:
                self._ask(self.world, between[number], self._key())
                check(self.world)

        self._ask(through(self.world, Watched(Faulty(self.world.store, lost), before=before)), ask, key)

    def _ask(self, world: World, ask: Asked, key: str) -> None:
        """Let something be done, or be refused."""
        try:
            ask(world, key)
        except (UnavailableError, CommitUnknownError):
            self._unanswered.append((ask, key))
        except (ConflictError, NotAllowedError, NotOnFileError):
            pass


TestSharedHistory = tiers.history(SharedHistory, tests=10, stress=30, steps=8)


@refusal
def test_two_insurers_of_one_name_both_count(trio: World) -> None:
    """One of them was known of another policy of the contractor; the other was not."""
    named = "New Insurance Company"
    trio.owner.put_carrier(make.carrier(name=named, naic=None))
    trio.owner.put_carrier(make.carrier(name=named, naic=CASUALTY_NAIC))

    trio.owner.record_policy("contractor-3", cover(carrier_name=named, carrier_naic=None))

    check(trio)


@refusal
def test_a_conflict_with_another_shared_change_is_described_in_words(world: World) -> None:
    world.record(make.contractor())
    faulty = Faulty(world.store, meanwhile=lambda: world.manager.put_carrier(make.carrier(name="Another Insurer")))

    with pytest.raises(ConflictError, match="insurers, or a change of many contractors: expected none"):
        through(world, faulty).recruiter.record_opt_in("contractor-1", EnrollmentState.INVITED)
