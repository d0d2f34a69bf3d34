"""The interface's English: list what has no translation yet, and compile the catalogue (Babel). Chinese is the language of the source.

`python tools/messages.py missing` prints strings without English; `python tools/messages.py compile` writes `django.mo`, which git ignores.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

DESK = Path(__file__).resolve().parent.parent / "src" / "yunxing" / "desk"
CATALOGUE = DESK / "locale" / "en" / "LC_MESSAGES" / "django.po"
TAG = re.compile(r"""\{%-?\s*translate\s+("(?P<double>[^"]+)"|'(?P<single>[^']+)')""")
BLOCK = re.compile(r"\{%\s*blocktranslate(?P<head>[^%]*)%\}(?P<body>.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)
FUNCTIONS = {"_", "gettext", "gettext_lazy", "pgettext", "ngettext"}


def in_template(text: str) -> Iterator[str]:
    """The strings of a template; a block's variables become %(name)s as Django looks them up."""
    for found in TAG.finditer(text):
        yield found["double"] or found["single"]
    for found in BLOCK.finditer(text):
        for piece in re.split(r"\{%\s*plural\s*%\}", found["body"]):
            yield re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", piece.replace("%", "%%"))


def in_python(text: str) -> Iterator[str]:
    """The literal strings that a module gives to a translation function."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def used() -> dict[str, str]:
    """Every translatable string of the desk and the first file that has it."""
    found: dict[str, str] = {}
    for path in sorted(DESK.rglob("*")):
        if "migrations" in path.parts or path.suffix not in {".html", ".py"}:
            continue
        reader = in_template if path.suffix == ".html" else in_python
        for text in reader(path.read_text(encoding="utf-8")):
            found.setdefault(text, str(path.relative_to(DESK)))
    return found


def translated() -> dict[str, str]:
    """The catalogue: Chinese to English, entries without English left out."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    return {
        text: str(one.string)
        for one in catalogue
        for text in ([one.id] if isinstance(one.id, str) else list(one.id))
        if text and one.string
    }


def main() -> int:
    """`missing` exits 1 while a string has no English; `compile` writes the binary catalogue."""
    if sys.argv[1:] == ["compile"]:
        with CATALOGUE.open("rb") as file:
            catalogue = read_po(file, locale="en")
        with CATALOGUE.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)
        return 0
    if sys.argv[1:] == ["missing"]:
        known = translated()
        missing = {text: place for text, place in used().items() if text not in known and re.search(r"[\u4e00-\u9fff]", text)}
        for text, place in missing.items():
            print(f"{place}: {text}")
        return 1 if missing else 0
    print("expected one word: missing or compile", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
