"""A client of the example hosts, over real HTTP, which remembers every answer that it was given."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import Any

import attrs

__all__ = ["Answer", "Client"]


@attrs.frozen
class Answer:
    """What a host answered.

    Attributes:
        status: The HTTP status.
        headers: The headers, by name in lower case.
        text: The body.
    """

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.text)

    @property
    def said(self) -> tuple[int, str]:
        """The status, and the code of the refusal."""
        return self.status, self.json["code"]


@attrs.define
class Client:
    """Asks a host on the loopback.

    Attributes:
        port: Where it listens.
        answers: Every answer so far.
    """

    port: int
    answers: list[Answer] = attrs.Factory(list)

    def call(
        self, method: str, path: str, body: Any = None, *, subject: str | None = "owner", key: str | None = None
    ) -> Answer:
        """Return what comes of a request; a body that is no bytes is sent as JSON."""
        headers = {"Content-Type": "application/json"}
        if subject is not None:
            headers["X-Subject"] = subject
        if key is not None:
            headers["Idempotency-Key"] = key
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, sent, headers)
            response = connection.getresponse()
            received = {name.lower(): value for name, value in response.getheaders()}
            answer = Answer(response.status, received, response.read().decode())
        finally:
            connection.close()
        self.answers.append(answer)
        return answer

    def get(self, path: str, **options: Any) -> Answer:
        """Return what comes of a GET."""
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any, **options: Any) -> Answer:
        """Return what comes of a POST."""
        return self.call("POST", path, body, **options)
