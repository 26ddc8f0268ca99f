"""What an exception of the library means over HTTP, for whatever framework answers."""

from __future__ import annotations

import json
import re
from typing import Any

import attrs

from contractor_compliance.errors import (
    AccessDeniedError,
    CommitUnknownError,
    ConflictError,
    ContractorComplianceError,
    CursorError,
    DocumentError,
    Fault,
    FutureInstantError,
    GateError,
    InvalidValueError,
    KeyReusedError,
    NotAllowedError,
    NotOnFileError,
    UnavailableError,
    UnknownCompanyError,
)

__all__ = ["STATUSES", "Refusal", "location_of", "refusal_of"]

#: The status of each exception that tells the caller something. Any other is a fault of the host or of its database:
#: let it be a 500, and keep its text to yourself.
STATUSES: dict[type[ContractorComplianceError], int] = {
    AccessDeniedError: 403,
    CommitUnknownError: 503,
    ConflictError: 409,
    CursorError: 400,
    DocumentError: 422,
    FutureInstantError: 422,
    InvalidValueError: 422,
    # As the IETF draft on the Idempotency-Key header has it (draft-ietf-httpapi-idempotency-key-header, section 2.7).
    KeyReusedError: 422,
    NotAllowedError: 409,
    NotOnFileError: 404,
    UnavailableError: 503,
    UnknownCompanyError: 404,
}
# What databases say of themselves is for the host's log.
_OVERLOADED = {
    CommitUnknownError: "It is not known whether this was saved; send it again with the same idempotency key.",
    UnavailableError: "The records cannot be reached just now and nothing was saved; send it again in a moment.",
}
_STEP = re.compile(r"""\.([A-Za-z_]\w*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]""")


@attrs.frozen
class Refusal:
    """What to answer in the place of an exception.

    Attributes:
        status: The HTTP status.
        body: The JSON body: `code`, `detail`, and for a blocked assignment its `verdict`. The detail is a sentence or,
            where an input is at fault, a list of objects with `type`, `loc` and `msg`, as FastAPI writes them.
        headers: Headers to add.
    """

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


def refusal_of(error: ContractorComplianceError) -> Refusal | None:
    """Return what to answer in the place of an exception; None if it is none of the caller's business: a 500."""
    for cls in type(error).__mro__:
        if cls in STATUSES:
            break
    else:
        return None
    body: dict[str, Any] = {"code": _code_of(type(error)), "detail": _OVERLOADED.get(cls, str(error))}
    if isinstance(error, DocumentError | InvalidValueError):
        body["detail"] = [
            {"type": body["code"], "loc": [*location_of(fault)], "msg": f"{fault.value}: {fault.problem}"}
            for fault in error.faults
        ]
    if isinstance(error, GateError):
        body["verdict"] = error.verdict
    return Refusal(STATUSES[cls], body, {"Retry-After": "1"} if STATUSES[cls] == 503 else {})


def location_of(fault: Fault) -> tuple[str | int, ...]:
    """Return the path of a fault as steps: `$.limits[0].each_occurrence` is `("limits", 0, "each_occurrence")`."""
    steps: list[str | int] = []
    for name, index, quoted in _STEP.findall(fault.path):
        steps.append(name or (int(index) if index else json.loads(quoted)))
    return tuple(steps)


def _code_of(cls: type) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__.removesuffix("Error")).lower()
