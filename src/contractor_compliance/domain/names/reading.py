"""What a box with names says: which names, what else each is called, and what stays open.

A box may hold several named insureds, trade names, an address, and phrases such as "et al". Where the text can be read
in two ways, the names of both readings are kept apart as doubtful (domain rules B14.1, B14.8).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from functools import cached_property

import attrs

from contractor_compliance.domain.names.legal_forms import agrees, split_form, without_description
from contractor_compliance.domain.names.letters import fold, words_of
from contractor_compliance.domain.names.people import PersonName, read_person

__all__ = ["LONGEST_BOX", "MOST_NAMES", "NameBox", "WrittenName", "normal_name", "read_box"]

#: A longer text is not taken apart: it equals another text as a whole, or a person must look.
LONGEST_BOX = 5_000
#: Of more names than this in one text near misses are not looked for: a person must look.
MOST_NAMES = 64
# Texts up to this length are remembered: the same few names are compared again and again.
_REMEMBERED = 120

_COMMAS = re.compile(r" ?,[ ,]*")
_AND_OR = re.compile(r"(?<!\w)and ?/ ?or(?!\w)")
# "Doing business as" and what else starts a second name, in the spellings of certificates and registers.
_TRADE = (
    r"d[ ./\\-]{0,2}b[ ./\\-]{0,2}a|doing business (?:as|under the name(?: of)?)|(?:trading|operating) as|"
    r"t ?/ ?a|o ?/ ?a"
)
_OTHERWISE = r"[afn][ ./]{0,2}k[ ./]{0,2}a|(?:also|formerly|previously|now) known as|formerly|previously"
_SECOND_NAME = re.compile(rf"(?<![\w&])(?:{_TRADE}|{_OTHERWISE})(?![\w&])[ ./:-]{{0,4}}")
_LEADING_TRADE = re.compile(r"[ (\[]{0,2}(?:d[ ./\\-]{0,2}b[ ./\\-]{0,2}a|doing business as)(?![\w&])[ ./:-]{0,4}")
_CARE_OF = re.compile(r"(?<!\w)(?:c ?/ ?o|in care of|attn|attention:)(?!\w)|\u2105")
# What goes on to others that are not named. A connecting word shows that the phrase is no part of the name.
_OTHERS = re.compile(
    r"[ ,(-]{1,3}(?P<connected>(?:and ?/ ?or|and|&) )?(?:"
    r"(?P<certain>et ?al|atima|isaoa|as (?:its|their) interests? may appear|"
    r"(?:see|as per|per|refer to) (?:the )?(?:attached|below|schedules?|list|addendum|acord)|"
    r"(?:its|their|any|all)(?: and all| or all| of its| of their)?(?: \w+,?){0,3}? "
    r"(?:affiliat|subsidiar|successor|assign|parent|officer|director|employee|agent|compan)\w*|"
    r"successors?,? (?:and ?/ ?or|and|or|&) assigns)|subsidiaries|affiliates|others)(?!\w).*$"
)
_POINTER = re.compile(
    r"(?:and )?others\b.*|(?:see|per|as per|refer to)\b.*\b(?:schedules?|scheduled|attached|attachment|below|list|"
    r"addendum|acord)\b.*|"
    r"(?:tbd|tba|to be (?:determined|advised|announced)|various|pending|n/a|na|none|unknown|as scheduled)[ .]*"
)
_STREET = (
    r"st|street|ave|avenue|rd|road|blvd|boulevard|ln|lane|dr|drive|ct|court|way|hwy|highway|pkwy|parkway|pl|place|"
    r"ste|suite|unit|apt|floor|fl|cir|circle|ter|terrace|trl|trail"
)
_ADDRESS_LINE = re.compile(rf"\d+\w? .*\b(?:{_STREET})\b|p ?o box\b|.*\b\d{{5}}(?:-\d{{4}})?$")
_ADDRESS_BEHIND = re.compile(rf", (?:\d+\w? [^,]*?\b(?:{_STREET})\b|p ?o box\b).*$")
# No spelling of a legal form has more words.
_LONGEST_FORM = 5
_JOINT_VENTURE = re.compile(r"(?<!\w)(?:joint venture|jv)(?!\w)")


@attrs.frozen(eq=False)
class WrittenName:
    """One name as it is written.

    Attributes:
        folded: Its text, folded.
        words: Its words, the legal form in one spelling.
        core: Its words without the legal form; empty = no name at all.
        form: The legal form in one spelling, mostly one word.
    """

    folded: str
    words: tuple[str, ...]
    core: tuple[str, ...]
    form: tuple[str, ...]

    @classmethod
    def of(cls, folded: str) -> WrittenName:
        """Return the name that a folded text writes."""
        core, form = split_form(words_of(folded))
        return cls(folded, core + form, core, form)

    @cached_property
    def text(self) -> str:
        """The normal form: words with single blanks."""
        return " ".join(self.words)

    @cached_property
    def person(self) -> PersonName | None:
        """The name as that of a person; None where it cannot be one."""
        if self.form or "and" in self.core or any(map(str.isdigit, self.text.replace("2nd", "").replace("3rd", ""))):
            return None
        return read_person(self.folded)


@attrs.frozen(eq=False)
class NameBox:
    """What a text says about the names in it.

    Attributes:
        names: Each of these is certainly named.
        doubtful: Each of these is named if the text is read in one of several ways.
        others: Trade names, former names and other names: they name nobody by themselves (domain rule B7.1).
        is_open: Whether the text goes on to others that it does not name ("et al", "see schedule").
        whole: The whole text as if it were one name.
    """

    whole: WrittenName
    names: tuple[WrittenName, ...] = ()
    doubtful: tuple[WrittenName, ...] = ()
    others: tuple[WrittenName, ...] = ()
    is_open: bool = False

    @property
    def has_many(self) -> bool:
        """Whether there are more names than are looked at one by one."""
        return len(self.names) + len(self.doubtful) + len(self.others) > MOST_NAMES


@attrs.define(eq=False)
class _Line:
    """What one line says, as far as it is read."""

    names: list[WrittenName] = attrs.field(factory=list)
    doubtful: list[WrittenName] = attrs.field(factory=list)
    others: list[WrittenName] = attrs.field(factory=list)
    is_open: bool = False


def normal_name(name: str) -> str:
    """Return a name without case, punctuation and spelling variants of its legal form; empty if nothing is named.

    Example:
        >>> normal_name("SAMPLE RIGGING, L.L.C.") == normal_name("Sample Rigging Limited Liability Company")
        True
        >>> normal_name("***")
        ''
    """
    return _remembered_normal(name) if len(name) <= _REMEMBERED else _normal(name)


def _normal(name: str) -> str:
    written = WrittenName.of(fold(name))
    return written.text if written.core else ""


_remembered_normal = functools.lru_cache(maxsize=2048)(_normal)


def read_box(text: str) -> NameBox:
    """Return the names in a box of a certificate, a schedule or a file.

    Example:
        >>> [name.text for name in read_box("Sample Holdings Inc; Sample Rigging LLC dba Stage Hands").names]
        ['sample holdings inc', 'sample rigging llc']
    """
    return _remembered_box(text) if len(text) <= _REMEMBERED else _read(text)


def _read(text: str) -> NameBox:
    folded = _COMMAS.sub(", ", fold(text))
    if len(folded) > LONGEST_BOX:
        whole = WrittenName.of(folded)
        return NameBox(whole, doubtful=(whole,), is_open=True)
    names: list[WrittenName] = []
    doubtful: list[WrittenName] = []
    others: list[WrittenName] = []
    is_open = False
    chunks = [chunk for chunk in folded.split(";") if chunk.strip()]
    for chunk in chunks:
        for block in _blocks([line for line in (line.strip(" ,") for line in chunk.split("\n")) if line]):
            readings = [(" ".join(block), len(block) == 1 or _SECOND_NAME.search(block[0]) is not None)]
            if len(block) > 1:
                readings += [(line, False) for line in block]
            for reading, is_certain in readings:
                line = _read_line(reading)
                (names if is_certain else doubtful).extend(line.names)
                doubtful.extend(line.doubtful)
                others.extend(line.others)
                is_open = is_open or line.is_open
    return NameBox(WrittenName.of(folded), tuple(names), tuple(doubtful), tuple(others), is_open)


_remembered_box = functools.lru_cache(maxsize=1024)(_read)


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Group the lines of a box: those of one block may be one name that is wrapped, or a name each."""
    block: list[str] = []
    in_address = False
    for line in lines:
        if in_address or (block and _ADDRESS_LINE.match(line)):
            # What stands in an address names nobody, but for a company that is listed after it.
            in_address = not split_form(words_of(line))[1] or _CARE_OF.search(line) is not None
            if in_address:
                continue
        if block and _CARE_OF.match(line):
            in_address = True
            continue
        if not block:
            block = [line]
        elif _SECOND_NAME.match(line) or words_of(block[-1])[-1:] == ("and",) or words_of(line)[:1] == ("and",):
            block[-1] = f"{block[-1]} {line}"
        elif split_form(words_of(block[-1]))[1] and not _SECOND_NAME.search(block[-1]):
            yield block
            block = [line]
        else:
            block.append(line)
        in_address = _CARE_OF.search(line) is not None
    if block:
        yield block


