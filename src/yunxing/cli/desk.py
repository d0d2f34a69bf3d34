"""Top-level commands of the desk: serve, doctor, backup, restore."""

from __future__ import annotations

import datetime as dt
import errno
import socket
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from yunxing.cli.context import HomeOption, JsonOption, PackOption, emit, errors, home_folder, home_path
from yunxing.values.errors import BadInput, DoesNotHold

app = typer.Typer(no_args_is_help=True)
MARKS = {"ok": "●", "warn": "◆", "fail": "▼"}


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the root."""
    app.command()(serve)
    app.command()(doctor)
    app.command()(backup)
    app.command()(restore)


def serve(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="port to listen on")] = 8000,
    host: Annotated[str, typer.Option(help="address to listen on; the default is this machine only")] = "127.0.0.1",
    threads: Annotated[int, typer.Option(min=1, max=64, help="requests served at once")] = 4,
    as_json: JsonOption = False,
) -> None:
    """Open the desk in a browser: http://127.0.0.1:8000. Ends with Ctrl-C."""
    folder = home_folder(home)
    must_be_free(host, port)
    from yunxing.desk.setup import prepare

    prepare(folder, collect=True)
    _announce(folder, host, port, as_json=as_json)
    # messages are delivered, large imports read and cases swept beside the pages, by processes of their own: a slow mail server never holds a page
    chores = (["deliver", "--watch", "5"], ["work", "--watch", "0.5"], ["sweep", "--watch", "60"])
    workers = [subprocess.Popen([sys.executable, "-m", "yunxing.desk", *chore], stdout=subprocess.DEVNULL) for chore in chores]
    try:
        from django.conf import settings
        from granian.constants import Interfaces
        from granian.log import LogLevels
        from granian.server import Server

        server = Server(
            "yunxing.desk.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            blocking_threads=threads,
            websockets=False,
            log_level=LogLevels.warning,
            url_path_prefix=settings.FORCE_SCRIPT_NAME,
        )
        server.serve()
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait()


@app.command()
def deliver(
    home: HomeOption = None,
    watch: Annotated[float, typer.Option(min=0, help="go on, looking every so many seconds; 0: once")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Deliver the messages that are due: once, or again and again with --watch. Two workers do not meet: one holds the lease."""
    import contextlib
    import time

    folder = home_folder(home)
    from yunxing.desk.setup import prepare

    prepare(folder)
    from yunxing.desk.people import outbox

    total = {"sent": 0, "postponed": 0, "failed": 0}
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            for name, count in outbox.work().items():
                total[name] += count
            if not watch:
                break
            time.sleep(watch)
    emit(total, as_json=as_json, lines=[f"已发送 sent {total['sent']}，推迟 postponed {total['postponed']}，失败 failed {total['failed']}"])


def must_be_free(host: str, port: int) -> None:
    """Refuse a port on which something listens already, and name one that is free."""
    if _is_free(host, port):
        return
    other = next((one for one in range(port + 1, min(port + 50, 65536)) if _is_free(host, one)), None)
    hint = f"`yunxing serve --port {other}` would work" if other else "choose another with --port"
    raise BadInput(f"port {port} on {host} is already in use, perhaps by another `yunxing serve`; stop it or use another port: {hint}.")


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.getaddrinfo(host, port, family)
    except OSError as error:
        raise BadInput(
            f"--host: found {host!r}, expected an address of this machine such as 127.0.0.1 or 0.0.0.0 ({error.strerror})."
        ) from error
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM):
                raise BadInput(
                    f"port {port} on {host} needs more rights than this account has; choose one above 1023 with --port."
                ) from error
            if error.errno == errno.EADDRNOTAVAIL:
                raise BadInput(f"--host: found {host!r}, which is no address of this machine, expected one such as 127.0.0.1.") from error
            return False
    return True


def _announce(folder: Path, host: str, port: int, *, as_json: bool) -> None:
    from django.conf import settings

    from yunxing.desk.demo_accounts import read

    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port}{settings.FORCE_SCRIPT_NAME or ''}/"
    lines = [f"运行 · yunxing  {address}", f"home folder 数据目录: {folder}"]
    accounts = read(folder)
    if accounts:
        lines += ["演示账户（合成数据） demo accounts (synthetic data):"]
        width = max(len(account.username) for account in accounts)
        lines += [f"  {account.username:<{width}}  {account.password}  {account.who}" for account in accounts]
    if not (Path(settings.STATIC_ROOT) / "built" / "desk.js").exists():
        lines += ["the front end is not built, so pages have no charts: run `make setup` in the source folder (it brings its own Node)"]
    lines += ["严禁处理、传输涉密信息", "Ctrl-C ends it."]
    shown_accounts = [{"username": one.username, "password": one.password, "who": one.who} for one in accounts]
    emit({"address": address, "home": str(folder), "demo_accounts": shown_accounts}, as_json=as_json, lines=lines)
    sys.stdout.flush()


def doctor(home: HomeOption = None, pack: PackOption = None, as_json: JsonOption = False) -> None:
    """Does this machine have what the desk needs? Exit 1 when something is missing."""
    folder = home_path(home)
    from yunxing.desk.doctor import examine

    checks = examine(folder, pack, today=dt.date.today())
    emit(
        {"checks": [{"name": one.name, "state": one.state, "found": one.found} for one in checks]},
        as_json=as_json,
        lines=[f"{MARKS[one.state]} {one.name:<10} {one.found}" for one in checks],
    )
    if any(one.state == "fail" for one in checks):
        failed = ", ".join(one.name for one in checks if one.state == "fail")
        raise DoesNotHold(f"doctor found something to mend: {failed}.")


def backup(
    file: Annotated[Path, typer.Argument(help="the archive to write (.tar.gz), outside the home folder")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the home folder (store, tables, files, settings) into one archive. Keep it safe: it holds the secret key."""
    folder = home_path(home)
    from yunxing.desk import installation
    from yunxing.io import backups

    if folder.is_dir() and installation.read(folder).database != "sqlite":
        errors.print(
            "the relational store is a server of its own: back it up with its own tool (pg_dump); this archive holds the files.",
            soft_wrap=True,
        )
    digests = backups.backup(folder, file)
    emit({"file": str(file), "files": digests}, as_json=as_json, lines=[f"{file}: {len(digests)} files"])


def restore(
    file: Annotated[Path, typer.Argument(help="an archive written by `yunxing backup`")],
    home: HomeOption = None,
    replace: Annotated[bool, typer.Option("--replace", help="put the present home folder aside and take its place")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make the home folder what a backup holds; every digest is checked first."""
    folder = home_path(home)
    from yunxing.io import backups

    digests = backups.restore(file, folder, replace=replace)
    emit({"home": str(folder), "files": digests}, as_json=as_json, lines=[f"{folder}: {len(digests)} files restored"])
