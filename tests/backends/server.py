"""A throw-away PostgreSQL server from Debian's package, for an ordinary user and for root alike (design: dependencies §7)."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """The folder of the newest installed server's programs, which Debian keeps outside PATH; None without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else (Path(on_path).parent if on_path else None)


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[Path]:
    """A running server without network; gives the folder of its socket, which is its host. The user is `postgres`, trusted.

    `durable`: it flushes each commit to the disk, as a server does that keeps something; otherwise it is quick and forgets when it is cut off.
    """
    bin_ = programs()
    assert bin_ is not None, "no PostgreSQL server is installed (Debian: apt-get install postgresql)"
    folder = Path(tempfile.mkdtemp(prefix="yxpg"))
    who = _who()
    if who:  # the server refuses to run as root
        os.chown(folder, who["user"], who["group"])
    initdb = [bin_ / "initdb", "--no-sync", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", "postgres", folder / "d"]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **who)
    fsync = "on" if durable else "off"
    options = f"listen_addresses=''\nunix_socket_directories='{folder}'\nfsync={fsync}\nmax_connections=80\nlogging_collector=off\n"
    (folder / "d" / "postgresql.auto.conf").write_text(options, encoding="utf-8")
    run_server(folder, "start")
    try:
        yield folder
    finally:
        run_server(folder, "stop")
        shutil.rmtree(folder, ignore_errors=True)


def run_server(folder: Path, act: str) -> None:
    """`start` it, or `stop` it at once without finishing anything, as a power cut would: the next start recovers from its log."""
    bin_ = programs()
    assert bin_ is not None
    more = ["-l", folder / "log", "-t", "120"] if act == "start" else ["-m", "immediate"]
    subprocess.run([bin_ / "pg_ctl", "-D", folder / "d", *more, "-w", act], check=True, capture_output=True, cwd=folder, **_who())


def _who() -> dict[str, object]:
    if os.getuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
