"""A month as a closed month holds it: ten units, the indicators of the first plan, signals and projects. Made up, and labelled so."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pyarrow as pa

from yunxing.engines.bulletins.board import Board, Commitment, Project, Signal, Unit
from yunxing.engines.indicators.rows import Row, indicators_table
from yunxing.io.snapshots import Snapshot, parquet_bytes, to_json, write
from yunxing.values.period import Month
from yunxing.values.quantity import Comparator

LIBRARY = Path(__file__).parent.parent / "plans" / "binzhou_2022_156" / "bulletin" / "monthly.toml"
YI, WAN_TONS = 10**10, 10**7
M, C, B = "2022-09", "2022-01..09", "2022-01..08"
ISSUED = date(2022, 10, 20)
UNITS = tuple(
    Unit(f"u{n:02d}", name)
    for n, name in enumerate(("甲区", "乙区", "丙市", "丁县", "戊县", "己县", "庚县", "辛开发区", "壬高新区", "癸北海新区"), start=1)
)
PACK_UNITS = ("371602", "371603", "371681", "371621", "371622", "371623", "371625", "BZ-JKQ", "BZ-GXQ", "BZ-BH")
GROWTH = (82, 75, 91, 63, 75, 40, 58, 102, 36, None)  # 0.1 %; the second and the fifth are equal, the last did not report
INVESTED = (4821, 3377, 7012, 2290, 3015, 1876, 2544, 3360, 1209, 666)  # 0.01 亿元
SHARES = (781, 760, 823, 702, 744, 655, 691, 805, 612, 598)


def city(indicator: str, stat: str, period: str, num: int | None, unit: str, den: int = 1, **rest: object) -> Row:
    return row(indicator, "city", "city", stat, period, num, unit, den, **rest)


def row(indicator: str, kind: str, scope: str, stat: str, period: str, num: int | None, unit: str, den: int = 1, **rest: object) -> Row:
    absence = rest.pop("absence", None) or (None if num is not None else "not_reported")
    return Row(indicator, kind, scope, period, stat, num, None if num is None else den, unit, absence=absence, **rest)  # type: ignore[arg-type]


def rows() -> tuple[Row, ...]:
    made = [
        city("output_growth", "value", M, 26530 * YI // 100, "fen"),
        city("output_growth", "cumulative", C, 231840 * YI // 100, "fen"),
        city("output_growth", "yoy", M, 79, "%", 10),
        city("output_growth", "cumulative_yoy", C, 76, "%", 10),
        city("output_growth", "cumulative_yoy", B, 77, "%", 10),
        city("project_investment", "value", M, 3112 * YI // 100, "fen"),
        city("project_investment", "cumulative", C, 30170 * YI // 100, "fen"),
        city("project_investment", "target_share", C, 100 * 30170, "%", 41800),
        city("project_investment", "gap", C, 100 * 30170 - 75 * 41800, "points", 41800),
        city("coal_days", "value", M, 93, "days", 10),
        city("coal_days", "lowest_site", M, 696, "days", 100),
        city("above_scale_entries", "cumulative", C, 163, "firms"),
        city("above_scale_entries", "target_share", C, 163, "%", 2),
        city("listings", "cumulative", C, 2, "firms"),
        city("listings", "target_share", C, 50, "%"),
        city("port_foreign_cargo", "cumulative", C, 2530 * WAN_TONS // 100, "kg"),
        city("port_foreign_cargo", "target_share", C, 2530, "%", 25),
        city("port_foreign_cargo", "gap", C, 2530 - 75 * 25, "points", 25),
        city("completeness", "share", M, 963, "%", 10),
        city("timeliness", "share", M, 941, "%", 10),
    ]
    for unit, growth, invested, share in zip(UNITS, GROWTH, INVESTED, SHARES, strict=True):
        made.append(row("output_growth", "unit", unit.code, "cumulative_yoy", C, growth, "%", 10))
        made.append(row("project_investment", "unit", unit.code, "cumulative", C, invested * YI // 100, "fen"))
        made.append(row("project_investment", "unit", unit.code, "plan_share", C, share, "%", 10))
        made.append(row("completeness", "unit", unit.code, "share", M, 1000 if growth else 934, "%", 10))
    return tuple(made)


def commitments() -> tuple[Commitment, ...]:
    ge = Comparator.ge
    return (
        Commitment("investment_year", "重点工业项目全年完成投资", "project_investment", 418 * YI, 1, "fen", ge, "156/1/1c"),
        Commitment("above_scale_year", "当年升规纳统家数", "above_scale_entries", 200, 1, "firms", ge, "156/27/1b"),
        Commitment("listings_year", "当年上市和新三板挂牌家数", "listings", 4, 1, "firms", ge, "156/18/2b"),
        Commitment("port_foreign_cargo", "港口当年外贸货运量", "port_foreign_cargo", 25 * WAN_TONS, 1, "kg", ge, "156/14/2b"),
        Commitment("coal_days_floor", "煤炭库存可用天数", "coal_days", 7, 1, "days", ge, "156/4/1c"),
    )


def signals() -> tuple[Signal, ...]:
    said = (
        ("incipient", "甲区某铝业企业9月用电量环比下降30.0%，停产4天。", "甲区工信局", 3),
        ("trend", "化学原料制造业产值增速连续3个月回落，累计回落4.2个百分点。", "市工业和信息化局", 2),
        ("latent", "按现有进度，重点项目全年投资预计380.00亿元，低于目标9.1%。", "市发展改革委", 2),
        ("incipient", "庚县某热电厂煤炭库存6.9天。", "市发展改革委", 3),
    )
    return tuple(
        Signal(f"s{n}", kind, words, owner, "2022-10-28", severity, Fraction(10 - n), False, "party", f"p{n}")
        for n, (kind, words, owner, severity) in enumerate(said, start=1)
    )


def projects(count: int = 5) -> tuple[Project, ...]:
    return tuple(
        Project(
            f"p{n:03d}",
            f"高端铝精深加工及配套项目（{'甲乙丙丁戊己庚辛壬癸'[n % 10]}期）",
            UNITS[n % 10].code,
            date(2022, 3 + n % 6, 15),
            None if n % 4 == 3 else n % 3 == 0,
        )
        for n in range(count * 2)
    )


def board(**changed: object) -> Board:
    given: dict[str, object] = {
        "month": Month(2022, 9),
        "rows": rows(),
        "units": UNITS,
        "commitments": commitments(),
        "signals": signals(),
        "projects": projects(),
        "names": {"output_growth": "规模以上工业总产值", "project_investment": "重点项目投资"},
        "as_of": "2022-10-15",
        "snapshot": "sha256:" + "5e1f" * 16,
        "synthetic": True,
    }
    return Board(**(given | changed))  # type: ignore[arg-type]


def close(
    home: Path, *, month: str = "2022-09", given: tuple[Row, ...] | None = None, as_of: str = "2022-10-15T00:00:00+00:00"
) -> Snapshot:
    """A closed month on disk, in the columns of docs/architecture.md; the units are those of the plan."""
    real = {unit.code: code for unit, code in zip(UNITS, PACK_UNITS, strict=True)}
    placed = tuple(replace(one, scope=real.get(one.scope, one.scope)) for one in (rows() if given is None else given))
    told = [
        {
            "id": s.id, "kind": s.kind, "sign": "", "indicator": "output_growth", "scope_kind": s.scope_kind, "scope": s.scope,
            "first_period": M, "period": M, "score_num": s.score.numerator, "score_den": s.score.denominator, "severity": s.severity,
            "probability": None, "rule": "r", "words_zh": s.words, "words_en": "", "owner": "IIT", "deadline": s.deadline,
            "provisional": False, "evidence": json.dumps({"figures": [{"row": placed[0].id}] if placed else []}), "state": "new",
        }
        for s in signals()
    ]  # fmt: skip
    parties = [
        {
            "id": p.party, "kind": "project", "name": p.name, "unit": real[p.unit], "rosters": "key_projects,seed_bank",
            "attributes": json.dumps({"planned_start": p.planned_start.isoformat() if p.planned_start else None, "is_preparatory": p.preparatory}),
        }
        for p in projects()
    ]  # fmt: skip
    facts = [
        {"form": "project_month", "item": "stage", "party": p.party, "value": 3 if p.started else 1}  # under construction, preparatory
        for p in projects()
        if p.started is not None
    ]
    tables = {"signals": told, "registry": parties, "facts": facts}
    files = {f"{name}.parquet": parquet_bytes(pa.Table.from_pylist(plain)) for name, plain in tables.items()}
    files["indicators.parquet"] = parquet_bytes(indicators_table(placed))
    files["definitions.json"] = files["cases.json"] = to_json([])
    return write(home, month, files, {"as_of": as_of, "synthetic": True})
