"""Writes anew what the tests compare with: `python -m tests.golden`; then read the difference.

Documents in `formats` are written by hand, in every spelling that a reader must take, and stay as they are.
"""

from __future__ import annotations

from tests.evaluation import test_explain, test_whole_reports
from tests.storage import test_golden_stores

test_whole_reports.write()
test_explain.write()
test_golden_stores.write()
