"""Where records are kept: the port that every store implements, and the stores that ship."""

from contractor_compliance.storage.answers import (
    AuditEntry,
    DossierRecord,
    Head,
    Listed,
    Page,
    Receipt,
    Record,
    Unreadable,
)
from contractor_compliance.storage.changes import (
    FACTS,
    LONGEST_ID,
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
    "LONGEST_ID",
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
    "Listed",
    "MemoryStore",
    "Order",
    "Page",
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
