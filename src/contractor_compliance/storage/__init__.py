"""Storage of records: the port that every store implements, and the stores that ship."""

from contractor_compliance.storage.answers import (
    AuditEntry,
    DossierRecord,
    Head,
    Page,
    PageItem,
    Receipt,
    Record,
    Unreadable,
)
from contractor_compliance.storage.changes import (
    FACTS,
    MAX_ID_LENGTH,
    VALUES,
    Changes,
    Expectation,
    Key,
    Kind,
    Put,
    Seal,
    StandingUpdate,
    key_of,
    payload_hash,
    put,
    sha256_seal,
    text_hash,
)
from contractor_compliance.storage.memory import MemoryStore
from contractor_compliance.storage.port import Capability, Clock, Store, UnboundStore, utc_now
from contractor_compliance.storage.query import Order, Query
from contractor_compliance.storage.registry import open_store

__all__ = [
    "FACTS",
    "MAX_ID_LENGTH",
    "VALUES",
    "AuditEntry",
    "Capability",
    "Changes",
    "Clock",
    "DossierRecord",
    "Expectation",
    "Head",
    "Key",
    "Kind",
    "MemoryStore",
    "Order",
    "Page",
    "PageItem",
    "Put",
    "Query",
    "Receipt",
    "Record",
    "Seal",
    "StandingUpdate",
    "Store",
    "UnboundStore",
    "Unreadable",
    "key_of",
    "open_store",
    "payload_hash",
    "put",
    "sha256_seal",
    "text_hash",
    "utc_now",
]
