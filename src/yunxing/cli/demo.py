"""`yunxing demo`: a synthetic city goes through three months, and a short story of what was found.

Every step is idempotent: a second run finds the city written, the workbooks taken in and the months closed, and only tells the story again.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yunxing.cli.context import JsonOption, PackOption, emit, errors, home_folder
from yunxing.values.period import Month

if TYPE_CHECKING:
    from yunxing.packs.pack import Pack  # read late: every command would pay for it

FIRST, LAST, CLOSED = Month(2021, 1), Month(2022, 9), 3
SEED = 156
KINDS = {"incipient": "苗头 incipient", "trend": "倾向 trend", "latent": "潜在 latent"}
SIGNALS_TOLD = 5


@dataclass(frozen=True)
class Stage:
    """Where the demonstration works and how it shows its progress."""

    home: Path
    pack: Pack
    bar: Any

    @property
    def city(self) -> Path:
        """The folder of the simulated city."""
        return self.home / "city"

    def track(self, title: str) -> Any:
        """A progress callback `(done, total, …)` on a line of its own."""
        task = self.bar.add_task(title, total=None)

        def step(done: int, total: int, *_rest: Any) -> None:
            self.bar.update(task, completed=done, total=total)

        return step


def register(app: typer.Typer) -> None:
    """Add the command to the root."""
    app.command()(demo)


def demo(
    out: Annotated[Path | None, typer.Option("--out", "--home", help="state folder to fill; default YUNXING_HOME, else ./home")] = None,
    pack: PackOption = None,
    firms: Annotated[int | None, typer.Option(min=1, help="above-scale enterprises; default the pack's number")] = None,
    seed: Annotated[int, typer.Option(help="the same seed gives the same city")] = SEED,
    json: JsonOption = False,
) -> None:
    """The synthetic city, three closed months, signals, cases, entitlements, a bulletin; ends with where to look."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from yunxing.desk.setup import prepare
    from yunxing.packs.pack import load_pack

    home, plan = home_folder(out), load_pack(pack)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, disable=not errors.is_terminal) as bar:
        stage = Stage(home, plan, bar)
        prepare(home)
        city = simulate(stage, seed, firms)
        taken = take_in(stage)
        text = attach_text(stage)
        months = close_months(stage)
        accounts, firm = make_accounts(stage)
        rounds = support(stage, firm)
        delivered = deliver_support(stage, firm)
        reports = reporting(stage, firm)
        items = walk_items(stage, seed)
        factors = fill_ledgers(stage)
        requests = make_cases(stage)
        issued = bulletins(stage)
        tables = ad_hoc(stage)
        held = scenarios(stage)
        matched = matchings(stage, firm)
    story = {
        "city": city,
        "import": taken,
        "text": text,
        "months": months,
        "support": rounds,
        "items": items,
        "home": str(home),
        "accounts": accounts,
    }
    story["reports"], story["bulletins"] = reports, issued
    story["rounds"], story["factors"] = delivered, factors
    story["requests"], story["ad_hoc"], story["scenarios"] = requests, tables, held
    story["matching"] = matched
    emit(story, as_json=json, lines=told(story))


def simulate(stage: Stage, seed: int, firms: int | None) -> dict[str, Any]:
    """Write the city, unless this very city stands there already."""
    from yunxing.flows.simulate_city import simulate_city

    wanted = {"seed": seed, "firms": firms, "from": FIRST.code, "to": LAST.code, "pack": stage.pack.digest}
    mark = stage.home / "city.json"
    if not (stage.city / "truth.json").is_file() or not mark.is_file() or json.loads(mark.read_text(encoding="utf-8")) != wanted:
        step = stage.track("合成城市 synthetic city")
        simulate_city(stage.pack.folder, stage.city, seed=seed, first=FIRST, last=LAST, firms=firms, progress=step)
        mark.write_text(json.dumps(wanted), encoding="utf-8")
    truth = json.loads((stage.city / "truth.json").read_text(encoding="utf-8"))
    planted = Counter(event["kind"] for event in truth["events"] if event.get("planted"))
    return {"folder": str(stage.city), "firms": truth["firms"], "label": truth["label"], "planted": dict(planted)}


