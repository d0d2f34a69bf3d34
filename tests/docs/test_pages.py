"""The documentation says what the code does: links, commands, settings, tables, tests that are named."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main

from yunxing.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "changelog.d").glob("*.md"))]
TREE = typer.main.get_command(app)
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def without_blocks(text: str) -> str:
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("document", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(document):
    targets = re.findall(r"\]\(([^)\s]+)\)", without_blocks(document.read_text(encoding="utf-8")))
    own = [target.partition("#")[0] for target in targets if "://" not in target and not target.startswith("#")]

    assert [target for target in own if not (document.parent / target).exists()] == []


def commands_of(text: str) -> list[str]:
    """The command lines of a page: in `…`, and the lines of blocks that begin with yunxing."""
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines() if line.strip().startswith("yunxing ")]
    return lines + re.findall(r"`(yunxing [^`]+)`", without_blocks(text))


def parse(line: str) -> str:
    """What is wrong with a command line; nothing when every word of it is known. Words in capitals and … stand for values."""
    words = shlex.split(re.split(r"[>|]", line)[0].replace("…", " ").replace("[", " ").replace("]", " "), comments=True)[1:]
    command: Any = TREE
    while hasattr(command, "commands"):
        if not words or words[0].startswith("-"):
            return ""  # a group is named: `yunxing facts …`
        name = words.pop(0)
        if name not in command.commands:
            return f"no command {name!r}"
        command = command.commands[name]
    options = {name: one for one in command.params for name in one.opts if name.startswith("-")}
    given = 0
    while words:
        word = words.pop(0)
        if word.startswith("-"):
            if word not in options:
                return f"no option {word!r}"
            if not getattr(options[word], "is_flag", False) and words:
                words.pop(0)
        else:
            given += 1
    arguments = [one for one in command.params if not any(name.startswith("-") for name in one.opts)]
    limit = None if any(one.nargs == -1 for one in arguments) else len(arguments)
    return f"{given} words for {limit} arguments" if limit is not None and given > limit else ""


@pytest.mark.parametrize("document", PAGES, ids=name_of)
def test_every_command_line_fits_the_command_tree(document):
    lines = commands_of(document.read_text(encoding="utf-8"))

    assert [(line, parse(line)) for line in lines if parse(line)] == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("yunxing month close 2022-09", ""),
        ("yunxing month clos 2022-09", "no command 'clos'"),
        ("yunxing month close 2022-09 --hme x", "no option '--hme'"),
        ("yunxing month close 2022-09 2022-10", "2 words for 1 arguments"),
        ("yunxing facts …", ""),
    ],
)
def test_the_reader_of_command_lines_sees_what_is_wrong(line, wrong):
    assert parse(line) == wrong


def test_every_setting_is_documented_and_no_other():
    from yunxing.desk.installation import Installation

    def keys(schema: Any, before: str = "") -> set[str]:
        found = set()
        for name, field in schema.model_fields.items():
            inner = field.annotation
            found |= keys(inner, f"{before}{name}.") if hasattr(inner, "model_fields") else {f"{before}{name}"}
        return found

    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z_.]+)` \|", page, re.MULTILINE)) == keys(Installation)


def test_every_make_target_of_the_pages_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        one for page in PAGES for one in re.findall(r"\bmake ([a-z][a-z-]+)(?=`|\s+#|$)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert named - targets == set()
    assert {"demo", "test", "serve"} <= named


def test_the_facts_table_is_the_one_described():
    from yunxing.engines.facts.table import SCHEMA

    section = ARCHITECTURE.partition("### Facts")[2].partition("###")[0]
    rows = re.findall(r"^\| ([a-z_, ]+) \| (?:text|int64|int32|bool|timestamp)", section, re.MULTILINE)
    described = [name.strip() for row in rows for name in row.split(",")]

    assert sorted(described) == sorted(SCHEMA)


def test_the_snapshot_tables_are_the_ones_described(tmp_path):
    from yunxing.engines.indicators.contributions import Contributions
    from yunxing.engines.indicators.rows import indicators_table
    from yunxing.engines.signals.signal import signals_table

    for name, table in (("indicators", indicators_table([])), ("contributions", Contributions().table()), ("signals", signals_table([]))):
        text = re.search(rf"`{name}\.parquet`:\s*`([^`]+)`", ARCHITECTURE)
        assert text, name
        plain = re.sub(r"\([^()]*\)", "", text[1])  # remarks
        described = [re.match(r"[a-z_]+", word.strip())[0] for word in plain.split(",") if re.match(r"[a-z_]+", word.strip())]
        missing = [column for column in table.schema.names if column not in described]
        assert (missing, [one for one in described if one not in table.schema.names and one != "severity"]) == ([], []), name


def test_the_registry_tables_are_the_ones_described():
    from yunxing.desk.reporting import models

    for model in (models.Party, models.Membership):
        table = model._meta.db_table
        text = re.search(rf"`{table}\(([^`]+)\)`", ARCHITECTURE)
        assert text, table
        described = {word.strip().split()[0] for word in text[1].split(",")}
        columns = {field.column for field in model._meta.concrete_fields}
        assert described == columns - ({"id"} - described), table


def test_every_test_that_a_page_names_exists():
    for page in PAGES:
        for file, function in re.findall(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?`", page.read_text(encoding="utf-8")):
            path = ROOT / file
            assert path.exists(), f"{name_of(page)}: {file}"
            assert not function or f"def {function}(" in path.read_text(encoding="utf-8"), f"{name_of(page)}: {file}::{function}"


def test_the_changelog_has_one_fragment_a_theme():
    """Each fragment is a theme: a heading, then what exists; gathered at a release."""
    fragments = sorted((ROOT / "changelog.d").glob("*.md"))

    assert len(fragments) >= 6
    for fragment in fragments:
        lines = fragment.read_text(encoding="utf-8").splitlines()
        assert re.fullmatch(r"# \S.*", lines[0]), fragment.name
        assert any(line.startswith("- ") for line in lines), fragment.name


def test_the_code_of_the_recipe_for_a_table_engine_runs():
    """docs/recipes/add_a_table_engine.md: its block is executed over the pack's policies and gives what Polars gives."""
    from datetime import date

    import polars as pl

    from yunxing.engines.entitlements.assess import assess
    from yunxing.packs.policies import load_policies

    [block] = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs" / "recipes" / "add_a_table_engine.md").read_text(encoding="utf-8"), re.DOTALL
    )
    rules = load_policies(ROOT / "plans" / "binzhou_2022_156")
    frame = pl.DataFrame({"party": ["a", "b"], "raised": [10**11, None], "board": ["BSE", "NEEQ"], "has_bonus_before": [False, None]})
    profiles = frame.with_columns(listed_on=pl.date(2022, 6, 30)).lazy()
    names = {"profiles": profiles, "rules": rules, "day": date(2022, 12, 31)}
    exec(block, names)

    assert names["rows"].equals(assess(profiles, rules, date(2022, 12, 31)))


def test_lock_files_and_settings_hold_no_address():
    assert "http" not in (ROOT / "locks" / "run.txt").read_text(encoding="utf-8")
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"] == ">=3.11"
