"""The month report with every firm's contribution at 10k … 500k firms: the generated path beside hand-written DuckDB SQL for the same result. Made facts, 合成数据.

.venv/bin/python bench/growth_scale.py [FIRMS …]        default 10000 50000 100000 500000

Six items × 12 months (month and cumulative), last year's figures restated, one Parquet file a month. For each size: both paths in the same run, alternating, the best of `ROUNDS` (one from 200k on); the results are compared
cell for cell. Writes bench/results/growth_scale.csv and .svg (cost against size) when all default sizes ran.
"""

from __future__ import annotations

import csv
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import ibis

ROOT = Path(__file__).parents[1]

from yunxing.engines.indicators.compute import FormRule, Inputs, compute  # noqa: E402
from yunxing.engines.indicators.definition import Indicator, Shown  # noqa: E402
from yunxing.values.period import Month  # noqa: E402

SIZES = (10_000, 50_000, 100_000, 500_000)
ITEMS = ("output", "revenue", "profit", "tax", "electricity", "employees")
MONTH, ROUNDS = Month(2022, 9), 2
MONTHS = [Month(2021, 9).plus(n) for n in range(13)]  # twelve months before the closing one, and it
RESULTS = ROOT / "bench" / "results"


def make(folder: Path, firms: int) -> None:
    """The facts of every month, and the registry, as Parquet."""
    raw = duckdb.connect()
    raw.execute("set preserve_insertion_order = false")
    raw.execute(
        f"""create table firm as select range as n, printf('F%07d', range) as party, printf('u%02d', range % 10) as unit, printf('%02d', 13 + range % 33) as industry,
        1000 + hash(range) % 100000 as level from range({firms})"""
    )
    raw.execute(
        """copy (select party as id, unit, unit as region, industry, null::date as valid_from, null::date as valid_to, null::bigint as annual_plan, false as preparatory,
        null::bigint as min_days, null::bigint as planned_start, null::bigint as planned_finish, null::bigint as small from firm) to '{}' (format parquet)""".format(
            folder / "party.parquet"
        )
    )
    raw.execute(
        """copy (select 'above_scale' as roster, party, case when n % 50 = 0 then date '2022-03-01' else date '2020-01-01' end as valid_from,
        case when n % 70 = 0 then date '2022-02-01' end as valid_to from firm) to '{}' (format parquet)""".format(
            folder / "membership.parquet"
        )
    )
    for at in MONTHS:
        if at.month == 1:
            continue
        cumulative = f"{at.year}-01..{at.month:02d}"
        parts = []
        for index, item in enumerate(ITEMS):
            growth = 100 + (at.year - 2020) * 7
            for role, factor in (("value", growth), ("last_year_restated", growth - 6)):
                for kind, period, months in (("cumulative", cumulative, at.month), ("month", at.code, 1)):
                    parts.append(
                        f"""select '{item}' as item, '{role}' as role, party, unit, unit as region, industry, '{period}' as period, '{kind}' as as_reported,
                        ((level * {factor} * {months} + hash(n * {index + 3} + {months}) % 1000) * 100)::bigint as value from firm where (n + {at.month}) % 97 <> 0"""
                    )
        raw.execute(
            f"""copy (select 'enterprise_month' as form, *, null::varchar as absence, 'above_scale' as basis, 'dispatch' as origin, 'county' as status, false as held, '' as cause,
            timestamptz '2022-10-08 02:00:00+00' as known_at, 1 as version, 'sha256:00' as submission, '表1' as sheet, 'C7' as cell from ({" union all ".join(parts)}))
            to '{folder / (at.code + ".parquet")}' (format parquet, row_group_size 500000)"""
        )
    raw.close()


