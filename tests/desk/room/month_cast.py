"""A closed month small enough to check by hand: eight enterprises in three units, one project, two coal sites, four signals. 合成数据 · synthetic data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yunxing.desk.room.board import Board
from yunxing.engines.indicators.rows import figure, indicators_table, missing
from yunxing.io.snapshots import Snapshot
from yunxing.packs.pack import Pack, load_pack
from yunxing.values.scope import ALL, Scope

PACK = Path(__file__).resolve().parents[3] / "plans" / "binzhou_2022_156"
MONTH, SPAN = "2022-09", "2022-01..09"
YUAN = 100  # fen
KNOWN = datetime(2022, 10, 7, 2, tzinfo=UTC)
# enterprise → (place of its unit in the pack's list, industry, output of January to September, the same last year), in 万元
FIRMS = {
    "E1": (0, "26", 80, 100),
    "E2": (0, "26", 90, 100),
    "E3": (0, "32", 130, 100),
    "E4": (0, "32", 110, 100),
    "E5": (1, "26", 105, 100),
    "E6": (1, "17", 120, 100),
    "E7": (1, "17", 100, 100),
    "E8": (2, "17", 50, 100),  # alone in its unit
}


def scopes(pack: Pack) -> dict[str, Scope]:
    """A scope for every desk role, with the units of this month."""
    first = pack.regions.units[0].id
    nobody: frozenset[str] = frozenset()
    return {
        "command": Scope(ALL, ALL, ALL, 3, "command"),
        "analyst": Scope(ALL, ALL, nobody, 2, "analyst"),
        "county": Scope(frozenset({first}), nobody, ALL, 3, "county"),
        "bureau": Scope(nobody, frozenset({"IIT"}), nobody, 2, "bureau"),
        "enterprise": Scope(frozenset({first}), nobody, frozenset({"E1"}), 3, "enterprise"),
    }


@dataclass(frozen=True)
class Month:
    """The month as tests read it."""

    board: Board
    pack: Pack
    units: tuple[str, ...]
    scopes: dict[str, Scope]


def card(id_: str, name: str, statistic: str, headline: str, unit: str, form: str, item: str, **more: Any) -> dict[str, Any]:
    """An indicator's card with what every card has."""
    plain = {
        "id": id_, "name": name, "name_en": name, "statistic": statistic, "headline": headline, "unit": unit, "form": form, "item": item,
        "other": "", "roster": "above_scale", "limits": {}, "office": "IIT", "meaning": f"{name}的含义", "meaning_en": f"meaning of {name}",
        "formula": "本期 ÷ 上期", "formula_en": "this ÷ last", "source": "月报", "target": None, "alarm": None, "good": None, "shown": None,
    }  # fmt: skip
    return plain | more


def cards() -> list[dict[str, Any]]:
    """Five cards: a growth with an alarm, a sum with a target, a stock with a floor, a share, a party's own figure."""
    return [
        card("output_growth", "产值增速", "comparable_growth", "cumulative_yoy", "fen", "enterprise_month", "output",
             alarm={"comparator": "lt", "text": "0%", "value": [0, 1]}, shown={"unit": "亿元", "unit_en": "hundred million yuan", "places": 2}),
        card("project_investment", "投资完成额", "sum_to_target", "cumulative", "fen", "project_month", "investment", roster="key_projects",
             target={"commitment": "investment_year", "comparator": "ge", "text": "418 亿元", "value": [418_0000_0000 * YUAN, 1]},
             shown={"unit": "亿元", "unit_en": "hundred million yuan", "places": 2}),
        card("coal_days", "电煤可用天数", "stock_days", "minimum", "days", "coal_day", "closing", other="use", roster="coal_sites",
             alarm={"comparator": "lt", "text": "7 天", "value": [7, 1]}),
        card("completeness", "报送完整率", "completeness", "share", "%", "enterprise_month", "output",
             alarm={"comparator": "lt", "text": "95%", "value": [95, 1]}),
        card("stop_days", "停产天数", "party_value", "value", "days", "enterprise_month", "stop_days"),
    ]  # fmt: skip


def growth(scope: tuple[str, str], pairs: list[tuple[int, int]], period: str = SPAN, stat: str = "cumulative_yoy") -> Any:
    """100·(current − base)/base over the pairs."""
    current, base = sum(one for one, _ in pairs), sum(one for _, one in pairs)
    return figure("output_growth", scope, period, stat, 100 * (current - base), base, "%", covered_num=9, covered_den=10)


