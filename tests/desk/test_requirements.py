"""The company's own requirements: presets, what a draft would change, publication in pages, and who pays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import attrs
import pytest

from contractor_compliance.desk import PRESETS, preset, staging
from contractor_compliance.domain import CompanySettings, LimitKind, Line, Payer, PayerChoice, Policy, RuleBook
from contractor_compliance.errors import (
    AccessDeniedError,
    NotAllowedError,
    UnavailableError,
)
from contractor_compliance.results import InsuranceStatus, PayerOrigin, Verdict
from contractor_compliance.testing import factories as make
from tests.desk.faults import Faulty, through
from tests.desk.world import TODAY, World, refusal

#: Asks for more than the sample policies have.
STRICTER = make.rulebook(
    make.gl_requirement(version=2, limits={LimitKind.EACH_OCCURRENCE: 2 * make.MILLION}), make.wc_requirement()
)
LIGHTER = make.rulebook(make.gl_requirement())


def covered(world: World, *numbers: int) -> None:
    """Put contractors at work on file with all the cover that is asked for."""
    for number in numbers:
        name = f"contractor-{number}"
        facts = (make.assignment(), make.gl_policy(), make.wc_policy())
        world.record(make.contractor(id=name), *facts, contractor_id=name)


class TestPresets:
    @pytest.mark.parametrize("name", sorted(PRESETS))
    def test_each_preset_may_be_published_as_it_is(self, world: World, name: str) -> None:
        covered(world, 1)

        world.manager.publish_rulebook(preset(name))

        assert preset(name).sets == world.rulebook().sets
        world.check_standings()

    def test_a_preset_of_an_unknown_name_is_refused(self) -> None:
        with pytest.raises(KeyError, match="strict"):
            preset("strict")


class TestPreview:
    def test_a_preview_lists_the_contractors_that_a_draft_would_judge_otherwise_and_how(self, world: World) -> None:
        covered(world, 1, 2)
        world.record(make.contractor(id="contractor-3"), contractor_id="contractor-3")

        changes = world.manager.preview_rulebook(STRICTER)

        before, after = (
            (Verdict.COMPLIANT, InsuranceStatus.INSURED),
            (Verdict.NON_COMPLIANT, InsuranceStatus.INSURED),
        )
        assert [("contractor-1", before, after), ("contractor-2", before, after)] == [
            (change.contractor_id, change.before, change.after) for change in changes
        ]

    def test_a_preview_of_the_present_rule_book_lists_no_contractor(self, world: World) -> None:
        covered(world, 1)

        assert () == world.manager.preview_rulebook(world.rulebook())

    def test_a_preview_of_a_draft_saves_nothing(self, world: World) -> None:
        covered(world, 1)
        before = world.state()

        world.manager.preview_rulebook(STRICTER)

        assert before == world.state()

    @refusal
    def test_a_preview_of_a_draft_is_for_members_who_may_publish(self, world: World) -> None:
        with world.refuses(AccessDeniedError, "may not publish rule books"):
            world.recruiter.preview_rulebook(STRICTER)


class TestPublication:
    @pytest.fixture(autouse=True)
    def pages_of_two(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Three contractors, who take two pages."""
        monkeypatch.setattr(staging, "PAGE_SIZE", 2)
        covered(world, 1, 2, 3)

    def test_a_publication_is_the_next_version_under_the_company_s_id(self, world: World) -> None:
        world.manager.publish_rulebook(attrs.evolve(STRICTER, id="draft", version=77))

        assert attrs.evolve(STRICTER, id=world.company_id, version=3) == world.rulebook()

    def test_every_standing_follows_a_publication(self, world: World) -> None:
        world.manager.publish_rulebook(STRICTER)

        assert [Verdict.NON_COMPLIANT] * 3 == [entry.verdict for entry in world.recruiter.roster().entries]
        world.check_standings()

    def test_a_publication_goes_in_pages_and_says_how_far_it_is(self, world: World) -> None:
        told: list[tuple[int, int]] = []
        before = world.store.head().sequence

        world.manager.publish_rulebook(STRICTER, progress=lambda done, total: told.append((done, total)))

        actions = [entry.action for entry in world.store.audit(before, 10)]
        assert ["announce_rulebook", "prepare_standings", "prepare_standings", "publish_rulebook"] == actions
        assert [(2, 3), (3, 3)] == told

    def test_readers_see_the_earlier_standings_while_a_publication_goes_on(self, world: World) -> None:
        seen: list[object] = []

        def look(done: int, total: int) -> None:
            verdicts = [entry.verdict for entry in world.recruiter.roster().entries]
            seen.append((world.recruiter.rulebook().version, verdicts))

        world.manager.publish_rulebook(STRICTER, progress=look)

        assert [(2, [Verdict.COMPLIANT] * 3)] * 2 == seen

    @pytest.mark.parametrize(
        ("page", "change"),
        [
            pytest.param(1, lambda world: world.reviewer.record_policy("contractor-1", _more()), id="of a page done"),
            pytest.param(
                1, lambda world: world.reviewer.record_policy("contractor-3", _more()), id="of a page to come"
            ),
            pytest.param(1, lambda world: covered_by_desk(world, "contractor-0"), id="a contractor that comes first"),
            pytest.param(1, lambda world: covered_by_desk(world, "contractor-9"), id="a contractor that comes last"),
            pytest.param(
                2, lambda world: covered_by_desk(world, "contractor-4"), id="a contractor after the last page"
            ),
            pytest.param(2, lambda world: world.recruiter.put_client(make.client(name="Renamed Corp")), id="a client"),
        ],
    )
    def test_changes_during_a_publication_stand_right_before_and_after(
        self, world: World, page: int, change: Callable[[World], object]
    ) -> None:
        told: list[int] = []

        def meanwhile(done: int, total: int) -> None:
            told.append(done)
            if len(told) == page:
                change(world)
                world.check_standings()

        world.manager.publish_rulebook(STRICTER, progress=meanwhile)

        assert 3 == world.rulebook().version
        world.check_standings()

    def test_a_change_while_a_publication_writes_a_page_is_not_overwritten(self, world: World) -> None:
        faulty = Faulty(world.store)
        desk = through(world, faulty).manager
        times: list[int] = []

        def between(done: int, total: int) -> None:
            if not times:
                faulty.meanwhile = lambda: world.reviewer.record_policy("contractor-3", _more())
            times.append(done)

        desk.publish_rulebook(STRICTER, progress=between)

        world.check_standings()
        assert Verdict.COMPLIANT is _verdict(world, "contractor-3")

    @pytest.mark.parametrize("commit", [2, 3, 4])
    def test_an_interrupted_publication_goes_on_where_it_was(self, world: World, commit: int) -> None:
        _interrupted(world, at=commit)
        world.check_standings()

        world.manager.publish_rulebook(STRICTER, key="publish")

        assert (3, None) == (world.rulebook().version, world.pending())
        world.check_standings()

    def test_another_member_may_finish_an_interrupted_publication(self, world: World) -> None:
        _interrupted(world, at=3)
        world.reviewer.record_policy("contractor-2", _more())
        world.check_standings()

        world.owner.publish_rulebook(STRICTER)

        assert (3, None) == (world.rulebook().version, world.pending())
        assert Verdict.COMPLIANT is _verdict(world, "contractor-2")
        world.check_standings()

    def test_another_draft_is_refused_while_a_publication_is_unfinished(self, world: World) -> None:
        _interrupted(world, at=3)

        with world.refuses(NotAllowedError, "Another rule book is being published"):
            world.manager.publish_rulebook(LIGHTER)

    @pytest.mark.parametrize("page", [2, 3])
    def test_a_member_overtaken_in_a_publication_writes_nothing_into_that_of_another(
        self, world: World, page: int
    ) -> None:
        """One is overtaken by another who publishes the same, and then by a third whose draft is all but published."""

        def overtaken(done: int, total: int) -> None:
            if done == page:
                world.owner.publish_rulebook(STRICTER)
                _interrupted(world, at=4, draft=LIGHTER)

        with pytest.raises(NotAllowedError, match=r"(finished|published), or withdrawn, by another member meanwhile"):
            world.manager.publish_rulebook(STRICTER, progress=overtaken)
        world.manager.publish_rulebook(LIGHTER, key="publish")

        assert (4, LIGHTER.sets) == (world.rulebook().version, world.rulebook().sets)
        world.check_standings()

    @refusal
    def test_publishing_the_present_rule_book_again_is_refused(self, world: World) -> None:
        world.manager.publish_rulebook(STRICTER)

        with world.refuses(NotAllowedError, "This is the present rule book of the company"):
            world.manager.publish_rulebook(STRICTER)

    def test_two_long_keys_of_publications_that_begin_alike_are_two_requests(self, world: World) -> None:
        world.manager.publish_rulebook(STRICTER, key="k" * 254 + "1")
        world.manager.publish_rulebook(LIGHTER, key="k" * 254 + "2")

        assert (4, LIGHTER.sets) == (world.rulebook().version, world.rulebook().sets)
        world.check_standings()

    def test_each_day_is_judged_by_the_requirements_valid_on_that_day(self, world: World) -> None:
        begins = date(2026, 7, 1)
        old = make.gl_requirement(until=begins)
        new = attrs.evolve(STRICTER.sets[0].requirements[0], effective=begins)

        world.manager.publish_rulebook(make.rulebook(old, new))

        assert [Verdict.COMPLIANT, Verdict.NON_COMPLIANT] == [
            _verdict(world, "contractor-1", day) for day in (TODAY, begins)
        ]

    @refusal
    def test_a_publication_by_a_member_without_the_permission_is_refused(self, world: World) -> None:
        with world.refuses(AccessDeniedError, "may not publish rule books"):
            world.recruiter.publish_rulebook(STRICTER)


