"""The outermost storey of the command line: whatever went wrong becomes one sentence and an exit code, never a trace of the program.

0 done · 1 what was checked does not hold · 2 bad input, or the machine refused (disk, rights, database) · 130 interrupted ·
70 a fault of the program itself, the only case that shows where in the program it happened.
With `--json` the refusal is the answer: `{"error": …, "exit": …, "faults": […]}` on standard output, and the sentence on standard error as well.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import sqlite3
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict
from types import FrameType
from typing import Any

from yunxing.cli import context
from yunxing.values.errors import Fault, Refusal

INTERRUPTED, OUR_FAULT = 130, 70
AGAIN = 3  # seconds until a Ctrl-C that nobody answered is raised again
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}
STOPPED = "已中断，没有写入一半的结果；再次运行即可 · interrupted; nothing is left half written, run it again."
FULL_WORDS = ("disk is full", "disk I/O error", "could not extend file", "No space left")


def run(app: Callable[..., Any], arguments: Sequence[str]) -> int:
    """Run the command line with these arguments and give its exit code."""
    context.answered.clear()
    context.interrupted.clear()
    _hear_interrupts()
    wants_json = "--json" in arguments
    try:
        done = app(list(arguments), standalone_mode=False)
    except Refusal as refusal:
        return _tell(str(refusal), refusal.exit_code, wants_json, refusal.faults)
    except OSError as error:
        return _tell(os_words(error), 2, wants_json)
    except KeyboardInterrupt:
        done = INTERRUPTED
    except Exception as error:  # noqa: BLE001  # the outermost storey: a fault of data or machine gets its sentence, any other is ours
        return _other(error, wants_json)
    finally:
        signal.alarm(0)
    if done == INTERRUPTED:
        return _tell(STOPPED, INTERRUPTED, wants_json)
    return done if isinstance(done, int) else 0


def _other(error: Exception, wants_json: bool) -> int:
    import typer

    if isinstance(error, typer.Abort) or context.interrupted:
        return _tell(STOPPED, INTERRUPTED, wants_json)
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):  # what typer says of a misspelt command or option
        return _usage(error, wants_json)
    words = database_words(error)
    if words:
        return _tell(words, 2, wants_json)
    traceback.print_exception(error)
    words = f"程序自身的错误，请连同以上内容报告 · this is a fault of the program, not of your input: please report it ({type(error).__name__})."
    return _tell(words, OUR_FAULT, wants_json)


def _hear_interrupts() -> None:
    """Note Ctrl-C before it is raised: one that falls into a library's import comes out as that library's own failure."""

    def heard(number: int, frame: FrameType | None) -> None:
        context.interrupted.append(number)
        signal.signal(signal.SIGALRM, heard)  # a library may swallow the exception in one of its callbacks: then it is raised again
        signal.alarm(AGAIN)
        sys.unraisablehook = lambda lost: None if issubclass(lost.exc_type, KeyboardInterrupt) else sys.__unraisablehook__(lost)
        signal.default_int_handler(number, frame)

    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, heard)


def _usage(error: Any, wants_json: bool) -> int:
    from typer.rich_utils import rich_format_error

    words = error.format_message()
    if not words:  # a group without a command: typer has printed its help
        words = "no command was named"
    else:
        rich_format_error(error)
    return _tell(words, int(error.exit_code), wants_json, say=False)


def _tell(words: str, code: int, wants_json: bool, faults: Sequence[Fault] = (), *, say: bool = True) -> int:
    if say:
        context.errors.print(words, markup=False, soft_wrap=True)
    if wants_json and not context.answered:  # a command that answered already has put its finding into the answer
        answer = {"error": words, "exit": code, "faults": [asdict(one) for one in faults]}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1) + "\n")
    return code


def os_words(error: OSError) -> str:
    """What the operating system refused, where, and what would help."""
    place = str(error.filename2 or error.filename or os.environ.get("YUNXING_HOME", ""))
    where = f"{place}: " if place else ""
    said = error.strerror or str(error)
    if error.errno in FULL:
        return f"{where}found {said.lower()}, expected room to write; nothing was left half written. 磁盘已满：free some space, or name another folder with --home, and run it again."
    if error.errno in NO_RIGHT:
        return f"{where}found {said.lower()}, expected a file or folder this account may use. 没有权限：change its owner or mode, or name another one."
    if error.errno == errno.ENOENT:
        return f"{where}found no such file or folder, expected one that exists. 没有这个文件：check the spelling and the folder you are in."
    if error.errno == errno.EISDIR:
        return f"{where}found a folder, expected a file. 应为文件：name the file inside it."
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return f"{where}found a file, expected a folder. 应为文件夹：name another place."
    return f"{where}the system refused: {said}. Check the path and run it again."


def database_words(error: Exception) -> str:
    """What ails the relational store, or the empty text when the error is not the store's condition but ours."""
    roots = {type(error), *(type(one) for one in (error.__cause__, error.__context__) if one is not None)}
    ours = (sqlite3.ProgrammingError, sqlite3.IntegrityError, sqlite3.InterfaceError)
    if not any(issubclass(one, sqlite3.DatabaseError) and not issubclass(one, ours) for one in roots) and not _from_server(roots):
        return ""
    said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    home = os.environ.get("YUNXING_HOME", "")
    where = f"{os.path.join(home, 'desk.sqlite3')}: " if home and not _from_server(roots) else ""  # noqa: PTH118
    if any(word in said for word in FULL_WORDS):
        return f"{where}found {said}, expected room to write; the transaction was undone. 磁盘已满：free some space and run it again."
    if "locked" in said or "busy" in said:
        return f"{where}found {said}: another yunxing is writing. 数据库正被占用：wait for it to end and run this again."
    if "readonly" in said or "unable to open" in said:
        return f"{where}found {said}, expected a file this account may write. 没有权限：change its owner or mode, or name another folder with --home."
    if "not a database" in said or "malformed" in said or "corrupt" in said:
        return f"{where}found {said}, expected the store of yunxing. 数据库已损坏：put a backup back with `yunxing restore FILE --replace`, or name another folder with --home."
    if any(issubclass(one, sqlite3.OperationalError) for one in roots) and not _from_server(roots):
        return f"{where}found {said}, expected the tables of this version. 数据库与程序不符：look with `yunxing doctor`, or put a backup back with `yunxing restore FILE --replace`."
    return f"{where}found {said}. 数据库无法使用：look with `yunxing doctor`, and see `database` in settings.toml."


def _from_server(roots: set[type[BaseException]]) -> bool:
    return any(one.__module__.startswith("psycopg") and one.__name__ == "OperationalError" for one in roots)
