"""The blanket sentence: a schedule that names no one, but whoever a written contract requires (domain rule B14.7).

The sentences are recognized by the few parts that they are made of, and a text counts only if nothing else stands in
it: a limit to some contract, project or kind of party is another sentence, and is left for a person to read.
"""

from __future__ import annotations

import re

from contractor_compliance.domain.labels import LabeledCode

__all__ = ["BlanketReach", "blanket_reach"]


class BlanketReach(LabeledCode):
    """Which parties a blanket sentence reaches: those that a written contract is with, or all that it requires.

    Example:
        >>> from contractor_compliance.domain import blanket_reach
        >>> blanket_reach("Any person or organization where required by written contract")
        <BlanketReach.CONTRACT: 'contract'>
    """

    DIRECT = "direct"
    CONTRACT = "contract"


_NOUN = r"(?:persons?|organi[sz]ations?|entit(?:y|ies)|part(?:y|ies)|compan(?:y|ies)|firms?)"
_WHO = rf"(?:(?:any or all|any|all|each|every|such) )?(?:other )?{_NOUN}(?: (?:or )?(?:any )?(?:other )?{_NOUN})*"
_YOU = r"(?:you|the named insured|named insured|the insured|insured)"
_DEED = (
    r"(?:(?:a|an|any|the|your|such) )?(?:(?:valid|signed|fully|executed|duly) )*"
    r"(?:written )?(?:contracts?|agreements?)"
    r"(?: or (?:(?:a|any) )?(?:written )?(?:contracts?|agreements?|permits?))*"
)
_BY = r"(?:by|in|under|per|as per|pursuant to|through|via)"
_ADD = (
    r"(?: (?:to|that) (?:such (?:persons? or organi[sz]ations?|part(?:y|ies)) )?"
    r"(?:be )?(?:add|added|name|named|include|included|provide|waive)"
    r"(?: (?:them|such (?:persons? or organi[sz]ations?|part(?:y|ies))))?"
    r"(?: (?:as )?(?:an )?additional insureds?(?: status)?)?"
    r"(?: (?:a )?waivers? of subrogation| (?:your |our |the )?rights? of (?:recovery|subrogation))?)?"
    r"(?: (?:on|to|under) (?:your|this|the) policy)?"
)
_TAIL = (
    r"(?: with " + _YOU + r")?"
    r"(?: (?:that is |which is )?(?:executed|signed|in effect|entered into|in force)"
    r"(?: (?:by|with) " + _YOU + r")?(?: prior to| before)?(?: (?:a|an|the|any))?"
    r"(?: (?:loss|occurrence|bodily injury|injury|damage|claim))?(?: occurs?)?)?"
)
_PREFIX = r"(?:blanket )?(?:(?:additional insureds?|waivers?(?: of subrogation)?) )?(?:status )?"
_WHEN = (
    r"(?:(?:that|which|who) )?(?:(?:where|when|whenever|wherever|as|if|only as|but only where|but only as) )?"
    r"(?:(?:is|are|be|you are) )?(?:so )?"
)
_REQUIRED = rf"{_WHEN}required (?:of {_YOU} )?{_BY} {_DEED}"

#: The sentences, each with the parties that it reaches.
_SENTENCES = (
    (re.compile(rf"{_PREFIX}(?:{_WHO} )?{_REQUIRED}{_ADD}{_TAIL}"), BlanketReach.CONTRACT),
    (re.compile(rf"{_PREFIX}(?:{_WHO} )?(?:as )?per {_DEED}{_TAIL}"), BlanketReach.CONTRACT),
    (
        re.compile(
            rf"{_PREFIX}{_WHO}(?: (?:that|whom|which|to whom|for whom))? {_YOU} (?:are|is|have been|has been) "
            rf"(?:required|obligated)(?: {_BY} {_DEED}{_ADD}|{_ADD} {_BY} {_DEED}){_TAIL}"
        ),
        BlanketReach.CONTRACT,
    ),
    (
        re.compile(
            rf"{_PREFIX}{_WHO} (?:(?:with|for|to) )?(?:whom|which|that) {_YOU} (?:have|has|had)(?: so)? "
            rf"(?:agreed|contracted)(?:{_ADD} {_BY} {_DEED}| {_BY} {_DEED}{_ADD}){_TAIL}"
        ),
        BlanketReach.DIRECT,
    ),
    (
        re.compile(
            rf"{_PREFIX}{_WHO} for whom {_YOU} (?:are|is) performing operations when {_YOU} or such "
            rf"(?:persons? or organi[sz]ations?|part(?:y|ies)) have agreed in writing in {_DEED}{_ADD}{_TAIL}"
        ),
        BlanketReach.DIRECT,
    ),
)
#: Words without which no text is anything like a blanket sentence.
_HINTS = re.compile(
    rf"\b(?:any|all|each|every|those|such) (?:other )?{_NOUN}\b|^(?:any|all|each|every) |^blanket\b|"
    r"\b(?:required|permitted|agreed) (?:by|in|under)\b|\bper (?:written )?contract\b|\b(?:with|for|to) whom\b|"
    r"\bon file\b|^certificate holders?\b|^various$"
)
_CONDITION = re.compile(
    r"[\s,;:(\-]*(?:but only )?(?:where|when|if|as)\s+(?:so\s+)?required\s+(?:by|in|under|per)\s+(?:an?\s+|any\s+)?"
    r"(?:signed\s+|executed\s+)*(?:written\s+)?(?:contract|agreement)(?:\s+(?:or|and)\s+(?:contract|agreement))?[\s).]*",
    re.IGNORECASE,
)


def blanket_reach(text: str) -> BlanketReach | None:
    """Return which parties a schedule's blanket sentence reaches; None if the text is no blanket sentence.

    Example:
        >>> from contractor_compliance.domain.blanket import blanket_reach
        >>> blanket_reach("Any person or organization where required by written contract").label
        'whoever the written contract requires'
        >>> blanket_reach("Sample Staffing Inc")
    """
    words = _words(text)
    return next((reach for sentence, reach in _SENTENCES if sentence.fullmatch(words)), None)


def is_nearly_blanket(text: str) -> bool:
    """Return whether a text speaks of whole classes of parties, or of contracts: then a person must read it."""
    return _HINTS.search(_words(text)) is not None


def without_condition(text: str) -> str | None:
    """Return a schedule line without "where required by written contract" at its end; None if it does not end so."""
    for start in _CONDITION.finditer(text):
        if start.end() == len(text) and start.start() > 0:
            return text[: start.start()]
    return None


def _words(text: str) -> str:
    """Return the words of a text in one spelling: no case or punctuation, and every "and" an "or"."""
    plain = re.sub(r"\((?:s|ies|es)\)", "s", text.casefold())
    plain = re.sub(r"\band\s*/\s*or\b|\band\b|&|/", " or ", plain)
    return " ".join(re.sub(r"[^\w]+", " ", plain).split())