class TestWhoPays:
    """For program cover: the assignment says, else the contractor, else the requirement, else the company."""

    @pytest.mark.parametrize(
        ("says", "expected"),
        [
            pytest.param({}, (Payer.CONTRACTOR, PayerOrigin.COMPANY), id="the company's default"),
            pytest.param({"company"}, (Payer.ORGANIZATION, PayerOrigin.COMPANY), id="the company's choice"),
            pytest.param({"requirement"}, (Payer.ORGANIZATION, PayerOrigin.REQUIREMENT), id="the requirement"),
            pytest.param(
                {"requirement", "contractor"}, (Payer.CONTRACTOR, PayerOrigin.CONTRACTOR), id="the contractor"
            ),
            pytest.param(
                {"requirement", "contractor", "assignment"},
                (Payer.ORGANIZATION, PayerOrigin.ASSIGNMENT),
                id="the assignment",
            ),
            pytest.param({"assignment", "own policy"}, (None, PayerOrigin.OWN), id="nobody, for a policy of its own"),
        ],
    )
    def test_the_nearest_choice_says_who_pays_and_the_answer_names_its_origin(
        self, founded: World, says: set[str], expected: tuple[Payer | None, PayerOrigin]
    ) -> None:
        def choice(payer: Payer, who: str) -> tuple[PayerChoice, ...]:
            return (PayerChoice(line=Line.GL, payer=payer),) if who in says else ()

        payer = Payer.ORGANIZATION if "requirement" in says else None
        world = founded.furnish(make.gl_requirement(payer=payer))
        if "company" in says:
            world.manager.change_settings(CompanySettings(payer=Payer.ORGANIZATION))
        policies: list[Any] = [make.gl_policy()] if "own policy" in says else []
        world.record(make.contractor(payers=choice(Payer.CONTRACTOR, "contractor")), *policies)

        work = make.assignment(payers=choice(Payer.ORGANIZATION, "assignment"))
        (finding,) = world.recruiter.preview_assignment("contractor-1", work).report.findings

        assert expected == (finding.payer, finding.payer_origin)

    def test_the_profile_shows_who_pays_and_the_origin_of_that_choice(self, world: World) -> None:
        world.record(make.contractor(payers=(PayerChoice(line=Line.GL, payer=Payer.ORGANIZATION),)), make.assignment())

        shown = world.recruiter.profile("contractor-1").html()

        assert "organization (chosen for the contractor)" in shown
        assert "contractor (the company&#x27;s default)" in shown


def _more() -> Policy:
    """Return GL that is enough for the stricter rule book."""
    limits = {LimitKind.EACH_OCCURRENCE: 2 * make.MILLION, LimitKind.GENERAL_AGGREGATE: 4 * make.MILLION}
    return make.gl_policy(limits=limits)


def covered_by_desk(world: World, name: str) -> None:
    world.recruiter.add_contractor(make.contractor(id=name))
    world.recruiter.add_assignment(name, make.assignment())
    world.reviewer.record_policy(name, make.gl_policy())


def _verdict(world: World, name: str, day: date = TODAY) -> Verdict | None:
    row = world.stored(day, name)
    return row.verdict if row else None


def _interrupted(world: World, *, at: int, draft: RuleBook = STRICTER) -> None:
    """Begin to publish a draft, and stop before a commit."""
    with pytest.raises(UnavailableError):
        through(world, Faulty(world.store, {at: "before"})).manager.publish_rulebook(draft, key="publish")
