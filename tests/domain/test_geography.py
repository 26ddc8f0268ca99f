"""States, their names and zones, against python-us; postal addresses."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
import us

from contractor_compliance.domain import Address, State, state_name, zone_of, zones_of

PEERS = {state.abbr: state for state in (*us.states.STATES_AND_TERRITORIES, us.states.DC)}
#: Old names of zones that python-us lists beside the new ones.
OLD_NAMES = {"America/Indianapolis", "America/Knox_IN"}


def test_the_states_are_50_states_a_district_and_5_territories() -> None:
    assert 56 == len(State)


@pytest.mark.parametrize("state", State, ids=lambda state: state.value)
def test_a_state_is_written_as_it_is_called(state: State) -> None:
    assert state.name == state.value


@pytest.mark.parametrize("state", State, ids=lambda state: state.value)
def test_a_state_has_the_name_that_python_us_gives_it(state: State) -> None:
    assert PEERS[state.value].name == state_name(state)


@pytest.mark.parametrize("state", State, ids=lambda state: state.value)
def test_a_state_has_the_zones_that_python_us_gives_it(state: State) -> None:
    assert set(PEERS[state.value].time_zones) - OLD_NAMES == set(zones_of(state))


@pytest.mark.parametrize("state", us.states.STATES, ids=lambda state: state.abbr)
def test_the_first_zone_is_the_capitals(state: us.states.State) -> None:
    assert state.capital_tz == zones_of(State(state.abbr))[0]


@pytest.mark.parametrize("zone", sorted({zone for state in State for zone in zones_of(state)}))
def test_each_zone_of_a_state_exists(zone: str) -> None:
    assert zone == ZoneInfo(zone).key


def test_no_state_lists_a_zone_twice() -> None:
    assert [] == [state for state in State if len(set(zones_of(state))) != len(zones_of(state))]


def test_a_state_with_one_zone_decides_the_zone() -> None:
    assert "America/Chicago" == zone_of(State.AL)


def test_a_state_with_two_zones_does_not_decide_the_zone() -> None:
    assert zone_of(State.TX) is None


def test_an_address_needs_no_more_than_its_state() -> None:
    assert Address(state=State.WA).postal_code is None


@pytest.mark.parametrize("code", ["36104", "36104-1234", "00000"])
def test_a_zip_code_has_five_digits_or_nine(code: str) -> None:
    assert code == Address(state=State.AL, postal_code=code).postal_code
