"""Job codes: the company's approved descriptions of work."""

from __future__ import annotations

import attrs

from contractor_compliance.domain.fields import TupleOf, field
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.value import Id, Text, Value

__all__ = ["ClassCode", "Industry", "JobCode", "JobCodeStatus"]


class JobCodeStatus(LabeledCode):
    """Life of a job code: proposed, approved for assignments, or retired.

    Example:
        >>> from contractor_compliance.domain import JobCode
        >>> JobCode(id="rigger", title="Rigger").status
        <JobCodeStatus.APPROVED: 'approved'>
    """

    PROPOSED = "proposed"
    APPROVED = "approved"
    RETIRED = "retired"


class Industry(LabeledCode):
    """The split that workers' compensation laws make (domain rule B6.7).

    Example:
        >>> Industry("construction").label
        'construction'
    """

    CONSTRUCTION = "construction"
    OTHER = "other"


@attrs.frozen(kw_only=True)
class ClassCode(Value):
    """A workers' compensation class code: only with its scheme does the number mean anything (rule B6.15).

    Attributes:
        scheme: The bureau or state whose manual it is from.
        code: The code as the manual writes it.
        state: State in which it is used, if it is not the scheme's only one.

    Example:
        >>> from contractor_compliance.domain import State
        >>> ClassCode(scheme="NCCI", code="5022", state=State.AL).scheme
        'NCCI'
    """

    scheme: Text
    code: Text
    state: State | None = None


@attrs.frozen(kw_only=True)
class JobCode(Value):
    """An approved description of work that assignments link to.

    Attributes:
        id: The company's own code, unique in the company.
        title: Short name.
        description: Duties, in two or three sentences.
        status: Proposed, approved or retired.
        industry: Construction or other, where it is known.
        license_classes: License classes that the work needs, as boards write them (`C-39`); some forbid exemptions
            (domain rule B6.8).
        soc_code: Standard Occupational Classification code, such as `49-2011`.
        class_codes: Workers' compensation classes by scheme.

    Example:
        >>> from contractor_compliance.domain import Industry
        >>> from contractor_compliance.testing import factories
        >>> roofing = JobCode(id="roofer", title="Roofer", industry=Industry.CONSTRUCTION, license_classes=("C-39",))
        >>> factories.dossier(roofing, factories.assignment(job_code_id="roofer")).job_codes[0].title
        'Roofer'
    """

    id: Id
    title: Text
    description: Text | None = None
    status: JobCodeStatus = JobCodeStatus.APPROVED
    industry: Industry | None = None
    license_classes: tuple[Text, ...] = field(default=(), converter=TupleOf[Text])
    soc_code: Text | None = None
    class_codes: tuple[ClassCode, ...] = field(default=(), converter=TupleOf[ClassCode])