def take_in(stage: Stage) -> dict[str, int]:
    """Registry, then every workbook with the moment it was received."""
    from yunxing.flows.import_facts import Terms, import_facts
    from yunxing.flows.import_registry import import_registry
    from yunxing.packs.forms import load_forms
    from yunxing.packs.registers import load_registers

    units = {unit.id: unit.name for unit in stage.pack.regions.units}
    import_registry(stage.home, [stage.city / "registry.xlsx"], units, load_registers(stage.pack.folder))
    with (stage.city / "submissions.csv").open(encoding="utf-8", newline="") as file:
        received = {row["file"]: datetime.fromisoformat(row["received_at"]) for row in csv.DictReader(file)}
    # what a statistics office would have published beside the enterprises' own figures; made up like the city
    published = stage.pack.folder / "demonstration_series.csv"
    if published.is_file():
        shutil.copyfile(published, stage.city / "published.csv")
    terms = Terms(now=max(received.values()), received=received)
    report = import_facts(
        stage.home, [stage.city], load_forms(stage.pack.folder), units, terms=terms, progress=stage.track("导入报表 workbooks")
    )
    problems = Counter(problem.effect for one in report.files for problem in one.problems)
    return {
        "workbooks": len(report.files),
        "facts": report.total("added"),
        **{f"problems_{name}": count for name, count in problems.items()},
    }


def attach_text(stage: Stage) -> bool:
    """Attach the official text where the machine has it (`YUNXING_SHARED`, else ../shared); it is not part of the product."""
    from yunxing.flows.attach_plan import attach_plan, attached_text
    from yunxing.values.errors import Refusal

    if attached_text(stage.home, stage.pack):
        return True
    folder = Path(os.environ.get("YUNXING_SHARED", "../shared")) / "data" / "policies"
    for source in sorted(folder.glob("*.txt")):
        try:
            attach_plan(stage.home, stage.pack, source)
        except Refusal:
            continue  # another document's text
        return True
    return False


def close_months(stage: Stage) -> list[dict[str, Any]]:
    """Close the last three months, each with what was known when the next month's figures were due."""
    from yunxing.desk.demo_cases import answer_signals
    from yunxing.flows.close_month import close_month
    from yunxing.io.store import dialect

    step = stage.track("关账 closing")
    found = []
    with dialect.connected(stage.home) as connection:
        for done in range(CLOSED):
            month = LAST.plus(done + 1 - CLOSED)
            closed = close_month(stage.home, stage.pack, month, connection, played=True)
            if done + 1 < CLOSED:
                answer_signals()  # so that the next month's figure has something to judge
            signals = closed.snapshot.table("signals").to_pylist()
            found.append(
                {
                    "month": month.code,
                    "snapshot": closed.snapshot.manifest["snapshot"],
                    "signals": dict(Counter(one["kind"] for one in signals)),
                    "worst": [one["words_zh"] for one in sorted(signals, key=lambda one: (-one["severity"], one["id"]))[:SIGNALS_TOLD]],
                    "cases": closed.cases,
                    "bulletin": sorted(str(path) for path in (closed.snapshot.folder / "bulletin").glob("*.*x"))
                    + sorted(str(path) for path in (closed.snapshot.folder / "bulletin").glob("*.pdf")),
                }
            )
            step(done + 1, CLOSED)
    return found


def support(stage: Stage, firm: str) -> dict[str, Any]:
    """One round of support on the last day of the last month; the printed enterprise declares the ordinary case of every policy."""
    from yunxing.flows.run_round import run_round

    on: date = LAST.end
    step = stage.track("应享待遇 entitlements")
    at = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    done = run_round(stage.home, stage.pack.folder, on, recorded=at, surely=frozenset({firm}))
    step(1, 1)
    parts = [
        {
            "policy": one.policy,
            "title": one.title,
            "outcomes": dict(one.outcomes),
            "reserved_fen": one.reserved_fen,
            "left_fen": one.pool_left_fen,
        }
        for one in done.parts
    ]
    return {"folder": str(done.folder), "parts": parts}