def _read_line(line: str) -> _Line:
    care_of = _CARE_OF.search(line)
    if care_of and (care_of.start() or "/" in care_of[0]):
        line = line[: care_of.start()]
    line, is_open, is_certain = _without_others(line)
    read = _Line(is_open=is_open)
    for part in _AND_OR.split(line):
        if _POINTER.fullmatch(part.strip()) and not split_form(words_of(part))[1]:
            read.is_open = True
            continue
        second, legal = _second_names(part)
        read.others.extend(second)
        address = _ADDRESS_BEHIND.search(legal)
        if address:
            legal = legal[: address.start()]
        legal, described = without_description(legal)
        name = WrittenName.of(legal)
        parts = _listed(name)
        if address or not is_certain or _JOINT_VENTURE.search(part) or not agrees(name.form, described):
            read.doubtful.extend(parts)
        else:
            read.names.extend(parts)
        if len(parts) == 1:
            read.doubtful.extend(_segments(name))
    return read


def _without_others(line: str) -> tuple[str, bool, bool]:
    """Cut off "et al" and the like; return what is left, whether something was cut, and whether that is certain."""
    phrase = _OTHERS.search(line)
    if phrase is None or not words_of(line[: phrase.start()]):
        return line, False, True
    left = line[: phrase.start()]
    if split_form(words_of(left))[1]:
        return left, True, True
    if split_form(words_of(line))[1] or not (phrase["certain"] or phrase["connected"] or "," in phrase[0][:3]):
        # "Cleaning Affiliates Inc" is a name.
        return line, False, True
    return left, True, phrase["certain"] is not None


