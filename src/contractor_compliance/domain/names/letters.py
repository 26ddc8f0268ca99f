"""The letters of a name in one form, and the words that they make.

What may vary without making another name: case, width, the order and composition of marks, apostrophes, punctuation,
blanks. What may not: a letter, a mark on a letter, a digit, a sign such as + or #.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["base_letters", "fold", "words_of"]

# The apostrophe and what is typed or scanned in its place: they join letters (O'Brien, Joan's).
_APOSTROPHES = "'`\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u201b\u2032\u2035\ua78c"
_DROPPED = {ord(sign): None for sign in _APOSTROPHES}
_LINE_BREAK = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
# Initials: letters with a dot after each, the last dot may be missing (L.L.C., A.B.C, J.M. Doe).
_INITIALS = re.compile(r"(?<!\w)(?:[^\W\d_]\.)+[^\W\d_](?!\w)\.?")
_ASCII_WORD = re.compile(r"[a-z0-9+#$@%=^~]+|&")
# Signs that may be part of a name though Unicode counts them as punctuation.
_SIGNS = frozenset("#@%&")
# Signs that part names, though Unicode does not count them as punctuation.
_PARTING = frozenset("|<>")
_TRANSLITERATED = {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}


def fold(text: str) -> str:
    """Return the text with one spelling of each letter, blank, line break and apostrophe; punctuation stays.

    Example:
        >>> fold("O'BRIEN  Masonry, L.L.C.")
        'obrien masonry, llc '
    """
    text = _LINE_BREAK.sub("\n", text)
    if text.isascii():
        text = text.casefold().translate(_DROPPED)
    else:
        text = unicodedata.normalize("NFC", text)
        text = "".join(map(_of_one_width, text))
        # Each step may leave letters decomposed: a letter and its mark are one before and after.
        text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).translate(_DROPPED)
        text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return _INITIALS.sub(_joined, _BLANKS.sub(" ", text))


def _of_one_width(letter: str) -> str:
    if letter.isascii() or not unicodedata.decomposition(letter).startswith(("<wide>", "<narrow>")):
        return letter
    return unicodedata.normalize("NFKC", letter)


def _joined(initials: re.Match[str]) -> str:
    return f"{initials[0].replace('.', '')} "


def words_of(folded: str) -> tuple[str, ...]:
    """Return the words of a folded text: punctuation parts them, a sign such as + or # belongs to its word.

    A text without any letter or digit has no words.
    """
    if folded.isascii():
        words = _ASCII_WORD.findall(folded)
    else:
        words = "".join(map(_kept, folded)).split()
        words = [word for word in words if not all(map(_is_mark, word))]
    if not any(map(str.isalnum, folded)):
        return ()
    return tuple("and" if word == "&" else word for word in words)


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "M"


def _kept(letter: str) -> str:
    if letter == "&":
        return " & "
    if letter.isalnum() or letter in _SIGNS:
        return letter
    return " " if letter in _PARTING or unicodedata.category(letter)[0] in "PZC" else letter


def base_letters(word: str) -> str:
    """Return a word without marks on its letters and without ligatures, for near misses only.

    Example:
        >>> base_letters("kjærgård")
        'kjaergard'
    """
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(_TRANSLITERATED.get(letter, letter) for letter in decomposed if unicodedata.category(letter) != "Mn")
