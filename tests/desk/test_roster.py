"""The contractor list with its filters and facets, and everything of one contractor on one screen."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import date

import attrs
import pytest

from contractor_compliance.desk import Roster
from contractor_compliance.domain import Address, EnrollmentState, PayBasis, PayRate, State, TaxId
from contractor_compliance.errors import CursorError, NotOnFileError
from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import InsuranceStatus, Verdict
from contractor_compliance.storage import MemoryStore, Order
from contractor_compliance.storage.sql import SqlStore
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from tests.desk.world import NOW, TODAY, World
from tests.storage.databases import Database

TEXAS = Address(state=State.TX, locality="Austin", postal_code="78701")


def filled(world: World) -> World:
    """Anvil is covered, Beam lacks WC, Crane lives in Texas and has no work before August."""
    world.record(
        make.job_code(id="IT-1", title="Field technician"), make.client(id="client-2", name="Sample Dairy Inc")
    )
    anvil = make.contractor(id="anvil", legal_name="Anvil Rigging LLC", email="anvil@example.com")
    insured = (make.insured("Anvil Rigging LLC"),)
    world.record(
        anvil,
        make.assignment(),
        make.gl_policy(insured=insured),
        make.wc_policy(insured=insured),
        make.enrollment(),
        contractor_id="anvil",
    )
    beam = make.contractor(id="beam", legal_name="Beam Rigging LLC", tax_id=TaxId("900-12-3456"))
    work = make.assignment(
        client_id="client-2", job_code_id="IT-1", work_states=frozenset({State.TX}), end=date(2026, 6, 20)
    )
    world.record(beam, work, make.gl_policy(insured=(make.insured("Beam Rigging LLC"),)), contractor_id="beam")
    crane = make.contractor(id="crane", legal_name="Crane & Sons <Rigging>", home_address=TEXAS)
    world.record(crane, make.assignment(start=date(2026, 8, 3), pay_rates=()), contractor_id="crane")
    return world


@pytest.fixture(scope="module")
def three(database: Database | None) -> World:
    """A company with three contractors, which the tests look at and leave as it is."""
    clock = FrozenClock(NOW)
    unbound = MemoryStore(clock=clock) if database is None else SqlStore(database.engine, clock=clock)
    return filled(World.founded(unbound, clock, f"three-{uuid.uuid4().hex}").furnish())


@pytest.fixture
def world(world: World) -> World:
    """The same in a company of the test's own."""
    return filled(world)


def names(roster: Roster) -> list[str]:
    return [entry.contractor_id for entry in roster.entries]


class TestRoster:
    def test_a_line_of_the_roster_says_who_works_where_and_what_is_required(self, three: World) -> None:
        entry = three.recruiter.roster().entries[1]

        (job,) = entry.jobs
        assert ("assignment-1", "Field technician", "client-2", ("TX",)) == (
            job.assignment_id,
            job.title,
            job.client_id,
            job.work_states,
        )
        assert ("general liability", "workers' compensation") == entry.required

    def test_a_line_of_the_roster_says_the_verdict_its_reason_and_its_next_change(self, three: World) -> None:
        lines = [
            (entry.verdict, entry.insurance_status, entry.worst, entry.next_change)
            for entry in three.recruiter.roster().entries
        ]

        assert [
            (Verdict.COMPLIANT, InsuranceStatus.INSURED, "", date(2026, 10, 1)),
            (
                Verdict.NON_COMPLIANT,
                InsuranceStatus.PARTLY_INSURED,
                "workers' compensation: not on file",
                date(2026, 6, 21),
            ),
            (Verdict.NOT_REQUIRED, InsuranceStatus.NOT_REQUIRED, "", date(2026, 8, 3)),
        ] == lines

    @pytest.mark.parametrize(
        ("ask", "expected"),
        [
            pytest.param(lambda desk: desk.roster(work_states=[State.TX]), ["beam"], id="state of work"),
            pytest.param(lambda desk: desk.roster(home_states=[State.TX]), ["crane"], id="home state"),
            pytest.param(lambda desk: desk.roster(job_code_ids=["IT-1", "IT-9"]), ["beam"], id="job code"),
            pytest.param(lambda desk: desk.roster(client_ids=["client-1"]), ["anvil"], id="client"),
            pytest.param(
                lambda desk: desk.roster(insurance_status=[InsuranceStatus.INSURED, InsuranceStatus.PARTLY_INSURED]),
                ["anvil", "beam"],
                id="insurance status",
            ),
            pytest.param(lambda desk: desk.roster(verdict=[Verdict.NON_COMPLIANT]), ["beam"], id="verdict"),
            pytest.param(lambda desk: desk.roster(opt_in=[EnrollmentState.COMPLETED]), ["anvil"], id="opted in"),
            pytest.param(
                lambda desk: desk.roster(opt_in=[EnrollmentState.NOT_INVITED]), ["beam", "crane"], id="not invited"
            ),
            pytest.param(lambda desk: desk.roster(expiring_within=30), ["beam"], id="changes soon"),
            pytest.param(lambda desk: desk.roster(text="rigg cran"), ["crane"], id="text"),
            pytest.param(lambda desk: desk.roster(day=date(2026, 8, 3)), ["anvil", "beam", "crane"], id="another day"),
            pytest.param(
                lambda desk: desk.roster(day=date(2026, 8, 3), client_ids=["client-1"]),
                ["anvil", "crane"],
                id="its jobs",
            ),
            pytest.param(
                lambda desk: desk.roster(order=Order.NEXT_CHANGE), ["beam", "crane", "anvil"], id="soonest first"
            ),
        ],
    )
    def test_the_roster_shows_the_contractors_that_a_filter_asks_for(
        self, three: World, ask: Callable[[object], Roster], expected: list[str]
    ) -> None:
        assert expected == names(ask(three.recruiter))

    def test_the_roster_is_read_page_by_page(self, three: World) -> None:
        first = three.recruiter.roster(limit=2)
        second = three.recruiter.roster(limit=2, cursor=first.cursor)

        assert (["anvil", "beam"], ["crane"], None) == (names(first), names(second), second.cursor)

    def test_a_roster_refuses_the_cursor_of_another_list(self, three: World) -> None:
        cursor = three.recruiter.roster(limit=2).cursor

        with pytest.raises(CursorError):
            three.recruiter.roster(limit=2, cursor=cursor, text="rigging")

    def test_the_roster_is_never_stale(self, world: World) -> None:
        world.clock.advance(days=70)

        assert [Verdict.COMPLIANT, Verdict.NOT_REQUIRED, Verdict.NON_COMPLIANT] == [
            entry.verdict for entry in world.recruiter.roster().entries
        ]

    def test_the_html_of_the_roster_shows_texts_as_texts(self, three: World) -> None:
        shown = three.recruiter.roster()._repr_html_()

        assert "Crane &amp; Sons &lt;Rigging&gt;" in shown
        assert "<Rigging>" not in shown

    def test_the_roster_lists_nothing_of_another_company(self, world: World, other: World) -> None:
        assert [] == names(other.recruiter.roster())


