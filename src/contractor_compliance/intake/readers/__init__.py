"""Tolerant readers: each makes a value of one cell, or says why it does not."""

from contractor_compliance.intake.readers.amounts import Unit, read_money
from contractor_compliance.intake.readers.choices import (
    ENTITY_TYPE_WORDS,
    NO_WORDS,
    YES_WORDS,
    read_entity_type,
    read_yes_no,
)
from contractor_compliance.intake.readers.days import (
    CONTINUOUS_WORDS,
    SENTINELS,
    TWO_DIGIT_YEAR,
    Serials,
    is_continuous,
    read_day,
)
from contractor_compliance.intake.readers.lines import LINE_WORDS, OTHER_MEANINGS, read_line
from contractor_compliance.intake.readers.reading import BLANK_WORDS, PENDING_WORDS, Reading, words
from contractor_compliance.intake.readers.states import STATE_WORDS, read_state, read_states
from contractor_compliance.intake.readers.texts import read_email, read_identifier, read_name, read_tax_id

__all__ = [
    "BLANK_WORDS",
    "CONTINUOUS_WORDS",
    "ENTITY_TYPE_WORDS",
    "LINE_WORDS",
    "NO_WORDS",
    "OTHER_MEANINGS",
    "PENDING_WORDS",
    "SENTINELS",
    "STATE_WORDS",
    "TWO_DIGIT_YEAR",
    "YES_WORDS",
    "Reading",
    "Serials",
    "Unit",
    "is_continuous",
    "read_day",
    "read_email",
    "read_entity_type",
    "read_identifier",
    "read_line",
    "read_money",
    "read_name",
    "read_state",
    "read_states",
    "read_tax_id",
    "read_yes_no",
    "words",
]
