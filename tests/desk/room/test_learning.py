"""Marks, what they teach, budgets and their replay: who may set them, what is written, and that nobody reads a name he may not see."""

from __future__ import annotations

import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from desk.cast import LONG_AGO
from desk.room.month_cast import KNOWN, MONTH
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.reporting.models import Party
from yunxing.desk.room import drill, learning, signal_pages
from yunxing.desk.room.models import Budget, Mark, Signal
from yunxing.desk.room.shell import board_of
from yunxing.desk.scoping import acting_as_system, acting_in
from yunxing.values.errors import BadInput, Refusal

RULE = "output_breach"
FIRMS = ("E1", "E5", "E6")
SCORES = [(firm, f"2022-{month:02d}", 3.1 + n / 10) for n, (firm, month) in enumerate((f, m) for m in range(3, 10) for f in FIRMS)]


@pytest.fixture
def closed(month, settings, tmp_path, db):
    """The hand-made month with candidates of a year, its signals recorded as a closing records them."""
    folder = tmp_path / "tables" / "closed" / MONTH
    shutil.copytree(month.board.snapshot.folder, folder / "00000000")
    (folder / "current").write_text("00000000", encoding="ascii")
    rows = [{"rule": RULE, "scope": scope, "period": period, "score": round(score * 10_000)} for scope, period, score in SCORES]
    pq.write_table(pa.Table.from_pylist(rows), folder / "00000000" / "candidates.parquet")
    path = folder / "00000000" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["watch"] = {"rules": {RULE: {"budget": 36, "threshold": 40_000, "years": 10_000}}, "set": {}, "right": []}
    path.write_text(json.dumps(manifest))
    settings.HOME = tmp_path
    with acting_as_system("test"):
        for row in month.board.snapshot.table("registry").to_pylist():
            Party.objects.create(
                id=row["id"], kind=row["kind"], name=row["name"], unit=row["unit"], industry=row["industry"], valid_from=LONG_AGO
            )
        for one in month.board.snapshot.table("signals").to_pylist():
            plain = {name: one[name] for name in one if name not in ("score_num", "score_den", "probability")}
            Signal.objects.create(month=MONTH, snapshot="sha256:0", **plain)
    return month


@pytest.fixture
def county(cast, closed):
    """The county officer whose unit is the first of the month's."""
    unit = cast.units.county_a
    unit.code = closed.units[0]
    unit.save()
    return cast.client("county_a")


def body(response) -> str:
    return response.content.decode()


def marked(name: str) -> str:
    with acting_as_system("test"):
        found = Mark.objects.filter(pk=name).first()
        return found.mark if found else ""


def mark(client, name="S-own", **given):
    return client.post(f"/signals/{MONTH}/{name}/mark/", {"mark": "right", "began": "2022-08", "note": "属实", **given}, follow=True)


def test_the_command_marks_a_signal_and_the_journal_keeps_it(cast, closed):
    page = body(mark(cast.client("command")))

    assert "已标注" in page
    assert "实际始于 2022-08" in page
    assert marked("S-own") == "right"
    assert JournalEntry.objects.filter(act="mark", object_id="S-own").count() == 1


def test_a_changed_mind_changes_the_mark_and_adds_a_line_to_the_journal(cast, closed):
    client = cast.client("command")
    mark(client)
    mark(client, mark="false", note="检修")

    assert marked("S-own") == "false"
    assert JournalEntry.objects.filter(act="mark", object_id="S-own").count() == 2


def test_the_county_marks_its_own_signal_and_does_not_know_anothers(county, closed):
    assert mark(county).status_code == 200
    assert marked("S-own") == "right"
    assert mark(county, "S-other").status_code == 404
    assert "由责任单位" in body(mark(county, "S-city"))
    assert marked("S-other") == marked("S-city") == ""


@pytest.mark.parametrize("given", [{"mark": "perhaps"}, {"mark": ""}, {"began": "last month"}])
def test_an_answer_that_is_none_changes_nothing(cast, closed, given):
    page = body(mark(cast.client("command"), **given))

    assert "请选择" in page or "请写成 2022-07" in page
    assert marked("S-own") == ""


def test_analysts_read_and_do_not_mark(cast, closed):
    client = cast.client("analyst")

    assert mark(client).status_code == 403
    assert 'name="mark"' not in body(client.get(f"/signals/{MONTH}/S-own/"))


def test_a_signal_nobody_recorded_cannot_be_marked(cast, closed):
    with acting_as_system("test"):
        Signal.objects.filter(pk="S-own").delete()
    with acting_in(closed.scopes["command"]), pytest.raises(Refusal):
        learning.mark(cast.people.command, "S-own", "right", "", "")


def test_the_page_of_lessons_shows_precision_lead_and_false_alarms(cast, closed):
    client = cast.client("command")
    assert "已标注 0 条" in body(client.get("/signals/learning/"))
    mark(client, "S-own")
    mark(client, "S-other", mark="false")
    page = body(client.get("/signals/learning/"))

    assert "共报出 4 条，已标注 2 条" in page
    assert "50%" in page
    assert "-1 个月" in page  # began in August, raised in September


def test_without_a_closed_month_both_pages_say_so(cast, settings, tmp_path):
    settings.HOME = tmp_path
    client = cast.client("command")

    assert "还没有报出过信号" in body(client.get("/signals/learning/"))
    assert client.get(f"/signals/budget/?rule={RULE}&n=3").status_code == 200


