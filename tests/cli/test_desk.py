"""serve, doctor, backup, restore as a newcomer meets them: what is printed, exit codes, clear errors."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import pytest

from yunxing.cli.desk import must_be_free
from yunxing.desk import doctor
from yunxing.values.errors import BadInput

YUNXING = [sys.executable, "-c", "from yunxing.cli import main; main()"]


def run(*arguments, home, code=0):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("YUNXING", "DJANGO"))}
    done = subprocess.run([*YUNXING, *arguments, "--home", str(home)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def free_port():
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def serving(home, port):
    """The desk running as its own process; ended as Ctrl-C ends it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("YUNXING", "DJANGO"))}
    command = [*YUNXING, "serve", "--home", str(home), "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    try:
        for _ in range(300):
            with closing(socket.socket()) as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None, server.stdout.read()
            time.sleep(0.1)
        yield server
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
            raise


def get(port, address, headers=None):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", address, headers=headers or {})
        with connection.getresponse() as response:
            return response.status, response.read().decode(), dict(response.getheaders())


def test_serve_shows_the_desk_and_says_where(tmp_path):
    """One command from nothing: the address, the notice, a page with static files under hashed names; Ctrl-C leaves no process behind."""
    port = free_port()
    with serving(tmp_path / "home", port) as server:
        status, page, headers = get(port, "/login/")
        assert status == 200
        assert "严禁处理、传输涉密信息" in page
        assert "default-src 'none'" in headers["content-security-policy"]
        assert get(port, "/")[0] == 302
        style = re.search(r'href="(/static/desk/tokens\.[0-9a-f]+\.css)"', page)
        assert style
        assert get(port, style[1])[0] == 200
        assert get(port, "/static/../settings.toml")[0] == 404
        assert get(port, "/login/", {"Host": "evil.example"})[0] == 400
        refused = run("serve", "--port", str(port), home=tmp_path / "other", code=2)
        assert f"port {port}" in refused
        assert "--port" in refused
        assert not (tmp_path / "other" / "desk.sqlite3").exists()
    said = server.stdout.read()
    server.stdout.close()
    assert f"http://127.0.0.1:{port}/" in said
    assert "Traceback" not in said
    left = subprocess.run(["pgrep", "-g", str(server.pid)], capture_output=True, text=True, check=False).stdout.split()
    assert left == []


def test_serve_prints_the_demo_accounts_of_a_demo_home(tmp_path):
    """User names and passwords stand on the screen, marked as synthetic."""
    home = tmp_path / "home"
    make = (
        "import sys; from pathlib import Path; from yunxing.desk.setup import prepare; home = Path(sys.argv[1]); prepare(home)\n"
        "from yunxing.packs.pack import load_pack; from yunxing.desk.demo_accounts import create; create(home, load_pack())\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("YUNXING", "DJANGO"))}
    subprocess.run([sys.executable, "-c", make, home], env=environment, check=True)
    accounts = json.loads((home / "demo_accounts.json").read_text())
    with serving(home, free_port()) as server:
        pass
    said = server.stdout.read()
    server.stdout.close()

    assert "合成数据" in said
    for account in accounts:
        assert account["username"] in said
        assert account["password"] in said


def test_a_port_in_use_is_named_with_a_free_one():
    """Clear before anything is made: which port, why, and a command that would work."""
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        port = one.getsockname()[1]
        with pytest.raises(BadInput, match=f"port {port} .* already in use") as refusal:
            must_be_free("127.0.0.1", port)
    other = int(re.search(r"serve --port (\d+)", str(refusal.value))[1])

    assert other != port
    must_be_free("127.0.0.1", other)


def test_doctor_on_a_bare_machine_makes_nothing(tmp_path):
    """Every check answers; the home folder that is not there yet is a warning, not a fault, and is not made."""
    home = tmp_path / "none"
    said = json.loads(run("doctor", "--json", home=home))
    states = {one["name"]: one["state"] for one in said["checks"]}

    assert {"python", "processor", "fonts", "node", "store", "calendar", "pack"} <= set(states)
    assert states["store"] == "warn"
    assert not home.exists()


def test_doctor_tells_of_the_store_and_the_journal(tmp_path):
    """Server, version, '' and NULL; the chain is checked; a store of an older version is told to be so."""
    home = tmp_path / "home"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("YUNXING", "DJANGO"))}
    make = "import sys; from pathlib import Path; from yunxing.desk.setup import prepare; prepare(Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", make, home], env=environment, check=True)
    said = run("doctor", home=home)
    assert "SQLite" in said
    assert "'' is not NULL" in said
    assert "every link holds" in said

    back = (
        "import sys; from pathlib import Path; from yunxing.desk.setup import prepare; prepare(Path(sys.argv[1]))\n"
        "from django.core.management import call_command; call_command('migrate', 'people', '0001', verbosity=0)"
    )
    subprocess.run([sys.executable, "-c", back, home], env=environment, check=True)
    assert "migrations wait" in run("doctor", home=home)


@pytest.mark.parametrize(
    ("text", "found"),
    [('databse = "sqlite"\n', "databse"), ('database = "postgresql://nobody@127.0.0.1:1/none"\n', "database")],
    ids=["unknown key", "no server"],
)
def test_doctor_fails_on_settings_that_cannot_work(tmp_path, text, found):
    """Exit 1 and the place to mend."""
    (tmp_path / "settings.toml").write_text(text)

    assert found in run("doctor", home=tmp_path, code=1)


def test_a_pack_that_is_not_there_is_a_fault(tmp_path):
    checks = doctor.examine(tmp_path / "none", tmp_path / "no-pack", today=date(2026, 1, 1))

    assert next(one for one in checks if one.name == "pack").state == "fail"


@pytest.mark.parametrize(("year", "state"), [(2022, "ok"), (2026, "ok"), (2031, "warn")])
def test_the_calendar_is_told_to_be_old_when_it_is(year, state):
    """Beyond the last holiday notice due days are provisional, and doctor says which notice was the last."""
    check = doctor._calendar(date(year, 6, 1))

    assert check.state == state
    assert "国办发明电" in check.found


def test_the_processor_check_reads_the_flags(tmp_path, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    (tmp_path / "with").write_text("flags : sse2 avx avx2\n")
    (tmp_path / "without").write_text("flags : sse2 avx\n")

    assert doctor._processor(tmp_path / "with").state == "ok"
    assert "polars-lts-cpu" in doctor._processor(tmp_path / "without").found
    assert doctor._processor(tmp_path / "absent").state == "warn"
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert doctor._processor(tmp_path / "absent").state == "ok"


def test_backup_and_restore_by_command(tmp_path):
    """A round trip by the two commands, and their refusals."""
    home, file = tmp_path / "home", tmp_path / "b.tgz"
    home.mkdir()
    (home / "settings.toml").write_text('secret_key = "x"\n')
    run("backup", str(file), home=home)
    said = json.loads(run("restore", str(file), "--json", home=tmp_path / "new"))

    assert set(said["files"]) == {"settings.toml"}
    assert (tmp_path / "new" / "settings.toml").read_text() == (home / "settings.toml").read_text()
    assert "--replace" in run("restore", str(file), home=home, code=2)
    assert "expected a whole backup" in run("restore", str(Path(__file__)), home=tmp_path / "x", code=2)
