"""The fields whose text or numbers come from a pool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from contractor_compliance.domain import (
    CompanySettings,
    Custom,
    Endorsement,
    EndorsementRule,
    Exemption,
    Member,
    Rate,
    Reference,
    Waiver,
)
from contractor_compliance.testing.strategies import pools
from contractor_compliance.testing.strategies.sampler import Maker, few

__all__ = ["FIELDS"]


def _one(*choices: Any) -> Maker:
    return lambda _sampler: st.sampled_from(choices)


def _some(*choices: Any) -> Maker:
    return lambda _sampler: few(st.sampled_from(choices))


def _set(*choices: Any) -> Maker:
    return lambda _sampler: st.frozensets(st.sampled_from(choices), max_size=2)


#: By class and name, or by name whatever the class.
FIELDS: Mapping[tuple[type | None, str], Maker] = {
    (None, "aliases"): _some(*pools.ALIASES),
    (None, "assignment_id"): _one(*pools.ASSIGNMENTS),
    (None, "by"): _one("member-1", "member-2"),
    (None, "carrier_naic"): _one("99901", "99902"),
    (None, "carrier_name"): _one(*(name for name, _ in pools.CARRIERS)),
    (None, "certificate_id"): _one(*pools.CERTIFICATES),
    (None, "classes"): _some(*pools.CLASSES),
    (None, "client_id"): _one(*pools.CLIENTS),
    (None, "code"): _one(*pools.JOB_CODES),
    (None, "decided_by"): _one("member-1", "member-2"),
    (None, "document"): _one(*pools.DOCUMENTS),
    (None, "documents"): _set(*pools.DOCUMENTS),
    (None, "edition"): _one("04 13", "12 19", "07 04"),
    (None, "edition_not_before"): _one("04 13", "12 19"),
    (None, "form"): _one(*pools.FORMS),
    (None, "forms"): _set(*pools.FORMS),
    (None, "fresh_for_days"): _one(365, 90, 30),
    (None, "id"): _one("sample-1", "sample-2"),
    (None, "job_code_id"): _one(*pools.JOB_CODES),
    (None, "legal_name"): _one(*pools.NAMES),
    (None, "license_classes"): _some(*pools.CLASSES),
    (None, "name"): _one(*pools.NAMES),
    (None, "notice_days"): _one(30, 10, 0),
    (None, "permissions"): _set(*pools.PERMISSIONS),
    (None, "policy_id"): _one(*pools.POLICIES),
    (None, "postal_code"): _one(*pools.ZIPS),
    (None, "requested_by"): _one("member-1", "member-1", "member-1", "member-2"),
    (None, "sha256"): _one("00" * 32, "ab" * 32),
    (None, "tail_years"): _one(1, 2),
    (None, "trade_names"): _some("Apex", "Apex Rigging"),
    (None, "until_document"): _one(*pools.DOCUMENTS),
    (None, "worker"): _one(*pools.PEOPLE),
    (None, "zone"): _one(*pools.ZONES),
    (CompanySettings, "expiring_within_days"): _one(30, 60, 0),
    (Custom, "name"): _one("background_check", "drug_test"),
    (Endorsement, "parties"): _some(*pools.NAMES),
    (EndorsementRule, "notice_days"): _one(30, 10, 1),
    (Exemption, "people"): _some(*pools.PEOPLE, *pools.NAMES[:2]),
    (Member, "roles"): _set("role-1", "role-2"),
    (Rate, "class_code"): _one("5191", "0101-00"),
    (Rate, "scheme"): _one("Sample Bureau", "Washington"),
    (Rate, "source"): _one("quote of 2026", "https://example.com/rates"),
    (Reference, "url"): _one("https://example.com/rule"),
    (Waiver, "document"): _one("letter.pdf"),
}
