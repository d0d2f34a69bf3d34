"""Runs the command line again and again in one process, as `yunxing` itself would, and prints what each call answered as JSON.

Run as a program: `python every_command.py CALLS.json`, where CALLS.json is a list of lists of words.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path


def main() -> None:
    from yunxing.cli import app
    from yunxing.cli.outermost import run

    answers = []
    for words in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = run(app, words)
            except BaseException as escaped:
                code = f"escaped: {escaped!r}"
        answers.append({"words": words, "code": code, "out": out.getvalue(), "err": err.getvalue()})
    print(json.dumps(answers, ensure_ascii=False))


if __name__ == "__main__":
    main()
