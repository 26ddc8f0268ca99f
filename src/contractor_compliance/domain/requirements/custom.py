"""A check that the host supplies."""

from __future__ import annotations

from typing import ClassVar

import attrs

from contractor_compliance.domain.line import Line
from contractor_compliance.domain.requirements.header import RequirementHeader
from contractor_compliance.domain.value import Id

__all__ = ["Custom"]


@attrs.frozen(kw_only=True)
class Custom(RequirementHeader):
    """A check that the host supplies by name; without it the answer is unknown.

    Attributes:
        name: Name of the function in the mapping given to `evaluate`.
        line: Line that it speaks of, if any.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing import factories
        >>> rulebook = factories.rulebook(Custom(id="drug-test", name="drug_test"))
        >>> evaluate(factories.dossier(), rulebook, as_of=date(2026, 6, 1)).verdict  # no function was supplied
        <Verdict.UNDETERMINED: 'undetermined'>
    """

    tag: ClassVar[str] = "custom"

    name: Id
    line: Line | None = None

    def _key_parts(self) -> tuple[str, ...]:
        return (self.name,)

    @property
    def subject_line(self) -> Line | None:
        """The line that the host gave it, if any."""
        return self.line
