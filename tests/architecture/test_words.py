"""The words of the project: US spelling, nouns for locals, plain prose, and none of the names that were given up."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).relative_to(ROOT).as_posix()

#: British spellings, by the part that gives them away. `cancelled` and `cancellation` are the form's own spelling.
BRITISH = re.compile(
    r"licence|enrolment|\benrols?\b|programme\b|organis|judgement|favour|colour|behaviour|neighbour|catalogue|recognis|"
    r"normalis|serialis|\blabour|\bcentre\b|honour|realis(?:e|ing)|analys(?:e|ing)\b|\bcheque|\bfulfil\b|acknowledgement|"
    r"\b(?:un)?cancel(?:ed|ing|ation)\b",
    re.IGNORECASE,
)
#: Words of our own making, in prose. Third persons are "the contractor", "the member", "the company".
PROSE = re.compile(r"\b(?:told|whom|what follows|papers|somebody|rungs?|he|him|his|leans? on|leaning)\b", re.IGNORECASE)
#: These two files quote the sentences of endorsement forms, which say "for whom you are performing operations".
#: The word passes in the sentences alone: comments and docstrings of these files are prose like any other.
QUOTING = ("src/contractor_compliance/domain/blanket.py", "tests/domain/test_schedules.py")
QUOTED = re.compile(r"\bwhom\b", re.IGNORECASE)
#: Names that were given up, as whole identifiers.
OLD = re.compile(
    r"\b(?:Rung|CoversAs|covers_as|Weighed|PolicyStanding|DayCell|Learned|believed_then|known_now|would_be|note_of|"
    r"AHEAD|leans_on|Licence|Enrolment\w*|found_company)\b"
)
#: Pages that people read; the reference repeats docstrings, and the cases what they are called.
READ = ("README.md", "docs/explanation/", "docs/glossary.md", "docs/how-to/", "docs/index.md", "docs/tutorial/")
#: A variable is called by the noun that it holds.
VAGUE = frozenset({"able", "each", "found", "known", "own", "wanted"})

PYTHON = tuple(
    path
    for folder in ("src", "tests", "bench", "examples", "docs")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if not {".venv", ".nox", "_build", "build"} & set(path.relative_to(ROOT).parts)
)
#: The changelog says which names were given up for which.
PAGES = tuple(
    path
    for folder in (ROOT / "docs", ROOT / "examples", ROOT / "tests" / "cases")
    for path in sorted((*folder.rglob("*.md"), *folder.rglob("*.toml")))
    if "_build" not in path.parts
) + tuple(path for path in sorted(ROOT.glob("*.md")) if path.name != "CHANGELOG.md")


def prose_of(source: str, *, quotes: bool = False) -> Iterator[tuple[int, str]]:
    """Yield the comments and texts of a module by line: docstrings, messages, whatever a reader may meet.

    Args:
        source: The module.
        quotes: Leave what the sentences of forms say out of its texts, docstrings apart.
    """
    starts_statement = True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and " " in token.string):
            is_quoted = quotes and token.type == tokenize.STRING and not starts_statement
            for offset, line in enumerate(token.string.splitlines()):
                yield token.start[0] + offset, QUOTED.sub("", line) if is_quoted else line
        if token.type not in {tokenize.COMMENT, tokenize.NL}:
            starts_statement = token.type in {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}


def vague_in(source: str) -> list[tuple[int, str]]:
    """Return the variables, arguments included, that say nothing of what they hold."""
    bound = [
        (node.lineno, node.id if isinstance(node, ast.Name) else node.arg)
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)) or isinstance(node, ast.arg)
    ]
    return [(line, name) for line, name in bound if name in VAGUE]


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def hits(pattern: re.Pattern[str], paths: tuple[Path, ...]) -> list[str]:
    return [
        f"{place(path)}:{number}: {match[0]}"
        for path in paths
        if place(path) != HERE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (match := pattern.search(line))
    ]


def test_the_spelling_is_that_of_the_united_states() -> None:
    assert [] == hits(BRITISH, (*PYTHON, *PAGES))


def test_no_name_that_was_given_up_is_left() -> None:
    assert [] == hits(OLD, (*PYTHON, *PAGES))


def test_prose_in_code_is_plain() -> None:
    odd = [
        f"{place(path)}:{line}: {match[0]}"
        for path in PYTHON
        if place(path) != HERE
        for line, text in prose_of(path.read_text(encoding="utf-8"), quotes=place(path) in QUOTING)
        if (match := PROSE.search(text))
    ]

    assert [] == odd


def test_pages_are_written_in_plain_words() -> None:
    assert [] == hits(PROSE, tuple(path for path in PAGES if place(path).startswith(READ)))


def test_claims_of_cases_and_rules_are_in_plain_words() -> None:
    claims = re.compile(r'^(?:title|statement|reason|xfail\w*) = "(?P<claim>.*)"$|^# (?P<comment>.*)$')
    odd = [
        f"{place(path)}:{number}: {word[0]}"
        for path in PAGES
        if place(path).startswith("tests/cases/") and path.suffix == ".toml"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (match := claims.match(line)) and (word := PROSE.search(match["claim"] or match["comment"]))
    ]

    assert [] == odd


def test_a_variable_is_called_by_what_it_holds() -> None:
    vague = [
        f"{place(path)}:{line}: {name}" for path in PYTHON for line, name in vague_in(path.read_text(encoding="utf-8"))
    ]

    assert [] == vague


def test_a_quoted_form_may_use_words_that_a_docstring_or_comment_may_not() -> None:
    source = '"""For whom it is."""\n# For whom it is.\nFORM = "for whom you work"\nNOTE = "somebody for whom"\n'
    odd = [line for line, text in prose_of(source, quotes=True) if PROSE.search(text)]

    assert [1, 2, 4] == odd


def test_every_file_allowed_to_quote_forms_quotes_one() -> None:
    assert all(QUOTED.search((ROOT / path).read_text(encoding="utf-8")) for path in QUOTING)


@pytest.mark.parametrize("text", ["the licence board", "an Enrolment", "it was canceled", "A programme"])
def test_a_british_or_odd_spelling_is_noticed(text: str) -> None:
    assert BRITISH.search(text)


@pytest.mark.parametrize("text", ["cancelled on May 1", "a cancellation", "an organization", "the center"])
def test_the_spelling_of_the_forms_and_of_the_states_passes(text: str) -> None:
    assert not BRITISH.search(text)


def test_a_vague_variable_is_noticed_wherever_it_is_bound() -> None:
    source = "for each in items:\n    pass\nkey = lambda found: found.id\nknown = 1\n"

    assert [(1, "each"), (3, "found"), (4, "known")] == sorted(vague_in(source))