def connect(folder: Path) -> Any:
    """A fresh DuckDB with views on the files: each path reads them itself."""
    raw = duckdb.connect()
    raw.execute("set timezone = 'UTC'")
    raw.execute("set memory_limit = '3GB'")
    raw.execute(f"set temp_directory = '{folder / 'spill'}'")
    raw.execute(f"create view facts as select *, known_at as first_known_at from read_parquet('{folder}/20*.parquet')")
    for name in ("party", "membership"):
        raw.execute(f"create view {name} as select * from read_parquet('{folder}/{name}.parquet')")
    return raw


def definition(item: str) -> Indicator:
    """A growth indicator of one item, as a pack would declare it."""
    return Indicator(
        id=f"{item}_growth", name=item, name_en=item, meaning="", meaning_en="", formula="", formula_en="", statistic="comparable_growth", form="enterprise_month", item=item,
        unit="fen", headline="cumulative_yoy", scopes=("city", "unit", "industry"), roster="above_scale", office="IIT", frequency="每月", source="", period="", shown=Shown("亿元", "", 2),
    )  # fmt: skip


def generated(folder: Path) -> tuple[Any, dict[str, tuple[int, int]]]:
    """The product's path: six declared indicators through Ibis. Gives the table of contributions and the city's figures."""
    raw = connect(folder)
    connection = ibis.duckdb.from_connection(raw)
    inputs = Inputs(
        MONTH,
        connection.table("facts"),
        connection.table("party"),
        connection.table("membership"),
        connection.to_pyarrow,
        {"enterprise_month": FormRule(jan_feb=True)},
    )
    figures = compute([definition(item) for item in ITEMS], inputs)
    table = figures.contributions.table()
    raw.close()
    city = {
        f"{row.indicator}/{row.period}/{row.stat}": (row.num, row.den)
        for row in figures.rows
        if row.scope_kind == "city" and row.stat in ("cumulative_yoy", "yoy")
    }
    return table, city  # type: ignore[return-value]


def by_hand(folder: Path) -> tuple[Any, dict[str, tuple[int, int]]]:
    """What a good analyst would write for the same result: sums by scope, the bridge, and every firm's contribution, month, quarter and cumulative."""
    import pyarrow as pa

    raw = connect(folder)
    found, city = [], {}
    for item in ITEMS:
        raw.execute(HAND.format(item=item))
        for scope in ("'city'", "unit", "industry"):
            raw.execute(SUMS.format(scope=scope)).fetchall()
            raw.execute(BRIDGE.format(scope=scope, before="'city'" if scope == "'city'" else f"{scope}_before")).fetchall()
        for period, current, base, stat in (
            ("2022-01..09", "c", "b", "cumulative_yoy"),
            ("2022-09", "m", "mb", "yoy"),
            ("2022Q3", "q", "qb", ""),
        ):
            now, last = raw.execute(
                f"select sum({current})::bigint, sum({base})::bigint from k where {current} is not null and {base} is not null"
            ).fetchone()
            if stat:
                city[f"{item}_growth/{period}/{stat}"] = (100 * (now - last), last)
            found.append(
                raw.execute(
                    f"""select '{item}_growth' as indicator, '{period}' as period, 'city' as scope, party, (100 * ({current} - {base}))::bigint as points_num, {last}::bigint as points_den,
                    {current}::bigint as current, {base}::bigint as base from k where {current} is not null and {base} is not null order by party"""
                ).to_arrow_table()
            )
        raw.execute("drop table k; drop table moved")
    raw.close()
    order = [(name, "ascending") for name in ("indicator", "period", "scope", "party")]
    return pa.concat_tables(found).sort_by(order), city


