"""The anchor that is published of each commit, so that a chain that was cut short is noticed."""

from __future__ import annotations

from datetime import datetime

import pytest

from contractor_compliance.desk import ComplianceDesk
from contractor_compliance.errors import CommitUnknownError
from contractor_compliance.testing import factories as make
from tests.desk.faults import Faulty
from tests.desk.world import World, subject

Told = list[tuple[str, int, str, datetime]]


def anchored(world: World, store: object, told: Told) -> ComplianceDesk:
    """Return a desk that tells what it commits."""
    return ComplianceDesk(store, clock=world.clock, anchor=lambda *of: told.append(of))  # type: ignore[arg-type]  # a double


def test_the_anchor_gets_the_seal_of_each_commit(world: World) -> None:
    told: Told = []
    desk = anchored(world, world.store, told).acting_as(subject("owner"))

    desk.add_contractor(make.contractor())
    desk.record_policy("contractor-1", make.gl_policy())

    assert [(world.company_id, entry.sequence, entry.seal, entry.recorded_at) for entry in world.store.audit(0, 1000)][
        -2:
    ] == told


def test_the_anchor_gets_the_seal_of_a_commit_whose_answer_was_lost_when_the_request_is_repeated(world: World) -> None:
    told: Told = []
    desk = anchored(world, Faulty(world.store, {1: "after"}), told).acting_as(subject("owner"))
    with pytest.raises(CommitUnknownError):
        desk.add_contractor(make.contractor(), key="the key")
    before = list(told)

    done = desk.add_contractor(make.contractor(), key="the key")

    assert ([], [done.sequence]) == (before, [anchor[1] for anchor in told])
    assert desk.verify(told[-1][1:3]).is_whole
