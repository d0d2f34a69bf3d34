"""What every way out of the house shares: the message as it leaves, the answer, the error, and one way to speak JSON over HTTP.

An outside message is a sentence and a link behind login. It never carries a figure, a name or another personal datum (design: ecosystem 1.8);
`Outgoing` has no place for one, and the sentence comes from the pack's approved text.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from yunxing.values.errors import BadInput

Standing = Literal["sent", "delivered", "read", "failed"]
TIMEOUT_SECONDS = 10.0


class ChannelError(Exception):
    """A channel could not deliver.

    `permanent`: not worth trying this channel again. `in_doubt`: the answer was lost, so the message may have arrived; the same channel is
    tried again under the same key, and no other one, lest the person be told twice.
    """

    def __init__(self, message: str, *, permanent: bool = False, in_doubt: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.in_doubt = in_doubt


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it leaves. `key` is the same at every try; `address` is where this channel reaches the person.

    `template` and `parameters` are for text services, which send approved templates only: its id there and short words without figures.
    """

    key: str
    address: str
    sentence: str
    link: str = ""
    template: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


class Outlet(Protocol):
    """One outside channel. `recognises`: the receiver knows a key that comes again and shows the message once."""

    @property
    def name(self) -> str:
        """The name by which settings and messages call it."""
        ...

    @property
    def recognises(self) -> bool:
        """Whether the receiver knows a repetition."""
        ...

    def send(self, message: Outgoing) -> str:
        """Hand the message over and give a receipt; `ChannelError` when it could not be."""
        ...

    def standing(self, receipt: str, address: str) -> Standing:
        """How far the message of this receipt came; `sent` where the service cannot say more."""
        ...

    def find(self, key: str, address: str) -> str:
        """The receipt of a message that arrived under this key; empty when none did or the service cannot be asked."""
        ...


def speak(
    address: str, body: Mapping[str, Any] | None = None, *, headers: Mapping[str, str] | None = None, seconds: float = TIMEOUT_SECONDS
) -> dict[str, Any]:
    """POST `body` as JSON (GET without one) and give the JSON answer.

    Errors: `ChannelError`. Refused before anything was sent: plain. 5xx and other statuses: plain, the receiver said no. Silence after the
    request had gone out, or an answer that broke off: in doubt.
    """
    must_be_http(address)
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    asked = urllib.request.Request(address, data, {"Content-Type": "application/json; charset=utf-8", **(headers or {})})  # noqa: S310  # checked above
    try:
        with urllib.request.urlopen(asked, timeout=seconds) as response:  # noqa: S310
            answer = json.loads(response.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            raise ChannelError(f"the service answered {error.code}", permanent=error.code in (400, 404)) from error
    except urllib.error.URLError as error:
        lost = isinstance(error.reason, TimeoutError | ConnectionResetError | BrokenPipeError)
        raise ChannelError(f"no connection: {error.reason}", in_doubt=lost) from error
    except (TimeoutError, http.client.HTTPException, ConnectionError) as error:
        raise ChannelError(f"no answer: {type(error).__name__}", in_doubt=True) from error
    except ValueError as error:
        raise ChannelError("the answer is no JSON", in_doubt=True) from error
    if not isinstance(answer, dict):
        raise ChannelError("the answer is no JSON object", in_doubt=True)
    return answer


def must_be_http(address: str) -> None:
    """`BadInput` for an address of another scheme: a setting must not make the worker read files."""
    if not address.startswith(("http://", "https://")):
        raise BadInput(f"the address of a message service: found {address!r}, expected http://… or https://…; mend settings.toml")


def signature(secret: str, content: bytes) -> str:
    """HMAC-SHA256 over the content, in hexadecimal: what a receiver checks a call by."""
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def canonical(body: Mapping[str, Any]) -> bytes:
    """The bytes that are signed: the body's JSON with sorted keys and no spaces."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