def indicator_rows(units: tuple[str, ...]) -> list[Any]:
    """All figures of the month."""
    everyone = [(now, last) for _, _, now, last in FIRMS.values()]
    city = ("city", "city")
    rows = [growth(city, everyone), growth(city, [(109, 100)], "2022-01..08"), growth(city, [(108, 100)], "2022-01..07")]
    rows.append(missing("output_growth", city, "2022-01..06", "cumulative_yoy", "%", "not_reported", "本月未报"))
    for place, unit in enumerate(units):
        own = [(now, last) for at, _, now, last in FIRMS.values() if at == place]
        if own:
            rows.append(growth(("unit", unit), own))
        rows.append(figure("completeness", ("unit", unit), MONTH, "share", 100 * len(own), len(own) or 1, "%"))
    cell = [(now, last) for at, industry, now, last in FIRMS.values() if (at, industry) == (0, "26")]
    rows += [growth(("cell", f"{units[0]}.26"), cell, MONTH, "yoy"), growth(("cell", f"{units[1]}.26"), [(105, 100)], MONTH, "yoy")]
    rows += [
        figure("project_investment", city, SPAN, "cumulative", 297_0000_0000 * YUAN, 1, "fen"),
        figure("project_investment", city, "2022-01..08", "cumulative", 261_0000_0000 * YUAN, 1, "fen"),
        figure("project_investment", city, SPAN, "forecast", 396_0000_0000 * YUAN, 1, "fen"),
        figure("coal_days", city, MONTH, "minimum", 36, 5, "days"),
        figure("completeness", city, MONTH, "share", 700, 8, "%"),
        figure("completeness", city, MONTH, "received", 7, 1, "firms"),
        figure("completeness", city, MONTH, "due", 8, 1, "firms"),
    ]
    return rows + [figure("stop_days", ("party", firm), MONTH, "value", days, 1, "days") for firm, days in (("E1", 22), ("E5", 4))]


def fact(firm: str, item: str, value: int | None, period: str, reported: str, role: str = "value", **more: Any) -> dict[str, Any]:
    """One reported value."""
    return {
        "form": "enterprise_month", "item": item, "role": role, "party": firm, "unit": more.pop("unit", ""), "region": "", "industry": "",
        "period": period, "as_reported": reported, "value": value, "absence": None if value is not None else "not_reported", "basis": "above_scale",
        "origin": "dispatch", "status": "county", "held": False, "cause": "", "known_at": KNOWN, "version": 1, "submission": "sha256:0",
        "sheet": "运行月报", "cell": "F7",
    } | more  # fmt: skip


def facts(units: tuple[str, ...]) -> list[dict[str, Any]]:
    """Output of every enterprise in 万元 (stored in fen), and the days two of them stood still."""
    rows = []
    for firm, (place, _industry, now, last) in FIRMS.items():
        rows.append(fact(firm, "output", now * 10_000 * YUAN, SPAN, "cumulative", unit=units[place]))
        rows.append(fact(firm, "output", last * 10_000 * YUAN, SPAN, "cumulative", "last_year_restated", unit=units[place]))
    rows.append(fact("E1", "stop_days", 22, MONTH, "month", unit=units[0]))
    rows.append(fact("E5", "stop_days", 4, MONTH, "month", unit=units[1]))
    rows.append(fact("E1", "revenue", None, SPAN, "cumulative", unit=units[0]))
    return rows


def evidence(row: str, value: str, comparison: str, points: list[tuple[str, str, int, int]] = [], **more: Any) -> str:  # noqa: B006
    """The evidence of a signal as a closed month holds it."""
    shown = {"num": 1, "den": 1, "unit": "%", "zh": value, "en": value}
    figures = [{"name": "value", "row": row, "period": row.split("/")[3], "comparison": comparison, **shown}]
    figures += [{"name": "before_1", "row": row, "period": "2022-08", "comparison": comparison, **shown}] * more.get("before", 0)
    figures.append({"name": "threshold", "row": "rule:made_up", "period": MONTH, "comparison": "", **shown})
    named = [{"party": p, "name": n, "current": 1, "base": 2, "points_num": a, "points_den": b} for p, n, a, b in points]
    return json.dumps({"figures": figures, "contributions": named, "case": "check_enterprise"}, ensure_ascii=False)


