"""Values for people to look at: escaped HTML, Markdown and text tables, and the coverage strip. Stdlib only.

Whatever is shown may have been typed by a stranger. Each writer escapes what it is given, and characters that would
hide, reorder or drive a terminal are shown as their code points. HTML is a fragment without scripts or loads from
elsewhere; its colors sit on the host's own background, light or dark.
"""

from __future__ import annotations

import html
import importlib
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from types import MappingProxyType

__all__ = [
    "RENDERERS",
    "Html",
    "Lane",
    "Span",
    "Tone",
    "chip",
    "escape",
    "escape_markdown",
    "fragment",
    "html_table",
    "markdown_table",
    "plain",
    "render",
    "strip",
    "tag",
    "text_table",
]

# Text that is safe to show.

_SPACE = re.compile(r"[\t\n\v\f\r\u0085\u2028\u2029]+")
# Control characters, direction marks, invisible joints and tags, lone surrogates.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_MARKDOWN = re.compile(r"[\\`*_{}\[\]#|~$]")
_MARKDOWN_START = re.compile(r"^(?:[-+=]|\d+(?=[.)](?:\s|$)))")
_MARKDOWN_LINK = re.compile(r"(?<=[A-Za-z])(?=://)|(?<=\bwww)(?=\.)", re.IGNORECASE)


def plain(value: object) -> str:
    """Return one line of text: None is empty, and characters that hide or reorder text are shown as code points."""
    if value is None:
        return ""
    return _HIDDEN.sub(lambda match: f"[U+{ord(match[0]):04X}]", _SPACE.sub(" ", str(value)))


class Html(str):
    """Text that is HTML already: writers put it in as it stands."""

    __slots__ = ()


def escape(value: object) -> Html:
    """Return a value as HTML text, fit for content and for quoted attributes."""
    return value if isinstance(value, Html) else Html(html.escape(plain(value), quote=True))


