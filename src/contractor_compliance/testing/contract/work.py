"""What a query finds by work, home and enrollment."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contractor_compliance.domain import (
    Address,
    ApplicationStep,
    Assignment,
    Enrollment,
    EnrollmentEvent,
    EnrollmentState,
    Missing,
    State,
)
from contractor_compliance.storage import Kind, Store, put
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import commit, fact_key, found, listed

__all__ = ["WorkContract"]

DAY = make.WORK_START
ONE_DAY = timedelta(days=1)
AL = frozenset({State.AL})
TX = frozenset({State.TX})


def work(number: int = 1, **parts: Any) -> Assignment:
    """Return an assignment that names nothing outside of itself but what is given."""
    plain: dict[str, Any] = {
        "client_id": None,
        "job_code_id": None,
        "worker": Missing.ABSENT,
        "work_states": frozenset(),
    }
    return make.assignment(**{"id": f"assignment-{number}", **plain, **parts})


def enrolled(*states: EnrollmentState, number: int = 1, step: ApplicationStep | None = None) -> Enrollment:
    """Return an enrollment that went through states; the last step of it reached a page."""
    events = [
        EnrollmentEvent(at=datetime(2026, 2, day, tzinfo=UTC), state=state) for day, state in enumerate(states, start=1)
    ]
    if step is not None:
        events.append(EnrollmentEvent(at=datetime(2026, 3, 1, tzinfo=UTC), state=states[-1], step=step))
    return make.enrollment(id=f"enrollment-{number}", events=tuple(events))


def record(store: Store, **facts: Iterable[Any]) -> None:
    """Put a contractor for each name, with its facts; `home_<state>` lives there, any other in Alabama."""
    found(store)
    commit(store, *(make.client(id=each) for each in ("mills", "docks")), *(make.job_code(id=c) for c in ("A", "B")))
    for name, own in facts.items():
        state = State[name.removeprefix("home_")] if name.startswith("home_") else State.AL
        commit(store, make.contractor(id=name, home_address=Address(state=state)), *(put(each, name) for each in own))


class WorkContract(Contract):
    """Promise 25: filters by home, work and enrollment."""

    # Home

    @promise(25)
    def test_contractors_are_found_by_home_state(self, store: Store) -> None:
        record(store, home_AL=(), home_TX=(), home_WA=())

        assert [["home_TX"], ["home_AL", "home_WA"], []] == [
            listed(store, home_states=states) for states in (TX, frozenset({State.AL, State.WA}), frozenset({State.CA}))
        ]

    @promise(25)
    def test_who_has_no_address_is_found_by_no_home_state(self, store: Store) -> None:
        found(store)
        commit(store, make.contractor(home_address=None))

        assert [] == listed(store, home_states=frozenset(State))

    @promise(25)
    def test_a_contractor_is_found_by_the_home_that_it_has_now(self, store: Store) -> None:
        record(store, home_AL=())
        commit(store, make.contractor(id="home_AL", home_address=Address(state=State.TX)))

        assert ([], ["home_AL"]) == (listed(store, home_states=AL), listed(store, home_states=TX))

    # States of work

    @promise(25)
    def test_contractors_are_found_by_state_of_work(self, store: Store) -> None:
        record(store, a=[work(work_states=AL)], b=[work(work_states=AL | TX)], c=[work()], d=())

        assert (["a", "b"], ["b"]) == (listed(store, work_states=AL), listed(store, work_states=TX))

    @promise(25)
    def test_any_of_the_states_asked_for_will_do(self, store: Store) -> None:
        record(store, a=[work(work_states=AL)], b=[work(work_states=TX)], c=[work(work_states=frozenset({State.WA}))])

        assert ["a", "b"] == listed(store, work_states=AL | TX)

    @promise(25)
    def test_a_contractor_with_two_such_assignments_is_listed_once(self, store: Store) -> None:
        record(store, a=[work(1, work_states=AL | TX), work(2, work_states=AL | TX)])

        assert ["a"] == listed(store, work_states=AL | TX)

    @promise(25)
    def test_remote_work_is_in_the_home_state(self, store: Store) -> None:
        record(store, home_TX=[work(remote=True)], home_AL=[work(remote=True)])

        assert ["home_TX"] == listed(store, work_states=TX)

    @promise(25)
    def test_remote_work_that_names_its_states_is_not_in_the_home_state(self, store: Store) -> None:
        record(store, home_TX=[work(remote=True, work_states=AL)])

        assert ([], ["home_TX"]) == (listed(store, work_states=TX), listed(store, work_states=AL))

    @promise(25)
    def test_work_that_is_not_remote_is_not_in_the_home_state(self, store: Store) -> None:
        record(store, home_TX=[work()])

        assert [] == listed(store, work_states=TX)

    @promise(25)
    def test_remote_work_moves_with_the_contractor(self, store: Store) -> None:
        record(store, home_AL=[work(remote=True)])
        commit(store, make.contractor(id="home_AL", home_address=Address(state=State.TX)))

        assert ([], ["home_AL"]) == (listed(store, work_states=AL), listed(store, work_states=TX))

    @promise(25)
    def test_remote_work_of_who_has_no_address_is_nowhere(self, store: Store) -> None:
        found(store)
        commit(store, make.contractor(home_address=None), work(remote=True))

        assert [] == listed(store, work_states=frozenset(State))

    # Job codes and clients

    @promise(25)
    def test_contractors_are_found_by_job_code(self, store: Store) -> None:
        record(store, a=[work(job_code_id="A")], b=[work(job_code_id="B")], c=[work()])

        assert (["a"], ["a", "b"]) == (
            listed(store, job_code_ids=frozenset({"A"})),
            listed(store, job_code_ids=frozenset({"A", "B"})),
        )

    @promise(25)
    def test_contractors_are_found_by_client(self, store: Store) -> None:
        record(store, a=[work(client_id="mills")], b=[work(client_id="docks")], c=[work()])

        assert (["b"], ["a", "b"]) == (
            listed(store, client_ids=frozenset({"docks"})),
            listed(store, client_ids=frozenset({"docks", "mills"})),
        )

    @promise(25)
    def test_what_is_not_there_is_found_nowhere(self, store: Store) -> None:
        record(store, a=[work(client_id="mills", job_code_id="A")])

        assert ([], []) == (
            listed(store, client_ids=frozenset({"client-9"})),
            listed(store, job_code_ids=frozenset({"Z"})),
        )

    @promise(25)
    def test_one_and_the_same_assignment_has_all_that_is_asked_of_work(self, store: Store) -> None:
        half = (work(1, job_code_id="A", work_states=TX), work(2, job_code_id="B", work_states=AL))
        record(store, halves=half, whole=[*half, work(3, job_code_id="A", work_states=AL)])

        assert ["whole"] == listed(store, job_code_ids=frozenset({"A"}), work_states=AL)

    @promise(25)
    def test_client_and_job_code_are_of_one_assignment(self, store: Store) -> None:
        half = (work(1, job_code_id="A", client_id="docks"), work(2, job_code_id="B", client_id="mills"))
        record(store, halves=half, whole=[*half, work(3, job_code_id="A", client_id="mills")])

        assert ["whole"] == listed(store, job_code_ids=frozenset({"A"}), client_ids=frozenset({"mills"}))

    @promise(25)
    def test_the_assignment_that_is_active_has_all_that_is_asked_of_work(self, store: Store) -> None:
        past = work(1, job_code_id="A", work_states=AL, end=DAY)
        record(
            store, past=[past, work(2, job_code_id="B", work_states=AL)], now=[work(2, job_code_id="A", work_states=AL)]
        )

        assert ["now"] == listed(store, on=DAY + ONE_DAY, job_code_ids=frozenset({"A"}), work_states=AL)

    # Days

    @promise(25)
    @pytest.mark.parametrize(
        ("parts", "day", "is_active"),
        [
            ({}, DAY, True),
            ({}, DAY - ONE_DAY, False),
            ({"end": DAY}, DAY, True),
            ({"end": DAY}, DAY + ONE_DAY, False),
            ({"end": None}, date.max, True),
            ({"start": date.min}, date.min, True),
            ({"on_hold": True}, DAY, False),
            ({"cancelled_on": DAY}, DAY, False),
            ({"cancelled_on": DAY - ONE_DAY}, DAY - ONE_DAY, False),
        ],
        ids=[
            "first_day",
            "day_before",
            "last_day",
            "day_after",
            "no_end",
            "first_day_of_all",
            "on_hold",
            "cancelled",
            "day_of_cancelling",
        ],
    )
    def test_an_assignment_counts_on_the_days_on_which_it_is_active(
        self, store: Store, parts: dict[str, Any], day: date, *, is_active: bool
    ) -> None:
        record(store, a=[work(work_states=AL, **parts)])

        assert (["a"] if is_active else []) == listed(store, on=day, work_states=AL)

    @promise(25)
    @pytest.mark.parametrize(
        "parts",
        [{"end": DAY}, {"on_hold": True}, {"cancelled_on": DAY}, {"start": date.max, "end": None}],
        ids=["ended", "on_hold", "cancelled", "far"],
    )
    def test_without_a_day_every_assignment_counts(self, store: Store, parts: dict[str, Any]) -> None:
        record(store, a=[work(work_states=AL, **parts)])

        assert ["a"] == listed(store, work_states=AL)

    @promise(25)
    def test_a_day_alone_leaves_nobody_out(self, store: Store) -> None:
        record(store, a=[work(on_hold=True)], b=())

        assert ["a", "b"] == listed(store, on=DAY)

    @promise(25)
    def test_an_assignment_that_was_removed_does_not_count(self, store: Store) -> None:
        record(store, a=[work(work_states=AL)])
        commit(store, removes=[fact_key(Kind.ASSIGNMENT, "assignment-1", "a")])

        assert [] == listed(store, work_states=AL)

    @promise(25)
    def test_an_assignment_counts_as_it_is_now(self, store: Store) -> None:
        record(store, a=[work(work_states=AL, job_code_id="A")])
        commit(store, work(work_states=TX, job_code_id="B"), of="a")

        assert ([], [], ["a"]) == (
            listed(store, work_states=AL),
            listed(store, job_code_ids=frozenset({"A"})),
            listed(store, work_states=TX, job_code_ids=frozenset({"B"})),
        )

    # Enrollment

    @promise(25)
    @pytest.mark.parametrize("state", [each for each in EnrollmentState if each is not EnrollmentState.NOT_INVITED])
    def test_contractors_are_found_by_the_state_of_their_enrollment(self, store: Store, state: EnrollmentState) -> None:
        record(store, a=[enrolled(EnrollmentState.INVITED, state)], b=())

        assert (["a"], ["b"]) == (
            listed(store, opt_in=frozenset({state})),
            listed(store, opt_in=frozenset({EnrollmentState.NOT_INVITED})),
        )

    @promise(25)
    def test_an_earlier_state_of_an_enrollment_does_not_count(self, store: Store) -> None:
        record(store, a=[enrolled(EnrollmentState.INVITED, EnrollmentState.DECLINED)])

        assert [] == listed(store, opt_in=frozenset({EnrollmentState.INVITED}))

    @promise(25)
    def test_who_has_no_enrollment_is_not_invited(self, store: Store) -> None:
        record(store, none=(), empty=[enrolled()], invited=[enrolled(EnrollmentState.INVITED)])

        assert ["empty", "none"] == listed(store, opt_in=frozenset({EnrollmentState.NOT_INVITED}))

    @promise(25)
    def test_who_has_an_enrollment_beside_one_without_steps_is_found_by_either(self, store: Store) -> None:
        record(store, a=[enrolled(number=1), enrolled(EnrollmentState.INVITED, number=2)])

        assert (["a"], ["a"]) == (
            listed(store, opt_in=frozenset({EnrollmentState.NOT_INVITED})),
            listed(store, opt_in=frozenset({EnrollmentState.INVITED})),
        )

    @promise(25)
    def test_who_is_invited_once_is_not_also_not_invited(self, store: Store) -> None:
        record(store, a=[enrolled(EnrollmentState.INVITED, number=1), enrolled(EnrollmentState.EXPIRED, number=2)])

        assert ([], ["a"]) == (
            listed(store, opt_in=frozenset({EnrollmentState.NOT_INVITED})),
            listed(store, opt_in=frozenset({EnrollmentState.NOT_INVITED, EnrollmentState.EXPIRED})),
        )

    @promise(25)
    def test_who_lost_its_enrollment_is_not_invited(self, store: Store) -> None:
        record(store, a=[enrolled(EnrollmentState.COMPLETED)])
        commit(store, removes=[fact_key(Kind.ENROLLMENT, "enrollment-1", "a")])

        assert ["a"] == listed(store, opt_in=frozenset({EnrollmentState.NOT_INVITED}))

    @promise(25)
    @pytest.mark.parametrize("step", list(ApplicationStep))
    def test_contractors_are_found_by_the_page_that_they_have_reached(
        self, store: Store, step: ApplicationStep
    ) -> None:
        others = frozenset(ApplicationStep) - {step}
        record(store, a=[enrolled(EnrollmentState.STARTED, step=step)], b=[enrolled(EnrollmentState.INVITED)], c=())

        assert (["a"], []) == (listed(store, steps=frozenset({step})), listed(store, steps=others))

    @promise(25)
    def test_state_and_page_may_be_of_two_enrollments(self, store: Store) -> None:
        page = ApplicationStep.FINAL_REVIEW
        started = enrolled(EnrollmentState.STARTED, number=1, step=page)
        record(store, a=[started, enrolled(EnrollmentState.EXPIRED, number=2)], b=[started])

        assert ["a"] == listed(store, opt_in=frozenset({EnrollmentState.EXPIRED}), steps=frozenset({page}))
