"""Every door answers by the signed rules in force, and a decision made before a change is still replayed under the rules it names."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from yunxing.cli import app
from yunxing.flows.rules_in_force import rules_at, rules_in_force
from yunxing.io.store import dialect
from yunxing.packs.policies import load_policies
from yunxing.values.errors import Refusal

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
POLICY = "m08_dcmm"
PROFILE = {"party": "91990000MA00000A0X", "dcmm_fee": "20 万元", "dcmm_level": "L2", "dcmm_first": True, "dcmm_valid": True}
RUN = CliRunner()


def sign(connection: Any, share: str, starts: date, at: str) -> None:
    columns = {
        "policy": POLICY, "parameters": json.dumps({"share": share}), "without": "[]", "starts_on": starts.isoformat(), "basis": "测试文件", "state": "signed",
        "ruleset": "", "changed_ruleset": "", "report": "{}", "report_digest": "", "proposed_by": "a", "proposed_at": at, "signed_by": "b", "signed_at": at,
        "remark": "",
    }  # fmt: skip
    names = ", ".join(f'"{name}"' for name in columns)
    dialect.execute(
        connection, f"INSERT INTO support_rule_change ({names}) VALUES ({', '.join(['%s'] * len(columns))})", list(columns.values())
    )


def call(*words: str) -> str:
    found = RUN.invoke(app, list(words))
    if isinstance(found.exception, Refusal):
        raise found.exception
    assert found.exit_code == 0, found.output
    return found.stdout


def test_a_folder_without_a_store_has_the_packs_rules_and_is_not_made(tmp_path: Path) -> None:
    assert rules_at(tmp_path / "none", PACK).id == load_policies(PACK).id
    assert not (tmp_path / "none").exists()


def test_an_earlier_set_is_found_by_its_name_and_an_unknown_one_gives_the_present(home: Path, connection: Any) -> None:
    first = rules_at(home, PACK)
    sign(connection, "25%", date(2022, 7, 1), "2022-06-20 09:00:00")
    second = rules_at(home, PACK)
    sign(connection, "20%", date(2022, 9, 1), "2022-08-20 09:00:00")
    third = rules_at(home, PACK)
    assert len({first.id, second.id, third.id}) == 3
    assert first.id == load_policies(PACK).id
    assert third.id == rules_in_force(PACK, connection).id
    assert [rules_at(home, PACK, one.id).id for one in (first, second, third)] == [first.id, second.id, third.id]
    assert rules_at(home, PACK, "sha256:none").id == third.id


def test_commands_answer_as_the_desk_decides_and_print_the_rule_set(home: Path, connection: Any, tmp_path: Path) -> None:
    profile, decision = tmp_path / "p.json", tmp_path / "d.json"
    profile.write_text(json.dumps(PROFILE), encoding="utf-8")
    at = ["--home", str(home), "--pack", str(PACK)]
    one = ["--policy", POLICY, "--date", "2022-09-30", *at]
    before = call("entitlements", "explain", str(profile), *one, "--json")
    decision.write_text(before, encoding="utf-8")
    assert json.loads(before)["amount"] == "6万元"
    sign(connection, "25%", date(2022, 7, 1), "2022-06-20 09:00:00")
    present = rules_in_force(PACK, connection).id
    after = json.loads(call("entitlements", "explain", str(profile), *one, "--json"))
    assert (after["amount"], after["ruleset"]) == ("5万元", present)
    june = ["--policy", POLICY, "--date", "2022-06-30", *at]
    assert json.loads(call("entitlements", "explain", str(profile), *june, "--json"))["amount"] == "6万元", (
        "earlier applications keep the old share"
    )
    reverse = json.loads(call("entitlements", "reverse", str(profile), *one, "--column", "dcmm_fee", "--amount", "5 万元", "--json"))
    assert reverse["ruleset"] == present
    for words in (["nearmiss"], ["ask"], ["appeal", "--waive", "first"]):
        told = call("entitlements", words[0], str(profile), *words[1:], *one)
        assert f"规则集 · rule set {present}" in told
    assert json.loads(call("entitlements", "verify", str(decision), *at, "--json"))["ruleset"] == json.loads(before)["ruleset"] != present
    decision.write_text(before.replace("600000", "600001").replace("6万元", "7万元"), encoding="utf-8")
    with pytest.raises(Refusal):
        call("entitlements", "verify", str(decision), *at)
