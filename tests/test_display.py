"""Tables and pictures: nothing shown can act, hide or reorder, and nothing is lost."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_compliance.display import (
    Html,
    Lane,
    Span,
    Tone,
    chip,
    escape,
    escape_markdown,
    fragment,
    html_table,
    markdown_table,
    plain,
    strip,
    tag,
    text_table,
)

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><script>alert(1)</script>",
    "invoice\u202egnp.exe",
    "\x1b]0;owned\x07",
    "javascript:alert(1)",
    "a\r\n| b | c |\n# heading",
]
YEAR = (date(2026, 1, 1), date(2027, 1, 1))


class Reader(HTMLParser):
    """Reads elements, attributes and text; complains of an element left open."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(markup)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def spans_of(markup: str) -> list[dict[str, str | None]]:
    return [attributes for _, attributes in Reader(markup).elements if "cc-span" in (attributes.get("class") or "")]


def share(style: str | None, what: str) -> float:
    match = re.search(rf"{what}:(-?[\d.]+)%", style or "")
    assert match is not None
    return float(match[1])


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_a_table(text: str) -> None:
    read = Reader(html_table([text], [[text]], caption=text))

    assert {name for name, _ in read.elements} == {"div", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert read.texts == [plain(text)] * 3


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_a_strip(text: str) -> None:
    lane = Lane(text, (Span(*YEAR, Tone.BAD, text, text),))
    read = Reader(strip([lane], label=text, start=YEAR[0], end=YEAR[1], mark=YEAR[0], mark_label=text))

    assert {name for name, _ in read.elements} == {"div", "span"}
    assert {key for _, attributes in read.elements for key in attributes} <= {
        "aria-hidden",
        "aria-label",
        "class",
        "role",
        "style",
        "title",
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_a_chip_and_a_fragment(text: str) -> None:
    read = Reader(fragment(chip(Tone.BAD, text), label=text))

    assert {name for name, _ in read.elements} == {"div", "style", "span"}


@given(st.text())
def test_escaped_text_reads_back_as_it_was_shown(text: str) -> None:
    assert "".join(Reader(tag("p", text)).texts) == plain(text)


@given(st.text())
def test_shown_text_is_one_line_without_anything_hidden(text: str) -> None:
    shown = plain(text)

    assert len(shown.splitlines()) <= 1
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    shown.encode()


def test_text_that_is_html_already_is_not_escaped_again() -> None:
    assert tag("p", Html("<b>a</b>"), "<") == "<p><b>a</b>&lt;</p>"
    assert escape(escape("<")) == "&lt;"


def test_an_attribute_that_is_none_is_left_out() -> None:
    assert tag("td", class_="cc-x", aria_label='"', title=None) == '<td class="cc-x" aria-label="&quot;"></td>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$1 and $2", r"\$1 and \$2"),
        ("a|b", r"a\|b"),
        ("*a* _b_ `c` [d](e)", r"\*a\* \_b\_ \`c\` \[d\](e)"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("# a", r"\# a"),
        ("- a", "&#45; a"),
        ("1. a", "&#49;. a"),
        ("3.C GA", "3.C GA"),
        ("2026-03-01", "2026-03-01"),
        ("http://example.com www.example.com", r"http\://example.com www\.example.com"),
        (None, ""),
    ],
)
def test_markdown_keeps_text_from_being_markup(text: str | None, shown: str) -> None:
    assert escape_markdown(text) == shown


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4))
def test_a_markdown_table_has_a_line_for_each_row(rows: list[list[str]]) -> None:
    lines = markdown_table(["a", "b"], rows).split("\n")

    assert len(lines) == len(rows) + 2
    assert all(len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 3 for line in lines)


def test_a_text_table_is_aligned_and_wrapped() -> None:
    table = text_table(["Name", "Said"], [["a", "one two three"], ["\u5bb6", None]], widest=8, indent="  ")

    assert table.split("\n") == [
        "  Name  Said",
        "  ----  -------",
        "  a     one two",
        "        three",
        "  \u5bb6",
    ]


