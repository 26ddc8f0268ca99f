"""Hypothesis profiles, and the header that says how to repeat a run."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# The daily run repeats the same examples, so that red is always the fault of the change; `dev` and `deep` search on.
settings.register_profile(
    "ci",
    deadline=None,  # a shared machine stalls
    derandomize=True,
    max_examples=60,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("dev", parent=settings.get_profile("ci"), derandomize=False)
settings.register_profile("deep", parent=settings.get_profile("dev"), max_examples=2000)
PROFILE = os.environ.get("CC_HYPOTHESIS_PROFILE", "ci")
settings.load_profile(PROFILE)


def pytest_report_header(config: pytest.Config) -> str:
    seed = config.getoption("--hypothesis-seed")
    if settings.get_profile(PROFILE).derandomize:
        seed = "none, the examples are always the same"
    hash_seed = os.environ.get("PYTHONHASHSEED", "random")
    return f"properties: profile {PROFILE}, seed {seed}; hash seed {hash_seed}"
