"""Ten thousand spoilt documents: each is read, or refused with a path. Nothing else ever comes out."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from contractor_compliance.errors import DocumentError
from contractor_compliance.serialization import FORMATS, Format, dumps, json_schema, loads
from tests import tiers

GOLDEN = Path(__file__).parents[1] / "golden" / "formats"
DOCUMENTS = [
    (format_, path.read_text(encoding="utf-8"))
    for format_ in FORMATS
    for path in sorted(GOLDEN.glob(f"{format_.kind}-*/*.json"))
]
#: The larger a document, the more there is to spoil.
SIZES = [len(text) for _, text in DOCUMENTS]
SCHEMAS = {format_.kind: jsonschema_rs.validator_for(json_schema(format_.value)) for format_ in FORMATS}
#: The digits of the tax ids in the golden documents, which no message may show.
TAX_IDS = ("001234567", "00-1234567", "900701234", "900-70-1234")
COUNT = 5_000
CHUNK = 500

ODD_VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 2**63, 10**400, 1.0, 0.5, float("nan"), float("inf")),
    *("", " ", "x", "unreadable", "absent", "2026-01-01", "2026-02-30", "2026-01-01T00:00:00Z", "AL", "umbrella"),
    *("\ud800", "\x00", "é", "***-**-1234", "900-70-1234", "a" * 3000),
    *([], [None], [[]], {}, {"missing": "unreadable"}, {"kind": "custom"}, {"id": 5}),
]
ODD_TEXT = [b"\x00", b"\xff", b"\xed\xa0\x80", b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\ud800", b"0", b"-"]
ODD_TEXT += [b"NaN", b"1e999", b"9" * 5000, b"[" * 2000, b"null", b"true", b' "id": 1,', b"\xef\xbb\xbf", b"\n", b"1.5"]


def places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each container with each of its keys."""
    stack = [tree]
    while stack:
        node = stack.pop()
        keys: list[Any] = list(node) if isinstance(node, dict) else list(range(len(node)))
        for key in keys:
            yield node, key
            if isinstance(node[key], dict | list):
                stack.append(node[key])


def odd_value(rng: random.Random) -> Any:
    # A copy here and below, or a tree might come to hold itself.
    return deepcopy(rng.choice(ODD_VALUES))


def spoil_tree(rng: random.Random, text: str) -> str:
    tree = json.loads(text)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        spots = list(places(tree))
        if not spots:
            break
        node, key = rng.choice(spots)
        match rng.randrange(7):
            case 0:
                del node[key]
            case 1:
                node[key] = odd_value(rng)
            case 2:
                other, other_key = rng.choice(spots)
                node[key], other[other_key] = deepcopy(other[other_key]), deepcopy(node[key])
            case 3 if isinstance(node, list):
                node.insert(key, deepcopy(node[key]))
            case 4 if isinstance(node, dict):
                node[key + rng.choice("_sx")] = node.pop(key)
            case 5 if isinstance(node, dict):
                node[rng.choice(["kind", "id", "format", "line", "bogus", "", "\ud800"])] = odd_value(rng)
            case _:
                node[key] = [node[key]] if rng.random() < 0.5 else {"value": node[key]}
    return json.dumps(tree, ensure_ascii=rng.random() < 0.5)


def spoil_text(rng: random.Random, text: str) -> bytes:
    # Without indentation a change hits something.
    data = json.dumps(json.loads(text), ensure_ascii=False).encode()
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        start = rng.randrange(len(data) + 1)
        end = min(len(data), start + rng.choice((1, 1, 2, 8, 60)))
        match rng.randrange(7):
            case 0:
                data = data[:start] + data[end:]
            case 1:
                data = data[:end] + data[start:end] + data[end:]
            case 2:
                data = data[:start]
            case 3:
                data = data[:start] + rng.choice(ODD_TEXT) + data[start:]
            case 4:
                data = data[:start] + rng.choice(ODD_TEXT) + data[end:]
            case 5:
                data = data[:start] + data[start:end][::-1] + data[end:]
            case _:
                data = data[:start] + rng.randbytes(1) + data[start + 1 :]
    return data


def check(format_: Format, document: str | bytes) -> None:
    try:
        value: object = loads(document, format_.value)
    except DocumentError as error:
        refusal = error
    else:
        # What is read is sound: the schema agrees, and it is written and read again.
        assert SCHEMAS[format_.kind].is_valid(json.loads(document))
        assert loads(dumps(value, tax_ids="clear"), format_.value) == value
        return
    assert refusal.faults
    assert all(fault.path.startswith("$") for fault in refusal.faults)
    assert not [digits for digits in TAX_IDS if digits in str(refusal)]
    str(refusal).encode()  # it can be logged


@tiers.sampled(3)
@pytest.mark.parametrize("spoil", [spoil_tree, spoil_text])
@pytest.mark.parametrize("first", range(0, COUNT, CHUNK))
def test_a_damaged_document_is_read_or_refused_with_a_path(
    spoil: Callable[[random.Random, str], str | bytes], first: int
) -> None:
    for seed in range(first, first + CHUNK):
        rng = random.Random(f"{spoil.__name__} {seed}")
        (format_, text), *_ = rng.choices(DOCUMENTS, weights=SIZES)
        document = spoil(rng, text)
        try:
            check(format_, document)
        except Exception as error:
            error.add_note(f"{spoil.__name__}, seed {seed}, {format_.kind}: {document[:2000]!r}")
            raise
