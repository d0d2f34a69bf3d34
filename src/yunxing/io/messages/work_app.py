"""Messages into a work app: one outlet of the 企业微信 kind, one of the 钉钉 kind (design: ecosystem 1.8).

Both give a token for two hours and take it back when they like: a call refused for its token is made once more with a fresh one. Both know a
message that comes again with the same content, and the link holds the message's key, so equal content means the same message.
Private deployments differ in the address alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlencode

from yunxing.io.messages.channel import TIMEOUT_SECONDS, ChannelError, Outgoing, Standing, speak

EXPIRED = frozenset({40001, 40014, 42001, 88})  # the codes by which either service refuses a token
NOBODY = frozenset({81013, 60111, 40003, 33012, 1430000})  # the person is not there: waiting changes nothing
AGAIN = frozenset({143106, 143206})  # 钉钉: this person has this very message already
REPEATED = "repeated"  # the receipt of a message that had arrived before: the service gives no number for it
MARGIN_SECONDS = 120


@dataclass
class _WorkApp:
    """What both kinds share: the token and the code of an answer."""

    address: str
    key: str
    secret: str
    agent: int
    seconds: float = TIMEOUT_SECONDS
    clock: Callable[[], float] = time.monotonic
    recognises: ClassVar[bool] = True
    _token: str = field(default="", repr=False)
    _until: float = 0.0

    def _token_request(self) -> str:
        raise NotImplementedError

    def token(self) -> str:
        """The access token, asked for anew shortly before it ends."""
        if not self._token or self.clock() >= self._until:
            answer = speak(f"{self.address.rstrip('/')}{self._token_request()}", seconds=self.seconds)
            if answer.get("errcode", 0) != 0 or not answer.get("access_token"):
                raise ChannelError(f"no token: {answer.get('errcode')} {answer.get('errmsg', '')}")
            self._token = str(answer["access_token"])
            self._until = self.clock() + max(int(answer.get("expires_in", 0)) - MARGIN_SECONDS, 0)
        return self._token

    def call(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST with the token; once more with a fresh one when the service does not take it. `ChannelError` for any code but 0."""
        for last in (False, True):
            answer = speak(f"{self.address.rstrip('/')}{path}?{urlencode({'access_token': self.token()})}", body, seconds=self.seconds)
            code = int(answer.get("errcode", 0))
            if code in EXPIRED and not last:
                self._token = ""
                continue
            if code == 0 or code in AGAIN:
                return answer
            raise ChannelError(f"refused: {code} {answer.get('errmsg', '')}", permanent=code in NOBODY)
        raise AssertionError  # the loop always returns or raises

    def find(self, key: str, address: str) -> str:  # noqa: ARG002  # the protocol passes them
        """Neither service can be asked by key; it needs not be, since it knows a repetition."""
        return ""


@dataclass
class WeComKind(_WorkApp):
    """An outlet of the 企业微信 kind: a text card to one person, with the service's own check for repetitions over four hours."""

    name: ClassVar[str] = "wecom"

    def _token_request(self) -> str:
        return "/cgi-bin/gettoken?" + urlencode({"corpid": self.key, "corpsecret": self.secret})

    def send(self, message: Outgoing) -> str:
        """A card with the sentence; without a link, plain text."""
        card = {"msgtype": "textcard", "textcard": {"title": message.sentence, "description": message.sentence, "url": message.link}}
        words = {"msgtype": "text", "text": {"content": message.sentence}}
        body = {
            "touser": message.address,
            "agentid": self.agent,
            **(card if message.link else words),
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 14_400,
        }
        answer = self.call("/cgi-bin/message/send", body)
        if message.address.lower() in str(answer.get("invaliduser", "")).lower().split("|"):
            raise ChannelError("the work app does not know this person", permanent=True)
        return str(answer.get("msgid", ""))

    def standing(self, receipt: str, address: str) -> Standing:  # noqa: ARG002  # the protocol passes them
        """The service tells no more than that it took the message; reading shows when the link is opened."""
        return "sent"


@dataclass
class DingTalkKind(_WorkApp):
    """An outlet of the 钉钉 kind: a work notification, whose result tells who has read it. The same content reaches a person once a day."""

    name: ClassVar[str] = "dingtalk"

    def _token_request(self) -> str:
        return "/gettoken?" + urlencode({"appkey": self.key, "appsecret": self.secret})

    def send(self, message: Outgoing) -> str:
        """A link to one person; without a link, plain text."""
        link = {"msgtype": "link", "link": {"title": message.sentence, "text": message.sentence, "messageUrl": message.link, "picUrl": "@"}}
        words = {"msgtype": "text", "text": {"content": message.sentence}}
        body = {"agent_id": self.agent, "userid_list": message.address, "msg": link if message.link else words}
        return str(self.call("/topapi/message/corpconversation/asyncsend_v2", body).get("task_id") or REPEATED)

    def standing(self, receipt: str, address: str) -> Standing:
        """Read, delivered, failed, or still under way."""
        if receipt in ("", REPEATED):
            return "sent"
        answer = self.call("/topapi/message/corpconversation/getsendresult", {"agent_id": self.agent, "task_id": receipt})
        found = answer.get("send_result") or {}
        if address in (found.get("read_user_id_list") or []):
            return "read"
        if address in (found.get("unread_user_id_list") or []):
            return "delivered"
        failed = ("failed_user_id_list", "invalid_user_id_list", "forbidden_user_id_list")
        return "failed" if any(address in (found.get(name) or []) for name in failed) else "sent"
