"""Contingency from registry and facts to results: what is gathered and estimated, what a result says, and that its checker agrees."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest

from contingency_cast import knapsack
from yunxing.engines.registry.parties import Party
from yunxing.flows import compile_list, contingency_inputs, power_result
from yunxing.flows.contingency_inputs import Registered, coal_inputs, day_of, graded_lines, power_inputs
from yunxing.flows.hold_contingency import floor_of, hold
from yunxing.flows.order_sheets import OrderSheet, compose_sheet, said, sheet_docx, sheet_pdf
from yunxing.flows.solve_document import solve_document
from yunxing.packs.pack import load_pack
from yunxing.values.digest import canonical_json, digest
from yunxing.values.errors import BadInput

PLAN = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
DAY = date(2022, 10, 20)
GRADES = ("a", "b", "c", "d", "lead")
COUNTIES = ("371602", "371621", "371625")


def firm(id_, unit="371602", industry="26", kind="enterprise", **attributes):
    return Party(id_, kind, f"企业{id_}", "", unit, unit, industry, "", None, date(2020, 1, 1), None, attributes)


@pytest.fixture(scope="module")
def pack():
    return load_pack(PLAN)


@pytest.fixture(scope="module")
def rules(pack):
    return pack.load_section("contingency")


@pytest.fixture
def given(monkeypatch):
    """A registry and facts in memory: thirty graded firms, users of power, three units, four coal sites."""
    firms = {f"F{n:02d}": firm(f"F{n:02d}", COUNTIES[n % 3], ("26", "32", "30", "44", "27", "31", "26")[n % 7]) for n in range(30)}
    units = {f"P{n}": firm(f"P{n}", kind="site", nominal_kw=300_000) for n in range(3)}
    sites = {
        f"S{n}": firm(f"S{n}", COUNTIES[n % 3], "44", kind="site", yard_max_t=400_000, **({"min_days": 7} if n else {})) for n in range(4)
    }
    members = {
        "performance_grades": {id_: {"grade": GRADES[n % 5]} for n, id_ in enumerate(firms)},
        "above_scale": {id_: {} for id_ in firms},
        "power_units": {id_: {} for id_ in units},
        "coal_sites": {id_: {} for id_ in sites},
    }
    facts = {}
    for n, id_ in enumerate(firms):
        facts["enterprise_month", id_, "output", "2022-09"] = (n + 1) * 900_000_000
        facts["enterprise_month", id_, "electricity", "2022-09"] = (n + 1) * 300_000
        if n % 4 == 0:
            for item, much in (("so2", 9_000), ("nox", 20_000), ("vocs", 12_000)):
                facts["emission_month", id_, item, "2022-01..09"] = (n + 1) * much
    for n, id_ in enumerate(units):
        for item, minutes in (
            ("service_hours", 1440 - 720 * (n == 2)),
            ("reserve_hours", 0),
            ("planned_hours", 0),
            ("unplanned_hours", 720 * (n == 2)),
        ):
            facts["power_unit_day", id_, item, "2022-09-30"] = minutes
    facts["power_unit_day", "P1", "lost_coal_quality", "2022-09-30"] = 240_000
    for n, id_ in enumerate(sites):
        for back in range(10):
            facts["coal_day", id_, "use", f"2022-09-{30 - back}"] = 5_000_000
        facts["coal_day", id_, "closing", f"2022-09-{29 if n == 3 else 30}"] = (2, 20, 30, 12)[n] * 5_000_000
    monkeypatch.setattr(contingency_inputs, "registered", lambda _c, _r, _d: Registered({**firms, **units, **sites}, members))
    monkeypatch.setattr(contingency_inputs, "last_period", lambda _h, form, **_k: "2022-09-30" if form.endswith("_day") else "2022-09")
    monkeypatch.setattr(
        contingency_inputs, "values_of",
        lambda _h, form, items, periods, **_k: {(p, i, t): v for (f, p, i, t), v in facts.items() if f == form and i in items and t in periods},
    )  # fmt: skip
    for module in (compile_list, power_result):
        monkeypatch.setattr(module, "enterprise_names", lambda _c, _d: {id_: one.name for id_, one in firms.items()})
    return SimpleNamespace(facts=facts, firms=firms, members=members)


def test_emissions_are_taken_as_reported_else_estimated_and_marked(given, rules):
    """A reported cumulative becomes grams a day; an estimate is output by factor by grade; a firm with neither is left out and named."""
    del given.facts["enterprise_month", "F01", "output", "2022-09"]
    found = graded_lines(Path(), None, rules, DAY)

    assert "F00" not in found.estimated
    assert {"F02", "F03"} <= found.estimated
    assert found.left_out == ("F01",)
    assert sum(int(b[1]) for b, p in zip(found.lines.base, found.lines.party, strict=True) if p == "F00") == pytest.approx(
        20_000 * 1000 // 273, abs=12
    )
    assert {int(load) for load, industry in zip(found.lines.load, found.lines.industry, strict=True) if industry == "44"} == {70}
    assert all(exempt for exempt, industry in zip(found.lines.exempt, found.lines.industry, strict=True) if industry == "27")
    assert max(int(line) for line in found.lines.line) <= contingency_inputs.MOST_LINES


def test_a_list_is_told_with_its_proof_beside_the_flat_cut_and_seals_itself(given, pack, rules):
    result = hold(Path(), None, rules, "pollution", {"seconds": 12, "same": False, "spread": True}, DAY, floor=floor_of(pack, rules))

    assert result["verdict"] == {"holds": True, "faults": []}
    assert result["proof"]["status"] in ("optimal", "feasible")
    assert [one["id"] for one in result["levels"]] == ["yellow", "orange", "red"]
    assert all(p["cut"] >= p["need"] for level in result["levels"] for p in level["pollutants"])
    assert all(abs(level["saved"] - (level["flat_loss"] - level["loss"])) <= 1 for level in result["levels"])
    assert all(not any(row["cuts"]) for row in result["rows"] if row["grade"] in ("a", "lead") and row["industry"] != "44")
    assert sum(one["base_share"] for one in result["counties"]) == pytest.approx(1_000_000, abs=5)
    assert result["digest"] == digest({key: value for key, value in result.items() if key != "digest"})
    assert json.loads(canonical_json(result)) == result


def test_a_target_beyond_every_grade_is_said_in_words_of_the_trade(given, rules):
    """No plan: which level and pollutant is short by how much; the best effort is told, marked as short."""
    levels = [one.model_copy(update={"share": "95%"}) if one.id == "red" else one for one in rules.pollution.level]
    harder = SimpleNamespace(**{**vars(rules), "pollution": rules.pollution.model_copy(update={"level": tuple(levels)})})

    result = compile_list.compile_list(Path(), None, harder, {"seconds": 6, "spread": False}, DAY)

    assert result["verdict"]["holds"] is False
    assert any("红色" in one["words"] and "缺" in one["words"] for one in result["short"])


def test_units_users_and_a_day_follow_from_the_reports(given, rules):
    found = power_inputs(Path(), None, rules, DAY)

    assert [(one.state, int(one.available_kw)) for one in found.units] == [
        ("service", 300_000),
        ("derated", 290_000),
        ("unplanned", 150_000),
    ]
    assert found.users.load.tolist()[:2] == [300_000 * 125 // 72_000, 600_000 * 125 // 72_000]
    assert sum(bool(one) for one in found.users.exempt) == sum(one.industry in ("44", "27") for one in given.firms.values())
    usual = day_of(found, rules.power, rules.power.season[0], Fraction(5, 100))
    tripped = day_of(found, rules.power, rules.power.season[0], Fraction(5, 100), ["P0"])
    assert int(usual.supply[0]) == int(found.demand_peak * Fraction(95, 100))
    assert int(tripped.supply[0]) == max(0, int(usual.supply[0]) - 300_000)
    assert rules.power.season[1].holds(date(2022, 12, 30))
    assert rules.power.season[1].holds(date(2022, 2, 1))
    assert not rules.power.season[1].holds(date(2022, 7, 1))


def test_a_power_day_is_told_by_user_load_and_line_and_locked_users_stay(given, pack, rules):
    asked = {"season": "summer", "gap": 3, "seconds": 15, "locked": ["F20"]}
    result = hold(Path(), None, rules, "power", asked, DAY, floor=floor_of(pack, rules))

    assert result["verdict"] == {"holds": True, "faults": []}
    assert result["level"] == "IV"
    assert all(row["feeder"] and row["kilowatts"] > 0 and row["from"] < row["until"] for row in result["rows"])
    assert "F20" not in {row["party"] for row in result["rows"]}
    assert sum(result["tiers"].values()) == sum(row["kilowatts"] for row in result["rows"])
    assert result["tiers"]["cut"] == 0
    assert all(b["cut"] >= b["demand"] - b["supply"] for b in result["blocks"])


def test_a_gap_beyond_everything_says_what_is_short(given, rules):
    result = power_result.hold_power(Path(), None, rules, {"season": "summer", "gap": 40, "tripped": ["P0", "P1"], "seconds": 4}, DAY)

    assert result["verdict"]["holds"] is False
    assert result["level"] == "I"
    assert any("缺" in one["words"] and "优先保障" in one["words"] for one in result["short"])


def test_no_gap_asks_nothing(given, rules):
    result = power_result.hold_power(Path(), None, rules, {"season": "summer", "gap": 0, "seconds": 4}, DAY)

    assert (result["rows"], result["tier"], result["verdict"]["holds"]) == ([], "run", True)


def test_coal_is_lent_first_then_brought_and_the_city_counts_sums(given, pack, rules):
    """The site of two days borrows; days are Σ stock ÷ Σ use; a site without today's report is carried and marked."""
    result = hold(Path(), None, rules, "coal", {"cut": 0, "seconds": 20}, DAY, floor=floor_of(pack, rules))

    assert [one["borrower"] for one in result["loans"]] == ["S0"] * len(result["loans"])
    assert result["loans"]
    assert result["city_days"] == 1600
    assert [one["party"] for one in result["rows"] if one["carried"]] == ["S3"]
    assert result["verdict"]["holds"] is True
    assert all(one["lowest"] >= 700 for one in result["rows"])
    assert all(one["committed"] is (one["day"] <= 3) for one in result["trains"])


