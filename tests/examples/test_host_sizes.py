"""The example hosts stay small: what a host needs is in the library."""

from __future__ import annotations

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


# Every line of each module counts, blank ones and comments too; `migrations/`, mostly written by Alembic, does not.
@pytest.mark.parametrize("modules", ["fastapi_host/agency/**/*.py", "wsgi_host/**/*.py"])
def test_each_host_is_under_two_hundred_lines(modules: str) -> None:
    lines = [line for path in EXAMPLES.glob(modules) for line in path.read_text(encoding="utf-8").splitlines()]

    assert 0 < len(lines) < 200
