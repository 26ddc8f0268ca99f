"""Text to plain values, as strictly as JSON can be read: what two readers could understand differently is refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from contractor_compliance.errors import DocumentError, Fault
from contractor_compliance.serialization.faults import document_error, step

__all__ = ["DEEPEST", "check_tree", "parse"]

#: Objects and arrays inside each other. Without nested requirements no document goes deeper than eight.
DEEPEST = 100
# What Python itself reads into an integer; beyond it reading takes time that grows with the square.
_MOST_DIGITS = 4300
_CONTAINERS = (dict, list)


class _HugeInteger:
    """Stands in the tree for an integer that Python does not read."""


class _RepeatedKeys(dict[str, Any]):
    """An object in which a key stood twice."""

    keys_repeated: tuple[str, ...]


class _Builder:
    """Makes the values of one text, and remembers whether it made any of the two above."""

    def __init__(self) -> None:
        self.is_sound = True

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) == len(pairs):
            return made
        self.is_sound = False
        marked = _RepeatedKeys(made)
        marked.keys_repeated = tuple(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return marked

    def integer(self, digits: str) -> int | _HugeInteger:
        if len(digits.lstrip("-")) <= _MOST_DIGITS:
            return int(digits)
        self.is_sound = False
        return _HugeInteger()


def parse(text: str | bytes, subject: str) -> Any:
    """Return the plain value that JSON text holds.

    Raises:
        DocumentError: If it is not UTF-8, not JSON, or a key is repeated, an integer endless, text no Unicode or the
            nesting too deep.
    """
    decoded = _decode(text, subject)
    builder = _Builder()
    tree, problem = None, None
    try:
        tree = _load(decoded, builder)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        problem = Fault("$", where, f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]}")
    except RecursionError:
        problem = _too_deep("$")
    # Raised here and not above: no traceback then carries the text, which may hold a tax id.
    if problem is not None:
        raise document_error(subject, [problem])
    # Looking at the text once is quicker than at each value; only an escape can hide what the text does not show.
    is_unicode = "\\u" not in decoded and _is_unicode(decoded)
    if not (builder.is_sound and _is_shallow(tree) and (is_unicode or _holds_unicode(tree))):
        raise document_error(subject, _unsound(tree))
    return tree


def check_tree(tree: Any, subject: str) -> None:
    """Check what concerns no single field of plain values: depth, and text that is no Unicode.

    Raises:
        DocumentError: With every fault of these kinds.
    """
    if not (_is_shallow(tree) and _holds_unicode(tree)):
        raise document_error(subject, _unsound(tree))


def _decode(text: str | bytes, subject: str) -> str:
    if isinstance(text, str):
        return text
    if not isinstance(text, bytes):
        problem = Fault("$", type(text).__name__, "give the document as text or bytes; from_dict reads plain values")
        raise DocumentError(subject, (problem,))
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        start, reason = error.start, error.reason
    raise DocumentError(subject, (Fault("$", f"byte {start}", f"is not UTF-8: {reason}"),))


def _load(text: str, builder: _Builder) -> Any:
    try:
        return json.loads(text, object_pairs_hook=builder.object)
    except json.JSONDecodeError:
        raise
    except ValueError:
        # An integer too long for Python. Only now, because a hook for integers costs time on every one of them.
        return json.loads(text, object_pairs_hook=builder.object, parse_int=builder.integer)


def _is_shallow(tree: Any) -> bool:
    # Level by level and without paths, which cost more than the check; they are built only once something is wrong.
    level = [tree] if isinstance(tree, _CONTAINERS) else []
    for _ in range(DEEPEST):
        level = [child for node in level for child in _children(node) if isinstance(child, _CONTAINERS)]
        if not level:
            return True
    return False


def _holds_unicode(tree: Any) -> bool:
    # Keys need no look: one that is no Unicode is no field either.
    level: list[Any] = [[tree]]
    while level:
        below = [child for node in level for child in _children(node)]
        if not all(_is_unicode(child) for child in below if isinstance(child, str)):
            return False
        level = [child for child in below if isinstance(child, _CONTAINERS)]
    return True


def _children(node: Any) -> Iterable[Any]:
    children: Iterable[Any] = node.values() if isinstance(node, dict) else node
    return children


def _is_unicode(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unsound(tree: Any) -> Iterator[Fault]:
    # Depth first, in the order of the document.
    stack = [("$", tree, 1)]
    while stack:
        path, node, depth = stack.pop()
        if isinstance(node, _CONTAINERS) and depth > DEEPEST:
            yield _too_deep(path)
            continue
        if isinstance(node, _RepeatedKeys):
            for key in node.keys_repeated:
                yield Fault(path + step(key), "given more than once", "keep one of them")
        if isinstance(node, _HugeInteger):
            yield Fault(path, "an integer of very many digits", f"is too long; {_MOST_DIGITS} digits are the limit")
        if isinstance(node, str) and not _is_unicode(node):
            yield _no_unicode(path)
        if isinstance(node, dict):
            stack += reversed([(path + step(str(key)), child, depth + 1) for key, child in node.items()])
        elif isinstance(node, list):
            stack += reversed([(path + step(index), child, depth + 1) for index, child in enumerate(node)])


def _no_unicode(path: str) -> Fault:
    return Fault(path, "not shown", "holds half of a surrogate pair, which is no character; write it again")


def _too_deep(path: str) -> Fault:
    return Fault(path, "a nest of values", f"is nested too deeply; {DEEPEST} objects and arrays are the limit")