def deliver_support(stage: Stage, firm: str) -> dict[str, str]:
    """Rounds at the desk: one paid, one under notice, one that waits for the printed enterprise's confirmation."""
    from yunxing.desk.support.demo_rounds import make

    step = stage.track("兑现批次 rounds of support")
    found = make(LAST.end, firm)
    step(1, 1)
    return found


def walk_items(stage: Stage, seed: int) -> dict[str, int]:
    """Made-up items of every pipeline with their past, as they stood when the last month's bulletin was due."""
    from yunxing.desk import clock
    from yunxing.desk.dispatch.demonstration import fill
    from yunxing.desk.scoping import acting_as_system
    from yunxing.flows.simulate_items import simulate_items
    from yunxing.io.store import dialect

    step = stage.track("培育库 pipelines")
    day = clock.demo_day() or LAST.next().start.replace(day=20)
    with dialect.connected(stage.home) as connection:
        found = simulate_items(stage.home, stage.pack, connection, day, seed=seed)
    with acting_as_system("demonstration"):
        found |= fill(stage.home, stage.pack, LAST, day)
    step(1, 1)
    return found


def make_accounts(stage: Stage) -> tuple[list[dict[str, str]], str]:
    """One person for every role; the enterprise account belongs to a firm of the panel, of the first county officer's unit where there is one."""
    from yunxing.desk.demo_accounts import Firm, create
    from yunxing.io.store import dialect
    from yunxing.io.store.registry import read_memberships, read_parties

    with dialect.connected(stage.home) as connection:
        firms = read_parties(connection, kind="enterprise", on=LAST.end)
        reporting = {one.party for one in read_memberships(connection, roster="above_scale", on=LAST.end)}
    here = {id_ for id_ in firms.keys() & reporting if firms[id_].unit == stage.pack.regions.units[0].id}
    first = firms[min(here or firms.keys() & reporting or firms)] if firms else None  # one that has figures to see
    made = create(stage.home, stage.pack, Firm(first.id, first.name, first.unit) if first else None)
    return [{"username": one.username, "password": one.password, "who": one.who} for one in made], first.id if first else ""


def reporting(stage: Stage, firm: str) -> dict[str, Any]:
    """Reporting half way in the month after the last closed one; the printed enterprise's report is left for the visitor."""
    from yunxing.desk.reporting.demo_reports import make

    step = stage.track("报送 reporting")
    told = make(LAST.next().code, firm)
    step(1, 1)
    return {"month": told.month, "today": told.today.isoformat(), "reports": told.reports, "sent": told.sent}


def fill_ledgers(stage: Stage) -> dict[str, int]:
    """Quotas and earmarked money with made-up movements, an advance that is not made good, an auction settled and one open."""
    from yunxing.desk.factors.demonstration import fill

    step = stage.track("要素台账 ledgers")
    done = fill("zhihui", "qianfa")
    step(1, 1)
    return done


def make_cases(stage: Stage) -> dict[str, int]:
    """Sixty requests of enterprises in every state, for the case desk."""
    from yunxing.desk.demo_cases import create

    return create(stage.pack)


def bulletins(stage: Stage) -> list[str]:
    """The bulletin of the month before last issued by two people of the command, the last month's as a draft."""
    from yunxing.desk.demo_issues import create

    step = stage.track("通报 bulletins")
    names = create("zhihui", "qianfa", LAST)
    step(1, 1)
    return names


def ad_hoc(stage: Stage) -> dict[str, Any]:
    """One ad hoc table that is being filled and one that is finished."""
    from yunxing.desk.reporting.demo_requests import make_requests

    step = stage.track("临时报表 ad hoc tables")
    made = make_requests(LAST.code)
    step(1, 1)
    return made


