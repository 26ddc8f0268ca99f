"""The example hosts stay small: what a host needs is in the library."""

from __future__ import annotations

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


# Every line of each module counts, blank ones and comments too; `migrations/`, mostly written by Alembic, does not.
@pytest.mark.parametrize("host", ["fastapi_host", "wsgi_host"])
def test_each_host_is_under_two_hundred_lines(host: str) -> None:
    folder = EXAMPLES / host
    modules = [path for path in folder.rglob("*.py") if "migrations" not in path.relative_to(folder).parts]
    lines = [line for module in modules for line in module.read_text(encoding="utf-8").splitlines()]

    assert 0 < len(lines) < 200
