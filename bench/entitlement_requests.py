"""Questions about one enterprise over a socket: `.venv/bin/python bench/entitlement_requests.py [REQUESTS]`, by default 300 of each.

The real server (granian, the desk's WSGI application, a session, the journal) answers one connection that is kept open; what-if is held at 20 ms for
95 of 100 requests. Beside it the same answers in this process, so that the share of the road is seen.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
POLICY = "m02_loan_interest"
PROFILE = {
    "loan_principal": "18000 万元", "interest_paid": "610 万元", "loan_from": "2022-04-02", "loan_to": "2023-04-01", "notice_on": "2022-07-01",
    "as_of": "2022-12-31", "earlier_discounts": "0 元", "is_technical_renovation": True, "in_major_list": True, "has_other_support": False,
}  # fmt: skip
ASKED = {"profile": PROFILE, "policy": POLICY, "on": "2022-08-10"}
BODIES: dict[str, dict[str, Any]] = {
    "assess": ASKED, "explain": ASKED, "near-miss": ASKED, "questions": ASKED,
    "what-if": {**ASKED, "parameters": {"share": "50%"}}, "appeal": {**ASKED, "waived": ["major"]},
}  # fmt: skip


def session_of(home: Path) -> str:
    """The desk made ready in a home, with one officer who is signed in: his session."""
    from yunxing.desk.setup import prepare

    prepare(home, collect=True)
    from django.test import Client

    from yunxing.desk.people.models import Post, Role, Unit, User
    from yunxing.desk.scoping import acting_as_system

    with acting_as_system("bench"):
        unit = Unit.objects.create(code="CITY", kind="city", name="合成市", is_synthetic=True)
        user = User.objects.create(username="bench", name="合成", must_change_password=False, is_synthetic=True)
        Post.objects.create(user=user, unit=unit, role=Role.DEPARTMENT, since=date(2020, 1, 1))
    client = Client()
    client.force_login(user)
    return str(client.cookies["yunxing_session"].value)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def spread(ask: Callable[[], object], requests: int) -> str:
    """The middle and the 95th of 100 of many, after a few that warm up."""
    for _ in range(5):
        ask()
    took = []
    for _ in range(requests):
        start = time.perf_counter()
        ask()
        took.append((time.perf_counter() - start) * 1000)
    took.sort()
    return f"median {took[len(took) // 2]:.2f} ms, p95 {took[len(took) * 95 // 100]:.2f} ms"


def posting(connection: http.client.HTTPConnection, path: str, session: str, body: bytes) -> Callable[[], object]:
    """One request over the open connection. An answer that is none ends the measurement."""
    token = "b" * 32
    head = {"Content-Type": "application/json", "X-CSRFToken": token, "Cookie": f"yunxing_session={session}; yunxing_csrf={token}"}

    def ask() -> object:
        connection.request("POST", path, body, head)
        answer = connection.getresponse()
        told = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {told[:300]!r}")
        return told

    return ask


def in_process(requests: int) -> None:
    """The same questions without a road."""
    from django.db import connection

    from yunxing.desk.support import api_answers

    on = date(2022, 8, 10)
    connection.ensure_connection()
    print(f"  in process: assess {spread(lambda: api_answers.assess(PROFILE, POLICY, on), requests)}")
    print(f"  in process: explain {spread(lambda: api_answers.explain(PROFILE, POLICY, on), requests)}")
    print(f"  in process: what-if {spread(lambda: api_answers.what_if(PROFILE, POLICY, {'share': '50%'}, [], on), requests)}")


def main(requests: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        home, port = Path(folder) / "home", free_port()
        home.mkdir()
        os.environ["YUNXING_HOME"] = str(home)
        session = session_of(home)
        environment = {**os.environ, "YUNXING_COLLECTED": "1"}
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--blocking-threads", "4", "yunxing.desk.wsgi:application"]  # fmt: skip
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            connection = opened(port)
            print(f"{requests} requests of each kind over one open connection (bar of what-if: p95 20 ms)")
            for name, body in BODIES.items():
                print(f"  {name}: {spread(posting(connection, f'/api/v1/{name}', session, json.dumps(body).encode()), requests)}")
            connection.close()
        finally:
            server.terminate()
            server.wait()
        in_process(requests)


def opened(port: int) -> http.client.HTTPConnection:
    """A connection, as soon as the server listens; half a minute at most."""
    for _ in range(300):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.connect()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return connection
    raise SystemExit("the server did not come up")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