def test_an_unknown_kind_and_empty_reports_are_refused(given, rules, monkeypatch):
    with pytest.raises(BadInput, match="flood"):
        hold(Path(), None, rules, "flood", {}, DAY, floor=Fraction(7))
    monkeypatch.setattr(contingency_inputs, "last_period", lambda *_a, **_k: "")
    for read in (graded_lines, power_inputs):
        with pytest.raises(BadInput, match="found no reported month"):
            read(Path(), None, rules, DAY)
    with pytest.raises(BadInput, match="found no reported day"):
        coal_inputs(Path(), None, rules, DAY, Fraction(7))


def test_the_floor_of_coal_is_the_plan_s_own_number(pack, rules):
    assert floor_of(pack, rules) == 7
    with pytest.raises(BadInput, match="coal_days_floor"):
        floor_of(SimpleNamespace(commitments=()), rules)


SHEET = OrderSheet(
    "S2022-0001", "pollution", "某企业", "F01", "甲县", "市生态环境局", DAY, "行动方案（156/24/1c）",
    [{"line": "1", "cuts": [0, 30, 100]}, {"line": "2", "cuts": [0, 0, 50]}], [("yellow", "黄色"), ("orange", "橙色"), ("red", "红色")], "", "合成数据",
)  # fmt: skip


