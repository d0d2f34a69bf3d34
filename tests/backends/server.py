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
def postgres() -> Iterator[Path]:
    """A running server without network; gives the folder of its socket, which is its host. The user is `postgres`, trusted."""
    bin_ = programs()
    assert bin_ is not None, "no PostgreSQL server is installed (Debian: apt-get install postgresql)"
    folder = Path(tempfile.mkdtemp(prefix="yxpg"))
    who: dict[str, object] = {}
    if os.getuid() == 0:  # the server refuses to run as root
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    run = {"check": True, "capture_output": True, "cwd": folder, **who}
    subprocess.run([bin_ / "initdb", "--no-sync", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", "postgres", folder / "d"], **run)
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c max_connections=40"
    subprocess.run([bin_ / "pg_ctl", "-D", folder / "d", "-l", folder / "log", "-o", options, "-w", "start"], **run)
    try:
        yield folder
    finally:
        subprocess.run([bin_ / "pg_ctl", "-D", folder / "d", "-m", "immediate", "-w", "stop"], **run)
        shutil.rmtree(folder, ignore_errors=True)
