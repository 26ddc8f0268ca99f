"""Stores by URL: which URLs are refused, and how the stores of other distributions are found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from contractor_compliance.errors import StoreURLError
from contractor_compliance.storage import Changes, Expectation, Head, Key, Kind, MemoryStore, open_store, put, registry
from contractor_compliance.testing import FrozenClock, factories


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Give a folder from which Python imports, and finds distributions."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.fixture
def commit_company():
    """Commit the company itself; return the receipt."""

    def commit_company(unbound):
        changes = Changes(
            actor="member-1",
            action="found",
            key="key-1",
            fingerprint="fingerprint-1",
            puts=(put(factories.company()),),
            expects=(Expectation(Key(Kind.COMPANY, "company-1"), 0),),
        )
        return unbound.for_company("company-1").commit(changes)

    return commit_company


def announce(site: Path, distribution: str, name: str, value: str) -> None:
    """Install a distribution that announces a store."""
    folder = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{name} = {value}\n")


def write_opener(site: Path, module: str) -> None:
    """Write a module that opens what it is given as a tuple, and says in its folder that it was imported."""
    (site / f"{module}.py").write_text(
        "import pathlib\n"
        "pathlib.Path(__file__).with_suffix('.imported').touch()\n"
        "def open_url(url, *, clock):\n"
        "    return url, clock\n"
    )


# What is no URL of a store


@pytest.mark.parametrize("url", ["", " ", "://", "://folder", "compliance.db", "sqlite:compliance.db", "memory:/"])
def test_a_url_without_a_scheme_is_refused(url):
    with pytest.raises(StoreURLError, match="This is no URL of a store"):
        open_store(url)


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite3:///file.db", "SQLITE:///file.db", "+psycopg://host/db"])
def test_a_scheme_of_no_store_is_refused(url):
    with pytest.raises(StoreURLError):
        open_store(url)


@pytest.mark.parametrize("url", ["compliance.db", "mysql://host/db"])
def test_the_refusal_of_a_url_lists_the_known_schemes(site, url):
    announce(site, "sample-store", "sample", "sample_store:open_url")

    with pytest.raises(StoreURLError, match=r"Known schemes: .*memory, postgresql, (.*, )?sample, (.*, )?sqlite"):
        open_store(url)


def test_the_refusal_of_a_url_names_the_unknown_scheme():
    with pytest.raises(StoreURLError, match="'mysql'"):
        open_store("mysql://host/db")


@pytest.mark.parametrize("url", ["mysql://someone:hunter2@host/db", "someone:hunter2@host/db"])
def test_the_refusal_of_a_url_does_not_repeat_a_password(url):
    with pytest.raises(StoreURLError) as caught:
        open_store(url)

    assert "hunter2" not in str(caught.value)


# In memory


def test_a_memory_url_needs_no_address():
    assert isinstance(open_store("memory://"), MemoryStore)


@pytest.mark.parametrize("url", ["memory://company-1", "memory:///", "memory:// ", "memory+fast://"])
def test_a_memory_url_takes_no_address(url):
    with pytest.raises(StoreURLError, match="A store in memory has no address"):
        open_store(url)


def test_each_opening_of_memory_is_a_store_of_its_own(commit_company):
    commit_company(open_store("memory://"))

    assert Head() == open_store("memory://").for_company("company-1").head()


def test_the_clock_that_is_given_is_the_clock_of_the_store(commit_company):
    clock = FrozenClock()

    assert clock() == commit_company(open_store("memory://", clock=clock)).recorded_at


# Stores of other distributions


def test_a_store_that_a_distribution_announces_is_opened_with_the_url_and_the_clock(site):
    announce(site, "sample-store", "sample", "sample_store_opened:open_url")
    write_opener(site, "sample_store_opened")
    clock = FrozenClock()

    assert ("sample://host/place?x=1", clock) == open_store("sample://host/place?x=1", clock=clock)


def test_a_driver_in_the_scheme_is_left_to_the_store(site):
    announce(site, "sample-store", "sample", "sample_store_driven:open_url")
    write_opener(site, "sample_store_driven")

    assert "sample+fast://host" == open_store("sample+fast://host")[0]


def test_only_the_store_that_the_url_names_is_imported(site):
    for name in ("wanted", "other"):
        announce(site, f"{name}-store", name, f"{name}_store:open_url")
        write_opener(site, f"{name}_store")
    open_store("wanted://")

    assert ["wanted_store.imported"] == [path.name for path in site.glob("*.imported")]


def test_a_broken_distribution_is_not_in_the_way_of_others(site):
    announce(site, "broken-store", "broken", "no_such_module:open_url")

    assert isinstance(open_store("memory://"), MemoryStore)


def test_a_store_that_cannot_be_imported_says_why(site):
    announce(site, "broken-store", "broken", "no_such_module:open_url")

    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        open_store("broken://")


def test_a_scheme_that_two_distributions_announce_is_refused_with_the_names_of_both(site):
    announce(site, "first-store", "sample", "first_store:open_url")
    announce(site, "second-store", "sample", "second_store:open_url")

    with pytest.raises(StoreURLError) as caught:
        open_store("sample://")

    assert [True, True] == [
        f"{name}_store:open_url of {name}-store" in str(caught.value) for name in ("first", "second")
    ]


def test_a_store_that_two_distributions_announce_alike_is_one(site):
    announce(site, "sample-store", "sample", "sample_store_twice:open_url")
    announce(site, "sample-store-copy", "sample", "sample_store_twice:open_url")
    write_opener(site, "sample_store_twice")

    assert "sample://" == open_store("sample://")[0]


@pytest.mark.parametrize("name", ["memory", "sqlite", "postgresql"])
def test_no_distribution_takes_the_place_of_a_store_that_ships(site, name):
    announce(site, "greedy-store", name, f"greedy_{name}:open_url")
    write_opener(site, f"greedy_{name}")
    run("from contextlib import suppress\nwith suppress(Exception): open_store(sys.argv[1])", f"{name}://", site=site)

    assert [] == list(site.glob("*.imported"))


# What is imported, and what is missing


def test_opening_a_memory_store_imports_no_sqlalchemy_and_looks_for_no_distribution():
    program = (
        "from contractor_compliance.storage import registry\n"
        "registry.entry_points = None\n"
        "open_store('memory://')\n"
        "print('sqlalchemy' in sys.modules)"
    )

    assert "False" == run(program)


def test_a_store_on_a_server_without_its_driver_names_the_extra():
    program = (
        "from contractor_compliance.errors import MissingExtraError\n"
        "sys.modules['psycopg'] = None\n"
        "try: open_store('postgresql://someone@localhost/compliance')\n"
        "except MissingExtraError as error: print(error.extra, 'contractor-compliance[postgres]' in str(error))"
    )

    assert "postgres True" == run(program)


def run(program: str, *args: str, site: Path | None = None) -> str:
    """Run a program in a process of its own; return what it printed."""
    begin = f"import sys\nsys.path[:0] = {[str(site)] if site else []}\n"
    begin += "from contractor_compliance.storage import open_store\n"
    done = subprocess.run([sys.executable, "-c", begin + program, *args], capture_output=True, check=False, text=True)
    assert 0 == done.returncode, done.stderr
    return done.stdout.strip()
