"""The recipe "add a subsidy" is carried out from its own page: at most two files are touched, and it works."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import polars as pl
from typer.testing import CliRunner

from yunxing.cli import app
from yunxing.engines.entitlements.assess import Scalar, assess
from yunxing.packs.policies import load_policies
from yunxing.packs.policy_examples import load_examples, run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "recipes" / "add_a_subsidy.md").read_text(encoding="utf-8")
NEW = "m02_equipment_sample"


def block(language: str, number: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[number]


def test_at_most_two_files_add_a_subsidy_and_its_examples_hold(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(ROOT / "plans" / "binzhou_2022_156", pack)
    before = {path: path.read_bytes() for path in pack.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    (pack / "policies" / f"{NEW}.toml").write_text(block("toml", 0), encoding="utf-8")
    with (pack / "profile.toml").open("a", encoding="utf-8") as profile_file:
        profile_file.write("\n" + block("toml", 1))

    rules = load_policies(pack)
    examples = [one for one in load_examples(pack, rules) if one.policy == NEW]
    assert len(examples) == 6
    assert [run(one, Scalar.of(rules.policy(NEW))) for one in examples] == [[]] * 6

    after = {path for path in pack.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert after - set(before) == {pack / "policies" / f"{NEW}.toml"}
    assert [path for path, content in before.items() if path.read_bytes() != content] == [pack / "profile.toml"]
    checked = CliRunner().invoke(app, ["pack", "check", str(pack), "--json"])
    assert checked.exit_code == 0, checked.output

    firms = pl.DataFrame({"party": ["a", "b", "c"], "net_cost": [3200 * 10**6, 6000 * 10**6, None], "is_automated": [True, True, True]})
    for engine in ("polars", "python"):
        found = assess(firms, rules, date(2022, 9, 30), engine=engine)
        assert found["amount_fen"].to_list() == [320 * 10**6, 500 * 10**6, None]

    profile = tmp_path / "profile.json"
    profile.write_text(block("json"), encoding="utf-8")
    words = block("sh").split()
    command = [str(profile) if word == "profile.json" else word for word in words[1:]]
    result = CliRunner().invoke(app, [*command, "--pack", str(pack), "--json"])
    answer = json.loads(result.stdout)
    assert (answer["amount_fen"], answer["binding"]["by"]) == (500 * 10**6, "cap")


def test_the_page_names_every_kind_the_program_knows() -> None:
    from yunxing.engines.entitlements.kinds import from_data
    from yunxing.engines.entitlements.tracing import RuleRefused
    from yunxing.values.money import half_up_fen

    try:
        from_data("nothing", "x", [], {}, half_up_fen)
    except RuleRefused as refused:
        known = re.findall(r"function|share|band", str(refused))
    assert sorted(known) == sorted(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