def scenarios(stage: Stage) -> dict[str, int]:
    """Plans for power, coal and heavy pollution, the list signed and an alert under way; cases of a missing link and of a bottleneck."""
    from yunxing.desk.chain.demonstration import make as chains
    from yunxing.desk.contingency.demonstration import make
    from yunxing.desk.reporting.models import Membership, Party
    from yunxing.desk.scoping import acting_as_system

    step = stage.track("应急推演 scenarios")
    with acting_as_system("demonstration"):
        units = Party.objects.filter(pk__in=Membership.objects.filter(roster="power_units").values("party"))
        smallest = min(((int(one.attributes.get("nominal_kw") or 0), str(one.pk)) for one in units), default=(0, ""))
        made = make(smallest[1]) | chains()
    step(1, 1)
    return made


def matchings(stage: Stage, firm: str) -> dict[str, int]:
    """Both sides of every kind, a round each, contacts, what is suspected of credit withdrawn."""
    from yunxing.desk.matching.demonstration import make
    from yunxing.desk.scoping import acting_as_system

    step = stage.track("供需对接 matching")
    with acting_as_system("demonstration"):
        made = make(firm)
    step(1, 1)
    return made


def told(story: dict[str, Any]) -> list[str]:
    """The story in words, Chinese beside English."""
    from yunxing.values.money import format_money

    city, taken, last = story["city"], story["import"], story["months"][-1]
    planted = sum(city["planted"].values())
    lines = [
        "",
        f"{city['label']} · synthetic data: {city['firms']} enterprises, {FIRST.code} to {LAST.code}, {planted} events planted (truth.json)",
        f"导入 {taken['workbooks']} 个工作簿，新增 {taken['facts']:,} 个数；问题 "
        + "，".join(f"{name.removeprefix('problems_')} {count}" for name, count in taken.items() if name.startswith("problems_")),
    ]
    for month in story["months"]:
        kinds = "，".join(f"{KINDS[kind]} {count}" for kind, count in sorted(month["signals"].items())) or "无信号 no signal"
        lines.append(f"{month['month']} 已关账 closed · {month['snapshot'][:19]}… · {kinds} · 拟立事项 cases proposed {month['cases']}")
    lines += [f"  · {words}" for words in last["worst"]]
    for part in story["support"]["parts"]:
        eligible = part["outcomes"].get("yes", 0)
        lines.append(
            f"{part['title']}：{eligible} 笔符合，预留 {format_money(part['reserved_fen'])}，池内余 {format_money(part['left_fen'])}"
        )
    reports = story["reports"]
    lines.append(
        f"{reports['month']} 报送中 reporting: 应报 {reports['reports']}，已报 {reports['sent']}（演示日期 the desk stands on {reports['today']}）"
    )
    requests = story["requests"]
    lines.append(
        f"企业诉求 requests of enterprises: {sum(requests.values())}，"
        + "，".join(f"{state} {count}" for state, count in sorted(requests.items()))
    )
    held = story["scenarios"]
    lines.append(f"应急推演 scenarios: {held['scenarios']}，预警指令 orders under way {held['orders']}")
    made = story["matching"]
    lines.append(f"供需对接 matching: {made['kinds']} 类 kinds，配对 pairs {made['pairs']}，疑似抽贷 credit suspected {made['credit']}")
    lines += ["", "月通报 bulletin:"] + [f"  {path}" for path in last["bulletin"]]
    lines += [f"拨付清单 payment list: {story['support']['folder']}"]
    lines += ["", "演示账户 demo accounts:"] + [f"  {one['username']}  {one['password']}  {one['who']}" for one in story["accounts"]]
    lines += ["", f"打开 open the desk: yunxing serve --home {story['home']}   (make serve)"]
    if not story["text"]:
        lines.append("官方文本未挂接，条款以转述显示 official text not attached: yunxing plan attach PACK TEXT")
    return lines