class TestFacets:
    def test_facets_count_the_contractors_that_each_filter_would_find(self, three: World) -> None:
        assert {
            "verdict": {"compliant": 1, "non_compliant": 1, "not_required": 1},
            "insurance_status": {"insured": 1, "partly_insured": 1, "not_required": 1},
            "opt_in": {"completed": 1, "not_invited": 2},
            "home_state": {"AL": 2, "TX": 1},
            "work_state": {"AL": 1, "TX": 1},
            "job_code": {"RIG-1": 1, "IT-1": 1},
            "client": {"client-1": 1, "client-2": 1},
        } == three.recruiter.facets()


class TestProfile:
    def test_a_profile_is_what_is_on_file_and_the_report_of_the_day(self, three: World) -> None:
        for day in (None, date(2026, 8, 3)):
            profile = three.owner.profile("beam", day=day)

            assert three.dossier("beam") == profile.dossier
            assert evaluate(three.dossier("beam"), three.rulebook(), as_of=day or TODAY) == profile.report

    def test_the_html_of_a_profile_shows_the_work_the_pay_and_every_requirement(self, three: World) -> None:
        shown = three.recruiter.profile("beam").html()

        for text in ("Beam Rigging LLC", "$45 per hour", "general liability", "workers&#x27; compensation", "TX"):
            assert text in shown

    def test_the_html_of_a_profile_shows_pay_as_it_is_on_the_day(self, world: World) -> None:
        world.billing.adjust_pay(
            "anvil", "assignment-1", PayRate(effective=date(2026, 8, 1), cents=5_000, basis=PayBasis.HOUR)
        )

        before, after = (world.recruiter.profile("anvil", day=day).html() for day in (TODAY, date(2026, 8, 1)))
        assert ("$45 per hour" in before, "$50 per hour" in after) == (True, True)

    def test_the_html_of_a_profile_shows_texts_as_texts(self, world: World) -> None:
        world.recruiter.update_contractor(attrs.evolve(world.contractor("crane"), email="<script>@example.com"))

        shown = world.recruiter.profile("crane").html()

        assert "&lt;script&gt;@example.com" in shown
        assert not any(text in shown for text in ("<Rigging>", "<script>"))

    def test_the_html_of_a_profile_masks_the_tax_id(self, three: World) -> None:
        shown = three.owner.profile("beam").html()

        assert ("***-**-3456" in shown, "900123456" in shown.replace("-", "")) == (True, False)

    def test_a_contractor_that_is_not_on_file_has_no_profile(self, world: World, other: World) -> None:
        for world_of, name in ((world, "nobody"), (other, "beam")):
            with world_of.refuses(NotOnFileError, f"no contractor '{name}'"):
                world_of.recruiter.profile(name)


def test_every_line_of_the_roster_agrees_with_the_report_of_its_profile(three: World) -> None:
    def lines(day: date) -> Iterable[tuple[object, object]]:
        for entry in three.recruiter.roster(day=day).entries:
            report = three.recruiter.profile(entry.contractor_id, day=day).report
            yield (entry.verdict, entry.insurance_status), (report.verdict, report.insurance_status)

    for day in (TODAY, date(2026, 8, 3), date(2027, 1, 1)):
        assert all(entry == report for entry, report in lines(day))
