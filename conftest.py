"""Runs the Python blocks of README.md and docs/ as tests, and loads our own plugins.

Blocks of one page share their names, from top to bottom. `<!--- skip: next -->` leaves one out.
"""

from __future__ import annotations

from doctest import ELLIPSIS, NORMALIZE_WHITESPACE

from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser

pytest_plugins = ["tests.tiers", "tests.budget"]

pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=ELLIPSIS | NORMALIZE_WHITESPACE),
        SkipParser(),
    ],
    patterns=["README.md", "docs/**/*.md"],
).pytest()
