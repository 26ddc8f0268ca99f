"""The store of another distribution: installed as a stranger would, found by its URL, and passing its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

import pytest

from contractor_compliance.storage import Capability, Changes, Expectation, Key, Kind, open_store, put
from contractor_compliance.testing import FrozenClock, factories
from tests import tiers

EXAMPLE = Path(__file__).parents[2] / "examples" / "jsonl_store"
PACKAGE = "contractor_compliance_jsonl"


@pytest.fixture(scope="module", autouse=True)
def installed() -> Distribution:
    try:
        return distribution("contractor-compliance-jsonl")
    except PackageNotFoundError:
        return pytest.fail(
            "The example is a distribution of its own and is not installed; "
            "install it with: pip install --no-deps -e examples/jsonl_store"
        )


def test_the_jsonl_store_needs_only_what_the_library_needs(installed):
    needed = {require.split(">")[0] for require in installed.requires or () if "extra ==" not in require}

    assert {"attrs", "contractor-compliance"} == needed


def test_the_installed_jsonl_store_is_the_code_that_the_example_shows():
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    ours = EXAMPLE / "src" / PACKAGE

    assert contents(ours) == contents(Path(spec.origin).parent), "install the example again"


def contents(folder: Path) -> dict[str, str]:
    names = ("*.py", "py.typed")
    return {path.name: path.read_text(encoding="utf-8") for name in names for path in sorted(folder.glob(name))}


def test_the_library_finds_the_jsonl_store_by_its_url(tmp_path):
    unbound = open_store(f"jsonl://{tmp_path}")

    assert (PACKAGE, frozenset(Capability)) == (type(unbound).__module__.partition(".")[0], unbound.capabilities)


def test_a_commit_through_the_url_is_there_when_the_jsonl_store_is_opened_again(tmp_path):
    clock = FrozenClock()
    key = Key(Kind.COMPANY, "company-1")
    changes = Changes(
        actor="member-1",
        action="found",
        key="key-1",
        fingerprint="fingerprint-1",
        puts=(put(factories.company()),),
        expects=(Expectation(key, 0),),
    )
    receipt = open_store(f"jsonl://{tmp_path}", clock=clock).for_company("company-1").commit(changes)
    (record,) = open_store(f"jsonl://{tmp_path}").for_company("company-1").get([key])

    assert (clock(), factories.company()) == (receipt.recorded_at, record.value)


#: What takes long is left to `stress`; the stores that ship always have histories, and processes that are killed.
LEFT_OUT = tiers.size(tests={"test_jsonl_store.py": "TestJsonlHistory", "test_crashes.py": "TestProcesses"}, stress={})


@tiers.sized
@pytest.mark.parametrize("name", ["test_jsonl_store.py", "test_crashes.py"])
def test_the_tests_of_the_jsonl_store_pass(name, tmp_path):
    left_out = [f"--deselect=tests/{name}::{LEFT_OUT[name]}"] if name in LEFT_OUT else []
    options = ["-q", "-rxX", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0", *left_out]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, f"tests/{name}"],
        capture_output=True,
        check=False,
        cwd=EXAMPLE,
        env={**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path)},
        text=True,
    )
    summary = done.stdout.strip().rpartition("\n")[2]

    assert (0, True) == (done.returncode, " passed" in summary), done.stdout + done.stderr
    # Every promise is proved: nothing else is left out, and no failure is expected.
    assert not [word for word in ("skipped", "xfailed", "xpassed") if word in summary], done.stdout
    assert ("deselected" in summary) is bool(left_out), done.stdout
