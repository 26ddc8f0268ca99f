"""A power failure at any moment takes nothing from a file of ours that was acknowledged, and leaves no commit half."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from sqlalchemy import event

from contractor_compliance.storage.sql import SqlStore, create_schema, make_engine
from contractor_compliance.testing import FrozenClock
from tests import tiers
from tests.storage.judge import fingerprint, fingerprint_of_file
from tests.storage.power import Image, Outcome, Statement, Step, Trace, Verdict, crash, replay
from tests.storage.workload import folder, script

pytestmark = tiers.sized

IMAGES = tiers.size(tests=150, stress=1_000, deep=50_000)
#: Of an adapter that is to be caught.
FEW_IMAGES = tiers.size(tests=60, stress=200)
SEED = 20_260_701
#: What SQLite calls `synchronous=FULL` and `NORMAL`.
FULL, NORMAL = 2, 1


@attrs.frozen
class Recording:
    """What the adapter ran from the first connection to a new file on.

    Attributes:
        trace: Its statements.
        states: The state of the database after each acknowledged step: the tables made, and each act of the script.
    """

    trace: Trace
    states: tuple[str, ...]

    def judge(self, image: Image) -> Verdict:
        """Say whether an image is in one of the states, and in none from before what was acknowledged."""
        tables = image.connection.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").fetchone()
        if tables == (0,):
            return Verdict.LOST if image.acknowledged else Verdict.SOUND
        state = fingerprint(image.connection)
        if state not in self.states:
            return Verdict.HALF
        return Verdict.LOST if self.states.index(state) + 1 < image.acknowledged else Verdict.SOUND

    def outcome(self, place: Path, images: int, *, synchronous: int = FULL) -> Outcome:
        original = place / "original"
        original.mkdir()
        replayed = replay(self.trace, original)
        assert {("wal", synchronous)} == set(replayed.settings)
        result = crash(replayed, place / "image", self.judge, images=images, seed=SEED)
        print(result)  # noqa: T201 - a failure is shown with the seed that repeats it
        return result

    def with_other(self, old: str, new: str) -> Recording:
        """Return the recording of an adapter that says something else in the place of some text."""
        steps = [
            attrs.evolve(step, sql=step.sql.replace(old, new)) if isinstance(step, Statement) else step
            for step in self.trace.steps
        ]
        return Recording(Trace(steps), self.states)


@pytest.fixture(scope="module")
def recording() -> Iterator[Recording]:
    with folder() as place:
        yield record(f"sqlite:///{place / 'records.db'}")


def record(url: str) -> Recording:
    """Make the tables and do the script, in two sessions, with a connection that stays open and new ones beside it."""
    trace, states = Trace(), []
    clock = FrozenClock()

    def done() -> None:
        trace.acknowledge()
        states.append(fingerprint_of_file(url))

    for acts in (script()[:9], script()[9:]):
        engine = make_engine(url)
        trace.listen(engine)
        # Few pages, so that the log is carried over now and then, and begun again.
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA wal_autocheckpoint=40"))
        if not states:
            create_schema(engine)
            done()
        store = SqlStore(engine, clock=clock)
        with engine.connect():
            for act in acts:
                act.run(store, clock)
                done()
        engine.dispose()
    return Recording(trace, tuple(states))


def test_no_power_failure_harms_what_was_acknowledged(recording: Recording) -> None:
    with folder() as place:
        outcome = recording.outcome(place, IMAGES)

    assert (0, 0, 0) == outcome.counts
    assert outcome.damaged > IMAGES / 3  # or the images are too gentle to say anything


def test_a_log_that_is_not_synced_loses_what_was_acknowledged(recording: Recording) -> None:
    with folder() as place:
        careless = recording.with_other("synchronous=FULL", "synchronous=NORMAL")
        outcome = careless.outcome(place, FEW_IMAGES, synchronous=NORMAL)

    assert (0, 0) == (outcome.corrupt, outcome.half)
    assert outcome.lost > FEW_IMAGES / 10


def test_a_commit_in_two_pieces_is_seen_as_half(recording: Recording) -> None:
    steps: list[Step] = []
    for step in recording.trace.steps:
        if isinstance(step, Statement) and step.sql.startswith("INSERT INTO cc_audit"):
            steps += [Statement("COMMIT", step.connection), Statement("BEGIN IMMEDIATE", step.connection)]
        steps.append(step)
    with folder() as place:
        outcome = Recording(Trace(steps), recording.states).outcome(place, FEW_IMAGES)

    assert (0, 0) == (outcome.corrupt, outcome.lost)
    assert outcome.half > FEW_IMAGES / 20
