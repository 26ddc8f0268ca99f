"""The promises of a store, proved by the contract, and by a comparison with the memory store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from contractor_compliance.storage import Capability, Key, text_hash
from contractor_compliance.testing import FrozenClock, StoreContract, StoreHistory

from contractor_compliance_jsonl import JsonlStore


class TestJsonlStore(StoreContract):
    capabilities = frozenset({Capability.PERSISTENT, Capability.SHARED})
    contract_version = 1

    @pytest.fixture
    def unbound(self, clock: FrozenClock, tmp_path: Path) -> Iterator[JsonlStore]:
        with closing(JsonlStore(tmp_path, clock=clock)) as store:
            yield store

    def reopen(self, unbound: Any, clock: FrozenClock) -> JsonlStore:
        return JsonlStore(unbound.folder, clock=clock)

    def damage(self, unbound: Any, company_id: str, key: Key) -> None:
        path = unbound.folder / f"{text_hash(company_id)}.jsonl"
        lines = [json.loads(line) for line in path.read_bytes().splitlines()]
        named = [key.kind.value, key.id, key.contractor_id]
        *_, current = (put for line in lines for put in line.get("puts", ()) if put[:3] == named)
        current[3] = current[3].replace('"', "'")
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        unbound.reread()


class JsonlHistory(StoreHistory):
    @contextmanager
    def open_store(self, clock: FrozenClock) -> Iterator[JsonlStore]:
        with TemporaryDirectory() as folder, closing(JsonlStore(Path(folder), clock=clock)) as store:
            yield store


TestJsonlHistory = JsonlHistory.TestCase