HAND = """
create temp table k as
with p as (select id, unit, industry from party where (valid_from is null or valid_from <= date '2022-09-30') and (valid_to is null or valid_to >= date '2022-09-30')),
m as (select distinct party from membership where roster = 'above_scale' and valid_from <= date '2022-09-30' and (valid_to is null or valid_to >= date '2022-09-30')),
f as (
  select party,
    max(value) filter (role = 'value' and as_reported = 'cumulative' and period = '2022-01..09') as c,
    max(value) filter (role <> 'value' and as_reported = 'cumulative' and period = '2022-01..09') as b,
    max(value) filter (role = 'value' and as_reported = 'cumulative' and period = '2021-01..09') as s,
    max(value) filter (role = 'value' and as_reported = 'cumulative' and period = '2022-01..08') as cp,
    max(value) filter (role <> 'value' and as_reported = 'cumulative' and period = '2022-01..08') as bp,
    max(value) filter (role = 'value' and as_reported = 'cumulative' and period = '2022-01..06') as cq,
    max(value) filter (role <> 'value' and as_reported = 'cumulative' and period = '2022-01..06') as bq,
    max(value) filter (role = 'value' and as_reported = 'month' and period = '2022-09') as mc,
    max(value) filter (role <> 'value' and as_reported = 'month' and period = '2022-09') as mm,
    min(basis) filter (role = 'value' and period in ('2022-01..09', '2022-01..08')) as c0, max(basis) filter (role = 'value' and period in ('2022-01..09', '2022-01..08')) as c1,
    min(basis) filter (role <> 'value' and period in ('2022-01..09', '2022-01..08')) as b0, max(basis) filter (role <> 'value' and period in ('2022-01..09', '2022-01..08')) as b1,
    min(basis) filter (role = 'value' and period in ('2022-01..09', '2022-01..06')) as d0, max(basis) filter (role = 'value' and period in ('2022-01..09', '2022-01..06')) as d1,
    min(basis) filter (role <> 'value' and period in ('2022-01..09', '2022-01..06')) as e0, max(basis) filter (role <> 'value' and period in ('2022-01..09', '2022-01..06')) as e1
  from facts where form = 'enterprise_month' and item = '{item}' and role in ('value', 'last_year_restated') and not held
    and period in ('2022-01..09', '2021-01..09', '2022-01..08', '2022-01..06', '2022-09') group by party)
select m.party, p.unit, p.industry, c, b, s,
  case when cp is not null and bp is not null and c is not null and b is not null and c0 = c1 and b0 = b1 then c - cp else mc end as m,
  case when cp is not null and bp is not null and c is not null and b is not null and c0 = c1 and b0 = b1 then b - bp else mm end as mb,
  case when cq is not null and bq is not null and c is not null and b is not null and d0 = d1 and e0 = e1 then c - cq end as q,
  case when cq is not null and bq is not null and c is not null and b is not null and d0 = d1 and e0 = e1 then b - bq end as qb
from m join p on p.id = m.party left join f on f.party = m.party;
create temp table moved as
with o as (select distinct party from membership where roster = 'above_scale' and valid_from <= date '2021-09-30' and (valid_to is null or valid_to >= date '2021-09-30')),
p as (select id, unit, industry from party where (valid_from is null or valid_from <= date '2021-09-30') and (valid_to is null or valid_to >= date '2021-09-30')),
s as (select party, value from facts where form = 'enterprise_month' and item = '{item}' and role = 'value' and as_reported = 'cumulative' and period = '2021-01..09' and not held),
old as (select o.party, p.unit as unit_before, p.industry as industry_before, s.value as stored from o join p on p.id = o.party join s on s.party = o.party)
select coalesce(k.party, old.party) as party, k.party is not null as here, old.stored is not null as there, k.unit, k.industry, k.c, k.b, old.unit_before, old.industry_before, old.stored
from k full join old on k.party = old.party
"""
SUMS = """select {scope} as scope, count(*), sum(coalesce(b, s)), count(*) filter (coalesce(b, s) is null),
  count(*) filter (c is not null and b is not null), sum(c) filter (c is not null and b is not null), sum(b) filter (c is not null and b is not null), sum(coalesce(b, s)) filter (c is not null and b is not null),
  count(*) filter (m is not null and mb is not null), sum(m) filter (m is not null and mb is not null), sum(mb) filter (m is not null and mb is not null), sum(coalesce(b, s)) filter (m is not null and mb is not null),
  count(*) filter (q is not null and qb is not null), sum(q) filter (q is not null and qb is not null), sum(qb) filter (q is not null and qb is not null), sum(coalesce(b, s)) filter (q is not null and qb is not null)
from k group by 1"""
BRIDGE = """with w as (select *, {scope} as now, {before} as before, c is not null and b is not null as paired, coalesce(here and there and {scope} = {before}, false) as same from moved)
select now, sum(c - b) filter (here and paired), sum(b - stored) filter (here and paired and same), sum(b) filter (here and paired and not same), sum(stored) filter (here and not paired and same),
  sum(c) filter (here and paired) from w where here group by 1
union all select before, sum(stored) filter (there and not same), sum(stored) filter (there), null, null, null from w where there group by 1"""