def test_a_span_takes_its_share_of_the_axis() -> None:
    lane = Lane("gl", (Span(date(2026, 1, 1), date(2026, 7, 2), Tone.GOOD, "pass", "a"),))

    (span,) = spans_of(strip([lane], label="x", start=YEAR[0], end=YEAR[1]))

    assert share(span["style"], "left") == 0
    assert share(span["style"], "width") == pytest.approx(100 * 182 / 365, abs=0.001)
    assert span["title"] == span["aria-label"] == "a"


def test_the_shortest_run_has_a_width_that_can_be_seen() -> None:
    day = Span(date(2026, 5, 4), date(2026, 5, 5), Tone.BAD, "fail", "one day")
    drawn = fragment(strip([Lane("gl", (day,))], label="x", start=date(1990, 1, 1), end=date(2050, 1, 1)), label="x")

    assert len(spans_of(drawn)) == 1
    assert "min-width:2px" in drawn
    assert "min-width:3px" in drawn


@pytest.mark.parametrize("tone", Tone)
def test_a_tone_never_relies_on_its_color_alone(tone: Tone) -> None:
    symbols = {Reader(chip(tone, "x")).texts[0] for tone in Tone}

    assert len(symbols) == len(Tone)
    assert f"cc-{tone.value}" in chip(tone, "x")


def test_an_open_end_is_drawn_as_an_arrow_beyond_the_last_change() -> None:
    spans = (
        Span(None, date(2026, 3, 1), Tone.IDLE, "none", "before"),
        Span(date(2026, 3, 1), None, Tone.GOOD, "pass", "from then on"),
    )
    before, after = spans_of(strip([Lane("gl", spans)], label="x"))

    assert "cc-no-start" in (before["class"] or "")
    assert "cc-no-end" in (after["class"] or "")
    assert share(after["style"], "left") + share(after["style"], "width") == pytest.approx(100)


def test_a_span_off_the_axis_is_left_out_and_a_span_across_its_edge_is_cut() -> None:
    spans = (
        Span(date(2025, 1, 1), date(2026, 1, 1), Tone.GOOD, "pass", "before"),
        Span(date(2026, 12, 1), date(2028, 1, 1), Tone.GOOD, "pass", "across"),
        Span(date(2027, 1, 1), None, Tone.GOOD, "pass", "after"),
    )
    (span,) = spans_of(strip([Lane("gl", spans)], label="x", start=YEAR[0], end=YEAR[1]))

    assert span["title"] == "across"
    assert share(span["style"], "left") + share(span["style"], "width") == pytest.approx(100, abs=0.001)


def test_the_mark_is_drawn_only_where_its_day_is_on_the_axis() -> None:
    lane = Lane("gl", (Span(*YEAR, Tone.GOOD, "pass", "a"),))

    assert "cc-mark" in strip([lane], label="x", start=YEAR[0], end=YEAR[1], mark=date(2026, 12, 31))
    assert "cc-mark" not in strip([lane], label="x", start=YEAR[0], end=YEAR[1], mark=date(2027, 1, 1))


def test_the_legend_lists_the_tones_in_use() -> None:
    lane = Lane("gl", (Span(*YEAR, Tone.GOOD, "", "a"),))
    drawn = strip([lane], label="x", legend={Tone.GOOD: "covered", Tone.BAD: "uncovered"})

    assert "covered" in Reader(drawn).texts
    assert "uncovered" not in Reader(drawn).texts


DAYS = st.dates()


@given(st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS), max_size=5), st.none() | DAYS, st.none() | DAYS)
def test_any_days_at_all_can_be_drawn(
    runs: list[tuple[date | None, date | None]], start: date | None, mark: date | None
) -> None:
    spans = tuple(
        Span(first, end, Tone.BAD, "fail", "x") for first, end in runs if not (first and end and end <= first)
    )
    drawn = strip([Lane("gl", spans)], label="x", start=start, mark=mark)

    for span in spans_of(drawn):
        left, width = share(span["style"], "left"), share(span["style"], "width")
        assert 0 <= left <= 100
        assert 0 <= width
        assert left + width <= 100.01
    assert 1 <= drawn.count("cc-tick") <= 8