def test_an_order_sheet_names_line_level_and_cut_and_is_the_same_bytes_again():
    text = "".join(str(block) for section in compose_sheet(SHEET).sections for block in section.blocks)

    assert [said(cut) for cut in (0, 30, 100)] == ["自主减排", "限产 30%", "停产"]
    assert "停产" in text
    assert "156/24" in text
    assert sheet_docx(SHEET) == sheet_docx(SHEET)
    assert sheet_pdf(SHEET, "").startswith(b"%PDF")


def test_a_notice_of_power_names_user_load_line_and_hours():
    from dataclasses import replace

    rows = [{"feeder": "L-1", "tier": "avoid", "from": 18, "until": 22, "kilowatts": 1200}]
    text = "".join(str(block) for section in compose_sheet(replace(SHEET, kind="power", rows=rows)).sections for block in section.blocks)

    for words in ("L-1", "避峰", "18:00—22:00", "1,200"):
        assert words in text, words


def test_a_document_is_solved_and_answered_with_choice_objective_bound_gap_status_seconds(tmp_path):
    path = tmp_path / "p.json"
    path.write_text(json.dumps(knapsack(12, 2, 1)), encoding="utf-8")

    plan = solve_document(path, seconds=30, memory=2**31)

    assert plan["status"] == "optimal"
    assert plan["objective"] == plan["bound"]
    assert plan["gap"] == 0
    assert set(plan["choice"]) == {f"x{n}" for n in range(12)}
    assert plan["seconds"] >= 0
    assert plan["short"] == []