def _second_names(part: str) -> tuple[list[WrittenName], str]:
    """Return the trade names and other names that follow the first, and the text of the first."""
    leading = _LEADING_TRADE.match(part)
    if leading:
        return [WrittenName.of(text) for text in _SECOND_NAME.split(part[leading.end() :])], ""
    second = next((match for match in _SECOND_NAME.finditer(part) if part[: match.start()].strip(" ([")), None)
    if second is None:
        return [], part
    names = (WrittenName.of(text) for text in _SECOND_NAME.split(part[second.end() :]))
    return [name for name in names if name.core], part[: second.start()].rstrip(" -([,/:")


def _listed(name: WrittenName) -> list[WrittenName]:
    """Return the names that "and" joins, if each of them ends in a legal form; else the one name."""
    if not name.core:
        return []
    if "and" in name.core:
        parts = [WrittenName.of(" ".join(words)) for words in _split_words(name.words, after_form=True)]
        if len(parts) > 1 and all(part.core and part.form for part in parts):
            return parts
    return [name]


def _segments(name: WrittenName) -> Iterator[WrittenName]:
    """Yield what stands between the "and" of a name: each may be a name of its own."""
    if "and" in name.core:
        for words in _split_words(name.words, after_form=False):
            segment = WrittenName.of(" ".join(words))
            if segment.core:
                yield segment


def _split_words(words: tuple[str, ...], *, after_form: bool) -> Iterator[tuple[str, ...]]:
    start = 0
    for place, word in enumerate(words):
        if word == "and" and (not after_form or split_form(words[max(start, place - _LONGEST_FORM) : place])[1]):
            yield words[start:place]
            start = place + 1
    yield words[start:]
