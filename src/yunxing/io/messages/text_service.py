"""Text messages. Services send approved templates under an approved signature, with short parameters, and nothing else.

Such a service does not know a repetition: before a second try it is asked whether the first one arrived (`find`). The names of the fields
differ from service to service and are settings; the call is signed by HMAC over its canonical JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from yunxing.io.messages.channel import TIMEOUT_SECONDS, ChannelError, Outgoing, Standing, canonical, signature, speak

FIELDS = {"phone": "phone", "signature": "sign_name", "template": "template_code", "parameters": "template_param", "key": "out_id"}
GOOD, NOBODY = "OK", frozenset({"INVALID_NUMBER", "BLACK_LISTED"})
STANDINGS: dict[str, Standing] = {"waiting": "sent", "delivered": "delivered", "failed": "failed"}
PARAMETER_LETTERS = 20


@dataclass
class TextService:
    """An outlet for text messages: `address` is the service's, `signed_as` the approved signature that stands in front of every message."""

    address: str
    key: str
    secret: str
    signed_as: str
    fields: Mapping[str, str] = field(default_factory=dict)
    seconds: float = TIMEOUT_SECONDS
    name: ClassVar[str] = "text"
    recognises: ClassVar[bool] = False

    def _call(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        named = {FIELDS.get(name, name) if name not in self.fields else self.fields[name]: value for name, value in body.items()}
        headers = {"X-App-Key": self.key, "X-Signature": signature(self.secret, canonical(named))}
        return speak(f"{self.address.rstrip('/')}{path}", named, headers=headers, seconds=self.seconds)

    def send(self, message: Outgoing) -> str:
        """One text message; the receipt is the service's number for it."""
        if not message.template:
            raise ChannelError("the message has no approved template at this service", permanent=True)
        long = [name for name, value in message.parameters.items() if len(value) > PARAMETER_LETTERS]
        if long:
            raise ChannelError(f"the parameter {long[0]} has more than {PARAMETER_LETTERS} letters", permanent=True)
        body = {
            "phone": message.address,
            "signature": self.signed_as,
            "template": message.template,
            "parameters": dict(message.parameters),
            "key": message.key,
        }
        answer = self._call("/send", body)
        code = str(answer.get("code", ""))
        if code != GOOD:
            raise ChannelError(f"refused: {code} {answer.get('message', '')}", permanent=code in NOBODY)
        return str(answer.get("biz_id", ""))

    def standing(self, receipt: str, address: str) -> Standing:
        """Whether the telephone got it."""
        answer = self._call("/status", {"phone": address, "biz_id": receipt})
        return STANDINGS.get(str(answer.get("state", "")), "sent")

    def find(self, key: str, address: str) -> str:
        """The service's number for the message that it took under this key, or nothing."""
        return str(self._call("/status", {"phone": address, "key": key}).get("biz_id", "") or "")
