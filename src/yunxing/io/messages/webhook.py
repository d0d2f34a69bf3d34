"""A generic webhook: another system of the city takes the message by HTTP, signed, with the key as its idempotency key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yunxing.io.messages.channel import TIMEOUT_SECONDS, ChannelError, Outgoing, Standing, canonical, signature, speak


@dataclass
class Webhook:
    """An outlet that posts `{key, to, sentence, link, template}` to one address."""

    address: str
    secret: str
    seconds: float = TIMEOUT_SECONDS
    name: ClassVar[str] = "webhook"
    recognises: ClassVar[bool] = True

    def send(self, message: Outgoing) -> str:
        """Post it; the receipt is the receiver's, else the key."""
        body = {"key": message.key, "to": message.address, "sentence": message.sentence, "link": message.link}
        headers = {"Idempotency-Key": message.key, "X-Signature": signature(self.secret, canonical(body))}
        answer = speak(self.address, body, headers=headers, seconds=self.seconds)
        if answer.get("ok") is not True:
            raise ChannelError(f"refused: {answer.get('error', 'no reason given')}", permanent=bool(answer.get("permanent")))
        return str(answer.get("receipt") or message.key)

    def standing(self, receipt: str, address: str) -> Standing:  # noqa: ARG002  # the protocol passes them
        """A webhook tells nothing afterwards."""
        return "sent"

    def find(self, key: str, address: str) -> str:  # noqa: ARG002  # the protocol passes them
        """It needs not be asked: the receiver knows the key."""
        return ""
