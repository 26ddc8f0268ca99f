"""The library works while a test has the clock frozen, and what is built then is no different."""

from __future__ import annotations

import subprocess
import sys

import pytest

IMPORTS = """
import contractor_compliance
from contractor_compliance import testing
from contractor_compliance.testing import factories
"""
FREEZE = """
from freezegun import freeze_time
freezer = freeze_time("2026-06-01 12:00")
freezer.start()
"""
THAW = "freezer.stop()"
WORK = """
import datetime, attrs
from contractor_compliance import evaluate
from contractor_compliance.domain import Dossier
from contractor_compliance.serialization import dumps, loads
from contractor_compliance.testing import factories, sample_desk

def days(value):
    if isinstance(value, datetime.date):
        yield type(value).__module__
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from days(getattr(value, field.name))
    elif isinstance(value, tuple | frozenset):
        for item in value:
            yield from days(item)

today = datetime.date(2026, 6, 1) if FROZEN == "no" else datetime.date.today()
policy = factories.gl_policy(term=factories.term(effective=today))
dossier = factories.dossier(policy, factories.waiver())
report = evaluate(dossier, factories.rulebook(factories.gl_requirement()), as_of=today)
desk = sample_desk()
desk.record_policy("contractor-1", attrs.evolve(policy, id="policy-2"))
stored = desk.profile("contractor-1").dossier
read = loads(dumps(dossier), Dossier)
assert read == dossier and dumps(read) == dumps(dossier)
assert "compliant" == report.verdict.value
assert {"datetime"} == {*days(dossier), *days(report), *days(stored), *days(read)}
"""
FROZEN, FREE = 'FROZEN = "yes"', 'FROZEN = "no"'


@pytest.mark.parametrize(
    "steps",
    [
        (IMPORTS, FREEZE, FROZEN, WORK),
        (IMPORTS, FREEZE, FROZEN, WORK, THAW, FREE, WORK),
        (FREEZE, IMPORTS, FROZEN, WORK, THAW, FREE, WORK),
        (FREE, WORK, FREEZE, FROZEN, WORK),
    ],
    ids=["frozen after the import", "and thawed again", "frozen before the import", "frozen after use"],
)
def test_a_frozen_clock_changes_nothing_about_days(steps: tuple[str, ...]) -> None:
    program = "\n".join(steps)

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (0, "") == (result.returncode, result.stderr)