def escape_markdown(value: object) -> str:
    """Return a value as Markdown text without markup, mathematics, links or HTML of its own."""
    text = _MARKDOWN.sub(r"\\\g<0>", plain(value))
    text = _MARKDOWN_LINK.sub(r"\\", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN_START.sub(lambda match: _shield(match[0]), text.strip())


def _shield(start: str) -> str:
    """Keep the start of a text from reading as a list or a rule."""
    return f"&#{ord(start[0])};{start[1:]}"


def tag(name: str, *children: object, **attributes: object) -> Html:
    """Return an element; children and attributes are escaped.

    A trailing underscore of an attribute's name is dropped (`class_`), other underscores become hyphens, and an
    attribute that is None is left out.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{given}>{''.join(escape(child) for child in children)}</{name}>")


# Tables.


def text_table(
    header: Sequence[object], rows: Iterable[Sequence[object]], *, widest: int = 60, indent: str = ""
) -> str:
    """Return a table in columns of aligned text; a cell wider than `widest` is wrapped."""
    lines = [[_wrapped(cell, widest) for cell in row] for row in (header, *rows)]
    widths = [max(_width(line) for row in lines for line in row[place]) for place in range(len(header))]
    written = [_text_row(row, widths, indent) for row in lines]
    rule = indent + "  ".join("-" * width for width in widths)
    return "\n".join([written[0], rule, *written[1:]])


def _wrapped(cell: object, widest: int) -> list[str]:
    return textwrap.wrap(plain(cell), widest, break_on_hyphens=False) or [""]


def _text_row(cells: Sequence[Sequence[str]], widths: Sequence[int], indent: str) -> str:
    lines = []
    for level in range(max(len(cell) for cell in cells)):
        parts = [cell[level] if level < len(cell) else "" for cell in cells]
        padded = [part + " " * (width - _width(part)) for part, width in zip(parts, widths, strict=True)]
        lines.append((indent + "  ".join(padded)).rstrip())
    return "\n".join(lines)


def _width(text: str) -> int:
    """Columns that a terminal gives to the text."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def markdown_table(header: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    written = [f"| {' | '.join(map(escape_markdown, row))} |" for row in (header, *rows)]
    return "\n".join([written[0], "|" + " --- |" * len(header), *written[1:]])


def html_table(header: Sequence[object], rows: Iterable[Sequence[object]], *, caption: object = None) -> Html:
    """Return an HTML table; cells that are `Html` are put in as they stand."""
    head = tag("thead", tag("tr", *(tag("th", cell, scope="col") for cell in header)))
    body = tag("tbody", *(tag("tr", *(tag("td", cell) for cell in row)) for row in rows))
    title = tag("caption", caption) if caption is not None else ""
    return tag("div", tag("table", title, head, body, class_="cc-table"), class_="cc-scroll")


# Colors, never alone: each tone has a pattern or a shape of its own as well.


class Tone(Enum):
    """What a piece of a picture says."""

    GOOD = "good"
    DEPENDS = "depends"
    WAIVED = "waived"
    UNKNOWN = "unknown"
    BAD = "bad"
    IDLE = "idle"


_SYMBOLS = dict(zip(Tone, "\u2713\u2197\u2691?\u2715\u2013", strict=True))


def chip(tone: Tone, label: object) -> Html:
    """Return a label on a colored ground, with the tone's symbol."""
    symbol = tag("span", _SYMBOLS[tone], aria_hidden="true")
    return tag("span", symbol, " ", label, class_=f"cc-chip cc-{tone.value}")


def fragment(*parts: object, label: str) -> Html:
    """Return a self-contained piece of HTML with its style, to stand anywhere in a page or a notebook."""
    style = Html(f"<style>\n{_style()}\n</style>\n")
    return tag("div", style, *parts, class_="cc-view", role="region", aria_label=label)


# The coverage strip: what held on which days.


@dataclass(frozen=True, slots=True)
class Span:
    """A run of days in one lane.

    Attributes:
        start: First day; None = no beginning.
        end: The day after the last; None = no end.
        tone: How it is drawn.
        label: What it says, in a word or two; drawn where there is room.
        detail: What it says in full, its dates included: for a pointer at rest and for a screen reader.
    """

    start: date | None
    end: date | None
    tone: Tone
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of a strip.

    Attributes:
        name: What it is of.
        spans: Its runs, in order of time; days between them are left blank.
        strong: Whether its name is set off: a lane that sums up the others.
    """

    name: str
    spans: tuple[Span, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class _Axis:
    """The days drawn, as ordinals: from `first` up to and not including `end`."""

    first: int
    end: int

    def place(self, ordinal: float) -> float:
        """Return where a day begins, as a percentage of the width."""
        return 100 * (min(max(ordinal, self.first), self.end) - self.first) / (self.end - self.first)


def strip(
    lanes: Sequence[Lane],
    *,
    label: str,
    start: date | None = None,
    end: date | None = None,
    mark: date | None = None,
    mark_label: str = "",
    legend: Mapping[Tone, str] | None = None,
) -> Html:
    """Draw lanes of days over an axis of dates. The shortest run can still be seen.

    Args:
        lanes: The rows.
        label: What the picture is of, in words.
        start: First day of the axis; None = open: a little before the first change.
        end: The day after its last; None = open: a little after the last change, with an arrow.
        mark: A day to mark in all lanes.
        mark_label: What the mark says.
        legend: Words for the tones; those in use are listed.
    """
    axis = _axis(lanes, start, end, mark)
    ticks = [tag("span", text, class_="cc-tick", style=f"left:{at:.3f}%") for at, text in _ticks(axis)]
    body: list[Html] = []
    for lane in lanes:
        pieces = [_piece(span, axis) for span in lane.spans if _is_on(span, axis)]
        body += [
            tag("div", tag("b", lane.name) if lane.strong else lane.name, class_="cc-name"),
            tag("div", *pieces, class_="cc-lane", role="group", aria_label=lane.name),
        ]
    if mark is not None and axis.first <= mark.toordinal() < axis.end:
        at = axis.place(mark.toordinal() + 0.5)
        side = " cc-left" if at > 60 else ""
        words = tag("span", mark_label or mark.isoformat(), class_=f"cc-flag{side}", style=f"left:{at:.3f}%")
        body += [tag("div", class_="cc-name"), tag("div", words, class_="cc-foot")]
        ticks.append(tag("span", class_="cc-mark", style=f"left:{at:.3f}%"))
    grid = tag("div", *ticks, class_="cc-grid", aria_hidden="true")
    used = {span.tone for lane in lanes for span in lane.spans if _is_on(span, axis)}
    keys = [
        tag("span", tag("span", class_=f"cc-key cc-{tone.value}"), words, class_="cc-entry")
        for tone, words in (legend or {}).items()
        if tone in used
    ]
    return tag(
        "div",
        tag("div", grid, *body, class_="cc-strip"),
        tag("div", *keys, class_="cc-legend") if keys else "",
        role="group",
        aria_label=label,
    )


def _axis(lanes: Sequence[Lane], start: date | None, end: date | None, mark: date | None) -> _Axis:
    """Choose the days to draw: as asked for, and on an open side a margin past the last change."""
    turns = [day for lane in lanes for span in lane.spans for day in (span.start, span.end) if day is not None]
    ordinals = sorted(day.toordinal() for day in (*turns, start, end, mark) if day is not None) or [1]
    margin = max(30, (ordinals[-1] - ordinals[0]) // 8)
    first = start.toordinal() if start is not None else max(ordinals[0] - margin, 1)
    last = end.toordinal() if end is not None else min(ordinals[-1] + margin, date.max.toordinal())
    return _Axis(first, max(last, first + 1))


def _is_on(span: Span, axis: _Axis) -> bool:
    return (span.start is None or span.start.toordinal() < axis.end) and (
        span.end is None or span.end.toordinal() > axis.first
    )


def _piece(span: Span, axis: _Axis) -> Html:
    left = axis.place(span.start.toordinal()) if span.start is not None else 0.0
    right = axis.place(span.end.toordinal()) if span.end is not None else 100.0
    roomy = (right - left) * 4.6 >= 6 * len(span.label) + 10
    sides = (" cc-no-start" if span.start is None else "") + (" cc-no-end" if span.end is None else "")
    return tag(
        "span",
        span.label if roomy else "",
        class_=f"cc-span cc-{span.tone.value}{sides}",
        style=f"left:{left:.3f}%;width:{right - left:.3f}%",
        role="img",
        title=span.detail,
        aria_label=span.detail,
    )


# Months between two ticks.
_STEPS = (1, 2, 3, 6, *(12 * years for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _ticks(axis: _Axis) -> Iterator[tuple[float, str]]:
    """Yield places and names of the beginnings of months: at most seven, none too near the right edge."""
    first = date.fromordinal(axis.first)
    months = (axis.end - axis.first) / 30.44
    step = next(months_between for months_between in _STEPS if months / months_between <= 7)
    count = first.year * 12 + first.month - 1
    count = -(-count // step) * step
    shown = 0
    while count // 12 <= date.max.year:
        day = date(count // 12, count % 12 + 1, 1).toordinal() if count >= 12 else 0
        if day >= axis.end:
            break
        if day >= axis.first and axis.place(day) <= 93:
            shown += 1
            yield axis.place(day), f"{_MONTHS[count % 12]} {count // 12}"
        count += step
    if not shown:
        yield 0.0, first.isoformat()


# One rule a line; each selector is put below `.cc-view`, so that nothing else on the page is touched.
_RULES = """
* {box-sizing:border-box}
td, li, span {unicode-bidi:isolate}
ul {margin:2px 0 6px; padding:0 0 0 20px}
li {margin:2px 0}
code {font:11px/1.4 ui-monospace,Menlo,Consolas,monospace; color:inherit; overflow-wrap:anywhere}
code {background:rgba(128,128,128,.16); border-radius:3px; padding:1px 4px}
details {margin:3px 0 0}
summary {cursor:pointer}
.cc-title {font-size:17px; font-weight:650; margin:2px 0 4px}
.cc-head {font-size:14px; font-weight:650; display:flex; flex-wrap:wrap; gap:4px 10px; align-items:center}
.cc-sub {font-weight:600; margin:10px 0 2px}
.cc-soft {opacity:.72; font-weight:400}
.cc-small {font-size:12px}
.cc-part {margin:14px 0 0; padding:10px 0 0; border-top:1px solid rgba(128,128,128,.35)}
.cc-facts {display:grid; grid-template-columns:repeat(auto-fit,minmax(150px,1fr)); gap:6px 18px; margin:8px 0}
.cc-facts>div>div:first-child {font-size:11px; opacity:.72}
.cc-ask {margin-top:4px; padding:2px 0 2px 8px; border-left:3px solid #bf6a02}
.cc-member {padding-left:14px; border-left:2px solid rgba(128,128,128,.45)}
.cc-scroll {overflow-x:auto}
.cc-table {border-collapse:collapse; width:100%; margin:4px 0; font-size:13px; color:inherit}
.cc-table caption {text-align:left; font-weight:600; color:inherit; caption-side:top; padding:6px 0 2px}
.cc-table tbody tr, .cc-table thead tr {background:none; border:0}
.cc-table th, .cc-table td {padding:5px 10px 5px 0; border:0; border-bottom:1px solid rgba(128,128,128,.25)}
.cc-table th, .cc-table td {text-align:left; vertical-align:top; background:none; white-space:normal; max-width:none}
.cc-table th {font-weight:600; font-size:11px; opacity:.72}
.cc-chip {display:inline-block; border-radius:4px; padding:1px 7px; font-size:12px; line-height:1.5; font-weight:650}
.cc-chip {white-space:nowrap}
.cc-chip.cc-depends {white-space:normal; min-width:112px; box-sizing:border-box}
.cc-good {background-color:#1a7f37; color:#fff}
.cc-depends {background-color:#0b6bcb; color:#fff}
.cc-waived {background-color:#7a4fc4; color:#fff}
.cc-unknown {background-color:#9a6700; color:#fff}
.cc-bad {background-color:#c62828; color:#fff}
.cc-idle {box-shadow:inset 0 0 0 1px rgba(128,128,128,.7)}
.cc-strip {position:relative; display:grid; grid-template-columns:minmax(96px,22%) 1fr; column-gap:10px}
.cc-strip {margin:6px 0 2px; padding-top:20px; font-size:12px}
.cc-name {min-height:24px; padding:3px 0; line-height:1.3; align-self:center; overflow-wrap:anywhere}
.cc-lane {position:relative; min-height:24px}
.cc-foot {position:relative; height:18px}
.cc-grid {position:absolute; top:0; bottom:0; right:0; left:calc(max(96px,22%) + 10px); pointer-events:none}
.cc-tick {position:absolute; top:0; bottom:18px; padding-left:4px; font-size:11px; white-space:nowrap}
.cc-tick {border-left:1px solid rgba(128,128,128,.4); opacity:.85}
.cc-mark {position:absolute; top:16px; bottom:14px; margin-left:-1px; border-left:2px dashed currentColor; z-index:3}
.cc-flag {position:absolute; top:3px; padding:0 5px; font-size:11px; font-weight:600; white-space:nowrap}
.cc-flag.cc-left {transform:translateX(-100%)}
.cc-span {position:absolute; top:50%; height:16px; margin-top:-8px; line-height:16px; min-width:2px; padding:0 5px}
.cc-span {font-size:11px; white-space:nowrap; overflow:hidden; print-color-adjust:exact}
.cc-span:empty {padding:0}
.cc-span.cc-bad, .cc-span.cc-unknown {height:22px; margin-top:-11px; line-height:22px; min-width:3px; z-index:1}
.cc-span.cc-bad {font-weight:650; z-index:2}
.cc-span.cc-idle {height:8px; margin-top:-4px; font-size:0}
.cc-span.cc-depends, .cc-key.cc-depends {background-image:linear-gradient(0deg,#fff9 0 2px,#fff0 2px)}
.cc-span.cc-waived, .cc-key.cc-waived {background-image:repeating-linear-gradient(90deg,#fff4 0 2px,#fff0 2px 8px)}
.cc-span.cc-unknown, .cc-key.cc-unknown {background-image:repeating-linear-gradient(135deg,#fff4 0 4px,#fff0 4px 9px)}
.cc-no-end {clip-path:polygon(0 0,calc(100% - 9px) 0,100% 50%,calc(100% - 9px) 100%,0 100%)}
.cc-no-start {clip-path:polygon(9px 0,100% 0,100% 100%,9px 100%,0 50%)}
.cc-no-start.cc-no-end {clip-path:polygon(9px 0,calc(100% - 9px) 0,100% 50%,calc(100% - 9px) 100%,9px 100%,0 50%)}
.cc-legend {display:flex; flex-wrap:wrap; gap:2px 14px; font-size:11px; margin:2px 0 4px}
.cc-entry {display:inline-flex; align-items:center; gap:5px}
.cc-key {display:inline-block; width:18px; height:10px}
.cc-key.cc-bad, .cc-key.cc-unknown {height:14px}
"""
_FRAME = ".cc-view{font:13px/1.45 system-ui,'Segoe UI',Roboto,Arial,sans-serif;max-width:1080px;text-align:left}"


def _style() -> str:
    rules = (line.partition(" {") for line in _RULES.strip().splitlines())
    scoped = (
        f"{','.join(f'.cc-view {selector}' for selector in names.split(', '))}{{{rule}" for names, _, rule in rules
    )
    return "\n".join([_FRAME, *scoped])


# Values that show themselves.

#: What puts a value into words, by the name of its class: `module:function`. Values stand on floors below the rooms
#: that word them, so the function is looked up when a value is shown, and nowhere else.
RENDERERS: Mapping[str, str] = MappingProxyType(
    {
        "ComplianceReport": "contractor_compliance.explanation:explain",
        "Timeline": "contractor_compliance.explanation:explain",
    }
)


def render(value: object, *, as_: str) -> str:
    """Return a value in words, by the function that `RENDERERS` names for its class.

    Args:
        value: The value to show.
        as_: The format: `html` or `markdown`.
    """
    module, _, function = RENDERERS[type(value).__name__].partition(":")
    words: str = getattr(importlib.import_module(module), function)(value, as_=as_)
    return words
