"""Where the program starts (`yunxing …`, `python -m yunxing`). While it loads, Ctrl-C ends it with the sentence of the outermost storey: nothing has begun yet."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from types import FrameType

INTERRUPTED = 130
NOTHING_BEGUN = "已中断，尚未开始；再次运行即可 · interrupted before anything began; run it again.\n"


def _end(_number: int, _frame: FrameType | None) -> None:
    # at once and without an exception: one that falls into a library's import comes out as that library's own failure
    os.write(sys.stderr.fileno(), NOTHING_BEGUN.encode())
    os._exit(INTERRUPTED)


def main() -> None:
    """Load the command line and run it. A caller who ignores Ctrl-C (a job in the background) is left as he is."""
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heard:
        signal.signal(signal.SIGINT, _end)
    from yunxing.cli import main as command_line

    if heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        command_line()
    except SystemExit as ended:
        if ended.code != INTERRUPTED:
            raise
        # the interpreter remembers a Ctrl-C that passed through a library's own code and would end by the signal, whatever code it was given
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
