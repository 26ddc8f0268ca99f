"""Days, amounts and names that the sample values share."""

from __future__ import annotations

from datetime import date

__all__ = ["CONTRACTOR_NAME", "MILLION", "OBSERVED_ON", "TERM_END", "TERM_START", "WORK_END", "WORK_START"]

#: One million dollars in cents.
MILLION = 100_000_000
#: First day of the sample policies, which run for the year 2026.
TERM_START = date(2026, 1, 1)
#: The day on which the sample policies expire.
TERM_END = date(2027, 1, 1)
#: Day on which the sample statements were read, before the policies began.
OBSERVED_ON = date(2025, 12, 15)
#: First worked day of the sample assignment.
WORK_START = date(2026, 3, 2)
#: Last worked day of the sample assignment.
WORK_END = date(2026, 9, 30)
#: Legal name of the sample contractor, and so of the insured.
CONTRACTOR_NAME = "Sample Rigging LLC"