def replay(client, **asked):
    return body(client.get("/signals/budget/", {"rule": RULE, **asked}))


def test_a_smaller_budget_shows_what_would_vanish_and_a_larger_one_what_would_come(cast, closed):
    client = cast.client("command")
    less, more = replay(client, n=8), replay(client, n=60)

    assert "每年最多 8 条" in less
    assert "会多报（0）" in less
    assert "会少报（16）" in less  # 21 at 36 a year, 5 at 8 a year: expected_of(8) = 5.1
    assert "会少报（0）" in more


def test_a_typed_number_goes_before_the_slider_and_nonsense_is_the_present_budget(cast, closed):
    client = cast.client("command")

    assert "每年最多 5 条" in replay(client, n=80, exact=5)
    for nonsense in ("-4", "x", "9" * 30, "１２x"):
        assert "每年最多 36 条" in replay(client, exact=nonsense)
    assert client.get("/signals/budget/?rule=no_such").status_code == 200


def test_a_county_reads_no_name_of_another_countys_enterprise(county, closed):
    page = replay(county, n=4)

    assert "企业E1" in page
    assert "企业E5" not in page
    assert "某单位" in page


def test_only_the_command_sets_a_budget_with_a_reason(cast, closed, county):
    for client in (county, cast.client("bureau"), cast.client("analyst")):
        assert client.post("/signals/budget/set/", {"rule": RULE, "n": "9", "reason": "x"}).status_code == 403
    client = cast.client("command")
    assert "请写明调整理由" in body(client.post("/signals/budget/set/", {"rule": RULE, "n": "9", "reason": " "}, follow=True))
    page = body(client.post("/signals/budget/set/", {"rule": RULE, "n": "9", "reason": "误报偏多"}, follow=True))

    assert "每年最多 9 条" in page
    assert "36 → 9" in page
    with acting_as_system("test"):
        assert [(one.rule, one.per_year, one.before) for one in Budget.objects.all()] == [(RULE, 9, 36)]
    assert JournalEntry.objects.filter(act="set", object_kind="budget").count() == 1


@pytest.mark.parametrize(("rule", "n"), [("no_such", 5), ("power_drop", 5), (RULE, -1), (RULE, 1001)])
def test_a_budget_that_cannot_be_is_refused(cast, closed, rule, n):
    with acting_in(closed.scopes["command"]), pytest.raises(BadInput):
        learning.set_budget(cast.people.command, closed.pack, rule, n, "试")


def test_the_tabs_count_what_waits_what_is_in_hand_and_what_ended(cast, closed):
    with acting_as_system("test"):
        Signal.objects.filter(pk="S-other").update(state="closed")
    page = body(cast.client("command").get("/signals/"))

    assert "待处置 3" in page
    assert "已解除 1" in page
    ended = body(cast.client("command").get("/signals/?tab=ended"))
    assert "企业E5" in ended
    assert "企业E1" not in ended


def test_a_month_closed_twice_is_replayed_as_it_was_known(cast, closed, settings):
    folder = settings.HOME / "tables" / "closed" / MONTH
    shutil.copytree(folder / "00000000", folder / "11111111")
    path = folder / "11111111" / "manifest.json"
    path.write_text(path.read_text().replace("2022-10-07", "2022-10-05"))
    client = cast.client("command")

    assert "按当时所知" in body(client.get("/signals/"))
    page = body(client.get("/signals/?s=11111111"))
    assert "按 2022-10-05 02:00（世界时）所知回放" in page
    assert f"/signals/{MONTH}/S-own/?s=11111111" in page
    assert client.get(f"/signals/{MONTH}/S-own/?s=11111111").status_code == 200
    assert client.get("/signals/?s=none").status_code == 404


def test_similar_signals_of_the_past_come_with_how_they_ended(cast, closed):
    with acting_as_system("test"):
        old = Signal.objects.get(pk="S-own")
        for n, scope in enumerate(("E5", "E1", "E1")):
            old.pk, old.month, old.scope, old.state = f"old{n}", f"2022-0{n + 4}", scope, "closed"
            old.save(force_insert=True)
        Mark.objects.create(pk="old1", mark="false", at=KNOWN, actor="x")
    plain = next(one for one in signal_pages.signals_of(board_of(MONTH), closed.pack, closed.scopes["command"]) if one["id"] == "S-own")
    with acting_in(closed.scopes["command"]):
        found = drill.similar(plain)

    assert [one["month"] for one in found][:2] == ["2022-06", "2022-05"]  # the same enterprise first, the newest first
    assert [one["mark"] for one in found][:2] == ["", "误报"]
    assert found[0]["ended"] == "已解除"


def test_reasons_are_those_of_the_month_and_of_the_parties_asked_for(closed):
    board = closed.board
    table = board.snapshot.table("facts").to_pylist()
    assert drill.reasons(board, {"E1"}) == {}
    assert drill.reasons(board, ()) == {}
    assert all(not row["cause"] for row in table)


def test_what_happens_at_the_same_time_is_about_the_same_party_or_place(closed):
    everything = signal_pages.signals_of(closed.board, closed.pack, closed.scopes["command"])
    cell = next(one for one in everything if one["id"] == "S-cell")

    assert drill.named_parties(cell) == ["E1", "E2"]
    assert [one["words"] for one in drill.together(cell, {"E1", "E2"}, everything)] == ["企业E1：停产22天"]
    assert drill.together(cell, set(), everything) == []