def test_a_document_that_cannot_hold_gives_the_best_effort_and_what_to_relax(tmp_path):
    document = {**knapsack(8, 1, 1), "requirements": [{"resource": "r0", "min": 10**7}]}
    path = tmp_path / "p.json"
    path.write_text(json.dumps(document), encoding="utf-8")

    plan = solve_document(path, seconds=30, memory=2**31)

    assert plan["status"] == "infeasible"
    assert plan["short"][0]["short"] == 10**7 - plan["short"][0]["given"]
    assert plan["short"][0]["given"] == plan["short"][0]["reachable"]
    assert "放宽到" in plan["short"][0]["words"]


def test_a_power_day_that_begins_from_another_says_who_changes_and_why(given, pack, rules):
    """The gap grows by a percent: few are told something else, each with a reason; a firm locked since is released by name."""
    floor = floor_of(pack, rules)
    old = hold(Path(), None, rules, "power", {"season": "summer", "gap": 3, "seconds": 15}, DAY, floor=floor)
    asked = {"season": "summer", "gap": 4, "seconds": 15, "locked": [old["rows"][0]["party"]]}

    new = hold(Path(), None, rules, "power", asked, DAY, floor=floor, before=old)

    assert new["verdict"] == {"holds": True, "faults": []}
    before = {(one["party"], one["line"]): (one["tier"], one["from"], one["until"], one["kilowatts"]) for one in old["rows"]}
    now = {(one["party"], one["line"]): (one["tier"], one["from"], one["until"], one["kilowatts"]) for one in new["rows"]}
    differ = {key for key in {*before, *now} if before.get(key) != now.get(key)}
    assert {(one["party"], one["line"]) for one in new["changes"]["rows"]} == differ
    assert all(one["why"] and one["before"] != one["now"] for one in new["changes"]["rows"])
    assert new["changes"]["same"] == 30 - len(differ)
    released = next(one for one in new["changes"]["rows"] if one["party"] == asked["locked"][0])
    assert (released["now"], released["kind"]) == ("正常", "gone")
    assert "不再安排" in released["why"]
    assert new["order"]["proven"] is True
    assert new["digest"] == digest({key: value for key, value in new.items() if key != "digest"})


def test_a_list_compiled_again_on_the_same_reports_changes_nothing(given, rules):
    """And with a firm's grade changed it is told with what keeping its cut would do."""
    old = compile_list.compile_list(Path(), None, rules, {"spread": False, "seconds": 15}, DAY)

    same = compile_list.compile_list(Path(), None, rules, {"spread": False, "seconds": 15}, DAY, before=old)
    other = {**old, "rows": [{**one, "cuts": [50, 50, 100]} if one["cuts"] == [0, 0, 0] else one for one in old["rows"]]}
    told = compile_list.compile_list(Path(), None, rules, {"spread": False, "seconds": 15}, DAY, before=other)

    assert same["changes"] == {"same": len(old["rows"]), "dearer": same["changes"]["dearer"], "rows": []}
    assert [one["cuts"] for one in same["rows"]] == [one["cuts"] for one in old["rows"]]
    assert told["verdict"]["holds"] is True
    assert len(told["changes"]["rows"]) + told["changes"]["same"] == len(old["rows"])


def test_coal_that_begins_from_yesterday_s_plan_keeps_its_trains(given, pack, rules):
    floor = floor_of(pack, rules)
    old = hold(Path(), None, rules, "coal", {"cut": 0, "seconds": 20}, DAY, floor=floor)

    again = hold(Path(), None, rules, "coal", {"cut": 0, "seconds": 30}, DAY, floor=floor, before=old)

    assert again["verdict"]["holds"] is True
    assert again["changes"]["rows"] == []
    assert again["trains"] == old["trains"]


def test_a_plan_begins_only_from_one_of_its_kind(given, rules):
    with pytest.raises(BadInput, match="found one of kind 'coal', expected 'power'"):
        hold(Path(), None, rules, "power", {}, DAY, floor=Fraction(7), before={"kind": "coal"})


def test_scenarios_held_together_read_what_is_alike_once(given, pack, rules, monkeypatch):
    reads = []
    real = power_result.power_inputs
    monkeypatch.setattr(power_result, "power_inputs", lambda *some: reads.append(1) or real(*some))
    kept = {}

    found = [
        hold(Path(), None, rules, "power", {"season": "summer", "gap": gap, "seconds": 4}, DAY, floor=Fraction(7), kept=kept)
        for gap in (0, 1)
    ]

    assert len(reads) == 1
    assert [one["gap"] > 0 for one in found] == [False, True]
