"""The README keeps its promises: two commands, and an excerpt that the example really prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_two_commands_stand_alone_below_their_headings() -> None:
    blocks = re.findall(r"^## (Run it|Test it)\n\n```sh\n(.+)\n```$", README, flags=re.MULTILINE)

    assert ["Run it", "Test it"] == [heading for heading, _ in blocks]
    assert all(command.startswith("python3 -m venv .venv && ") for _, command in blocks)


def test_the_example_prints_every_line_of_the_excerpt() -> None:
    (excerpt,) = re.findall(r"^```text\n(.+?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    program = [sys.executable, "examples/license_boards/run.py"]
    result = subprocess.run(program, capture_output=True, check=True, cwd=ROOT, encoding="utf-8")
    printed = {line.rstrip() for line in result.stdout.splitlines()}

    assert [] == [line for line in excerpt.splitlines() if line != "..." and line.rstrip() not in printed]


def test_every_file_that_a_page_of_the_readme_links_to_is_here() -> None:
    linked = re.findall(r"\]\((?!https?://)([^)#]+)", README)

    assert [] == [target for target in linked if not (ROOT / target).exists()]
