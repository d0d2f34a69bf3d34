"""Outside services that speak the real wire formats on this machine and misbehave on request.

`mood` is a list that a test fills; each call takes the first word off it (an empty list: everything is well):
`slow` answers after the caller's patience, `500` fails, `lost` does the work and hangs up without an answer, `expired` refuses the token,
`garbage` answers no JSON. `shown` is what people really get to see, after the service's own rule for repetitions; `heard` every arrival.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PATIENCE = 0.4  # seconds; adapters under test are given less than `slow` takes


class Service:
    """A fake on a free port. Subclasses answer `handle(path, query, body, headers)`."""

    def __init__(self):
        self.mood: list[str] = []
        self.heard: list[dict] = []
        self.shown: Counter[tuple[str, str]] = Counter()
        self.address = ""

    def handle(self, path, query, body, headers):
        raise NotImplementedError

    @contextmanager
    def running(self):
        """Serve until the block ends."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _handler(service):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def _answer(self):
            length = int(self.headers.get("Content-Length") or 0)
            parts = urlsplit(self.path)
            body = json.loads(self.rfile.read(length)) if length else {}
            is_token = "token" in parts.path
            mood = service.mood.pop(0) if service.mood and not is_token else ""
            if mood == "500":
                return self._say(500, {"error": "boom"})
            if mood == "expired":
                return self._say(200, {"errcode": 42001, "errmsg": "access_token expired", "code": "SIGNATURE_EXPIRED"})
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            answer = service.handle(parts.path, query, body, dict(self.headers))
            if mood == "slow":
                time.sleep(PATIENCE * 2)
            if mood == "lost":
                return None  # the work is done and nobody hears of it
            if mood == "garbage":
                return self._say(200, "<html>maintenance</html>")
            return self._say(200, answer)

        do_GET = do_POST = _answer  # noqa: N815  # the library calls these names

        def _say(self, status, answer):
            payload = answer.encode() if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the caller lost patience

        def log_message(self, *_args):
            pass

    return Handler


class WorkApp(Service):
    """Tokens that live as long as the test says, and the shared checks of both kinds."""

    def __init__(self, members=("zhang",)):
        super().__init__()
        self.members, self.tokens, self.issued = set(members), set(), 0
        self.read: set[str] = set()

    def token(self):
        self.issued += 1
        token = f"token-{self.issued}"
        self.tokens.add(token)
        return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200}

    def withdraw_tokens(self):
        """As services do when they like."""
        self.tokens.clear()

    def _checked(self, query):
        return None if query.get("access_token") in self.tokens else {"errcode": 40014, "errmsg": "invalid access_token"}


class WeCom(WorkApp):
    """企业微信: a repeated body within the interval is answered well and shown once."""

    def handle(self, path, query, body, headers):
        if path == "/cgi-bin/gettoken":
            return self.token() if query.get("corpsecret") == "s" else {"errcode": 40001, "errmsg": "invalid secret"}
        if (refused := self._checked(query)) is not None:
            return refused
        assert path == "/cgi-bin/message/send"
        self.heard.append(body)
        unknown = "" if body["touser"] in self.members else body["touser"].lower()
        same = (body["touser"], json.dumps(body, sort_keys=True))
        if not unknown and not (body.get("enable_duplicate_check") and self.shown[same]):
            self.shown[same] += 1
        return {"errcode": 0, "errmsg": "ok", "invaliduser": unknown, "msgid": f"msg-{len(self.heard)}"}


class DingTalk(WorkApp):
    """钉钉: the same content reaches a person once a day (143106); results can be asked."""

    def handle(self, path, query, body, headers):
        if path == "/gettoken":
            return self.token() if query.get("appsecret") == "s" else {"errcode": 40089, "errmsg": "invalid secret"}
        if (refused := self._checked(query)) is not None:
            return refused
        if path.endswith("asyncsend_v2"):
            self.heard.append(body)
            if body["userid_list"] not in self.members:
                return {"errcode": 33012, "errmsg": "无效的USERID"}
            same = (body["userid_list"], json.dumps(body["msg"], sort_keys=True))
            if self.shown[same]:
                return {"errcode": 143106, "errmsg": "同一员工一天只能发送一条内容相同的消息通知"}
            self.shown[same] += 1
            return {"errcode": 0, "task_id": len(self.heard), "request_id": "r"}
        assert path.endswith("getsendresult")
        person = self.heard[int(body["task_id"]) - 1]["userid_list"]
        return {
            "errcode": 0,
            "send_result": {
                "read_user_id_list": [person] if person in self.read else [],
                "unread_user_id_list": [] if person in self.read else [person],
            },
        }


class TextMessages(Service):
    """A text service: approved templates only, no memory of repetitions, but it can be asked by the caller's key."""

    def __init__(self, templates=("DEMO_CASE_ASSIGNED",), bad_numbers=()):
        super().__init__()
        self.templates, self.bad_numbers, self.by_key = set(templates), set(bad_numbers), {}

    def handle(self, path, query, body, headers):
        from yunxing.io.messages.channel import canonical, signature

        if headers.get("X-Signature") != signature("s", canonical(body)):
            return {"code": "SIGNATURE", "message": "the signature does not fit"}
        if path == "/status":
            found = self.by_key.get(body.get("out_id") or body.get("key"), "") or body.get("biz_id", "")
            return {"biz_id": found, "state": "delivered" if found else "unknown"}
        self.heard.append(body)
        if body["template_code"] not in self.templates:
            return {"code": "TEMPLATE", "message": "not approved"}
        if body["phone"] in self.bad_numbers:
            return {"code": "INVALID_NUMBER", "message": "no such number"}
        self.shown[(body["phone"], body["out_id"])] += 1
        self.by_key[body["out_id"]] = f"biz-{len(self.heard)}"
        return {"code": "OK", "biz_id": f"biz-{len(self.heard)}"}


class Receiver(Service):
    """Another system with a webhook: shows an idempotency key once."""

    def handle(self, path, query, body, headers):
        from yunxing.io.messages.channel import canonical, signature

        if headers.get("X-Signature") != signature("s", canonical(body)):
            return {"ok": False, "error": "signature", "permanent": True}
        self.heard.append(body)
        key = (body["to"], headers["Idempotency-Key"])
        self.shown[key] = 1
        return {"ok": True, "receipt": f"r-{body['key']}"}