def signals(units: tuple[str, ...]) -> list[dict[str, Any]]:
    """One of the city, one of a cell in the first unit, one of an enterprise in the first and one in the second unit."""

    def one(
        id_: str, kind: str, indicator: str, scope_kind: str, scope: str, severity: int, owner: str, proof: str, words: str
    ) -> dict[str, Any]:
        return {
            "id": id_, "kind": kind, "sign": "negative", "indicator": indicator, "scope_kind": scope_kind, "scope": scope, "first_period": "2022-07" if kind == "trend" else MONTH,
            "period": MONTH, "score_num": 1, "score_den": 1, "severity": severity, "probability": 0, "rule": "made_up", "words_zh": words,
            "words_en": words, "owner": owner, "deadline": "2022-11-01", "provisional": False, "evidence": proof, "state": "new",
        }  # fmt: skip

    cell = f"output_growth/cell/{units[0]}.26/{MONTH}/yoy"
    pulls = [("E1", "企业E1", -10, 1), ("E2", "企业E2", -5, 1), ("", "其余3户", -1, 4)]
    return [
        one("S-city", "latent", "project_investment", "city", "city", 2, "DRC",
            evidence(f"project_investment/city/city/{SPAN}/forecast", "396亿元", "gt 5%"), "按现有进度差一截"),
        one("S-cell", "trend", "output_growth", "cell", f"{units[0]}.26", 3, "IIT", evidence(cell, "-15.0%", "lt 0%", pulls, before=2), "连续下降"),
        one("S-own", "incipient", "stop_days", "party", "E1", 1, "DRC", evidence(f"stop_days/party/E1/{MONTH}/value", "22天", "gt 3 天"), "企业E1：停产22天"),
        one("S-other", "incipient", "stop_days", "party", "E5", 1, "IIT", evidence(f"stop_days/party/E5/{MONTH}/value", "4天", "gt 3 天"), "企业E5：停产4天"),
    ]  # fmt: skip


def registry(units: tuple[str, ...]) -> list[dict[str, Any]]:
    """The parties and the rosters they stand on."""
    firms = [
        {
            "id": firm,
            "kind": "enterprise",
            "name": f"企业{firm}",
            "unit": units[place],
            "industry": industry,
            "rosters": "above_scale",
            "attributes": "{}",
            "size": "",
        }
        for firm, (place, industry, _now, _last) in FIRMS.items()
    ]
    return [
        *firms,
        {
            "id": "P1",
            "kind": "project",
            "name": "项目一",
            "unit": units[0],
            "industry": "32",
            "rosters": "key_projects",
            "attributes": "{}",
            "size": "",
        },
    ]


def write_month(place: Path) -> Month:
    """The month as files, and the board that reads them."""
    pack = load_pack(PACK)
    units = tuple(one.id for one in pack.regions.units)
    folder = place / MONTH / "00000000"
    folder.mkdir(parents=True)
    points = [
        {
            "indicator": "output_growth",
            "period": SPAN,
            "scope": "city",
            "party": firm,
            "points_num": now - last,
            "points_den": 8,
            "current": now,
            "base": last,
        }
        for firm, (_place, _industry, now, last) in FIRMS.items()
    ]
    from yunxing.engines.indicators.contributions import Contribution, Contributions

    pq.write_table(indicators_table(indicator_rows(units)), folder / "indicators.parquet")
    pq.write_table(Contributions.of_rows(Contribution(**one) for one in points).table(), folder / "contributions.parquet")
    for name, rows in (("facts", facts(units)), ("signals", signals(units)), ("registry", registry(units))):
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
    manifest = {
        "month": MONTH,
        "as_of": "2022-10-07T02:00:00+00:00",
        "snapshot": "sha256:0",
        "pack": {"id": pack.id},
        "engine": "0",
        "synthetic": True,
    }
    proposed = [
        {
            "id": "C-1",
            "origin": "signal:S-cell",
            "title": "季约谈提请",
            "title_en": "Propose a talk",
            "clocks": [{"due": "2022-11-02"}, {"due": "2022-11-01"}],
        }
    ]
    for name, plain in (("manifest", manifest), ("definitions", cards()), ("cases", proposed)):
        (folder / f"{name}.json").write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")
    return Month(Board(Snapshot(folder)), pack, units, scopes(pack))


def total_growth() -> Fraction:
    """The city's growth, by hand: 785 against 800."""
    return Fraction(100 * (785 - 800), 800)