def timed(work: Callable[[Path], Any], folder: Path) -> tuple[float, Any]:
    """Seconds of one run, and what it gave."""
    begun = time.perf_counter()
    found = work(folder)
    return time.perf_counter() - begun, found


def one(firms: int) -> dict[str, Any]:
    """Both paths on one size, alternating; the results must be the same, cell for cell."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(folder, firms)
        best: dict[str, float] = {}
        for _ in range(ROUNDS if firms < 200_000 else 1):
            for name, work in (("by_hand", by_hand), ("generated", generated)):
                seconds, (table, city) = timed(work, folder)
                best[name] = min(seconds, best.get(name, seconds))
                if name == "by_hand":
                    expected = (table, city)
                else:
                    assert city == expected[1], "the city's growth differs"
                    assert table.equals(expected[0].cast(table.schema)), "a firm's contribution differs"
        lines = table.num_rows
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found = {
        "firms": firms,
        "lines": lines,
        **{name: round(value, 2) for name, value in best.items()},
        "ratio": round(best["generated"] / best["by_hand"], 2),
        "peak_mb": peak,
    }
    print(", ".join(f"{name} {value}" for name, value in found.items()), flush=True)
    return found


def plot(rows: list[dict[str, Any]]) -> str:
    """Cost against size, both axes logarithmic, as SVG."""
    import math

    width, height, edge = 640, 400, 60
    xs, ys = [row["firms"] for row in rows], [row[name] for row in rows for name in ("by_hand", "generated")]

    def at(value: float, values: list[float], low: float, high: float) -> float:
        span = math.log(max(values)) - math.log(min(values)) or 1
        return low + (high - low) * (math.log(value) - math.log(min(values))) / span

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    out.append(f'<text x="{edge}" y="24">Month report, every firm\'s contribution, six items: seconds against firms (log–log)</text>')
    for name, colour in (("by_hand", "#888"), ("generated", "#1a5fb4")):
        points = [(at(row["firms"], xs, edge, width - 110), at(row[name], ys, height - edge, edge)) for row in rows]
        out.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(f"{x:.0f},{y:.0f}" for x, y in points)}"/>')
        out += [
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{colour}"/><text x="{x + 6:.0f}" y="{y + (14 if name == "by_hand" else -6):.0f}" fill="{colour}">{row[name]} s</text>'
            for (x, y), row in zip(points, rows, strict=True)
        ]
        out.append(
            f'<text x="{points[-1][0] + 6:.0f}" y="{points[-1][1] + (30 if name == "by_hand" else -22):.0f}" fill="{colour}">{name.replace("_", " ")}</text>'
        )
    out += [f'<text x="{at(firms, xs, edge, width - 110):.0f}" y="{height - 20}" text-anchor="middle">{firms:,}</text>' for firms in xs]
    return "\n".join([*out, "</svg>", ""])


if __name__ == "__main__":
    asked = [int(text) for text in sys.argv[1:]]
    measured = [one(size) for size in asked or SIZES]
    if not asked:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "growth_scale.svg").write_text(plot(measured), encoding="utf-8")
        with (RESULTS / "growth_scale.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(measured[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(measured)
