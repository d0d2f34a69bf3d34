"""One small demonstration, made by the command line and served by `yunxing serve`, for every test of this folder. 合成数据 · synthetic data."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from yunxing.io.snapshots import Snapshot, latest

FIRMS = 60
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-c", "from yunxing.cli import main; main()"]
START_SECONDS = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser and is slow; without Debian's chromium it says so."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.skipif(shutil.which("chromium") is None, reason="Debian's chromium is not installed"))


@dataclass(frozen=True)
class Desk:
    """A served demonstration: its address, its folder, and who may sign in."""

    url: str
    home: Path
    passwords: dict[str, str]

    def snapshot(self, month: str | None = None) -> Snapshot:
        """A closed month, the newest when none is named."""
        found = latest(self.home, month)
        assert found is not None
        return found


def clean_environment() -> dict[str, str]:
    """The environment without what the test run itself set for Django."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "YUNXING_HOME", "YUNXING_COLLECTED"))}


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's home folder, made once for all workers of a run; a worker that comes second waits."""
    place = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        place = place.parent
    home = place / "browser-home"
    with (place / "browser-home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "demo_accounts.json").exists():
            command = [*PROGRAM, "demo", "--out", str(home), "--firms", str(FIRMS)]
            subprocess.run(command, check=True, cwd=ROOT, env=clean_environment(), capture_output=True, timeout=900)
    return home


@pytest.fixture(scope="session")
def desk(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A copy of the demonstration, this worker's own, served on a free port."""
    demo_home = Path(shutil.copytree(demo_home, tmp_path_factory.mktemp("desk") / "home"))
    assert (ROOT / "src/yunxing/desk/static/built/desk.js").exists(), "the front end is not built: run `make setup`"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*PROGRAM, "serve", "--home", str(demo_home), "--port", str(port)]
    served = subprocess.Popen(command, cwd=ROOT, env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + START_SECONDS
        while not _answers(url):
            assert served.poll() is None, "`yunxing serve` ended"
            assert time.monotonic() < until, f"`yunxing serve` did not answer within {START_SECONDS} s"
            time.sleep(0.2)
        accounts = json.loads((demo_home / "demo_accounts.json").read_text(encoding="utf-8"))
        yield Desk(url, demo_home, {one["username"]: one["password"] for one in accounts})
    finally:
        served.terminate()
        served.wait(timeout=30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url + "/login/", timeout=5):
            return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """Debian's chromium; without a sandbox only where the tests run as root."""
    quiet = [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    root = ["--no-sandbox"] if os.getuid() == 0 else []
    return {"executable_path": shutil.which("chromium"), "args": [*quiet, *root]}


@pytest.fixture(scope="session")
def signed_in(browser, desk):
    """A browser page in which a member has signed in, with one language; kept for the session. Every page of it records what it says and asks for."""
    opened = {}

    def page_of(member: str, language: str = "zh", **options):
        key = (member, language, tuple(sorted(options.items())))
        if key not in opened:
            context = browser.new_context(**options)
            if language == "en":
                context.add_cookies([{"name": "yunxing_language", "value": "en", "url": desk.url}])
            page = context.new_page()
            page.heard, page.foreign = [], []
            page.on("console", lambda message: page.heard.append(message.text))
            page.on("request", lambda request: page.foreign.append(request.url) if not request.url.startswith(desk.url) else None)
            if member != "anonymous":
                page.goto(desk.url + "/login/")
                page.fill("input[name=username]", member)
                page.fill("input[name=password]", desk.passwords[member])
                page.click("main button[type=submit]")
                page.wait_for_load_state()
            opened[key] = page
        page = opened[key]
        page.heard.clear()
        page.foreign.clear()
        return page

    yield page_of
    for page in opened.values():
        page.context.close()
