"""Ad hoc requests on the desk: held figures asked again = 0, gaps to their owners with a clock, answers as facts, the leader's table back filled; and who sees what."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from fractions import Fraction

import openpyxl
import pytest
from django.utils import timezone

from desk.intake_cast import county_is, fill_registry, row, sent, standing_of, workbook
from facts_cast import FAR, A, B, C
from yunxing.desk.people.models import JournalEntry, Message, Unit
from yunxing.desk.reporting import adhoc, adhoc_services, adhoc_tables, intake
from yunxing.desk.reporting.adhoc import Spec
from yunxing.desk.reporting.adhoc_models import AdhocGap, AdhocItem, AdhocOpen, AdhocRequest, LeaderTable
from yunxing.desk.scoping import acting_as_system, acting_in
from yunxing.engines.facts.adhoc import FORM, Ask, AskRow, Filled, completeness
from yunxing.engines.facts.takeaway import TEXT_LIMIT
from yunxing.io import tables
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.scope import ALL, Scope

OUTPUT, TAX = "enterprise_month.output.value.cumulative", "enterprise_month.tax.value.cumulative"
GROWTH = "enterprise_month.output.yoy.cumulative"
HERE, THERE = "371681", "BZ-BH"


@pytest.fixture
def desk(cast, settings, tmp_path):
    """A registry of three enterprises here and one there; of here, two have reported September."""
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    fill_registry()
    county_is(cast, "county_a", HERE)
    county_is(cast, "county_b", THERE)
    Unit.objects.filter(pk=cast.people.enterprise.posts.get().unit_id).update(code=C)
    standing = standing_of(cast, "county_a")
    with acting_in(standing.scope):
        one = intake.take([sent("a.xlsx", workbook(row(A, "100.00", cumulative="900.00"), row(B, "50.00", cumulative="400.00")))], "", person=standing.user, unit=HERE, scope=standing.scope)  # fmt: skip
        intake.confirm(one, rows_alone=False)
    return cast


def spec(*columns, subject="unit", units=(HERE, THERE), **more) -> Spec:
    return Spec(
        **{"title": "要一张表", "reason": "专题会", "subject": subject, "month": "2022-09", "columns": columns, "units": units, **more}
    )


def send(desk, wanted: Spec, member="command", **how) -> AdhocRequest:
    standing = standing_of(desk, member)
    with acting_in(standing.scope):
        return adhoc_services.send(wanted, person=standing.user, office=standing.post.unit.code, scope=standing.scope, **how)


def gaps_of(one: AdhocRequest) -> list[AdhocGap]:
    with acting_as_system("test"):
        return list(AdhocGap.objects.filter(request=one.pk).order_by("pk"))


def answer(desk, one, values: dict[str, str], member="county_a", **how) -> int:
    """Answers by party."""
    given = {gap.pk: values[gap.party] for gap in gaps_of(one) if gap.party in values}
    standing = standing_of(desk, member)
    with acting_in(standing.scope):
        return adhoc_services.answer(one, given, how.get("notes", {}), person=standing.user, scope=standing.scope)


def table(desk, one, member="command"):
    scope = standing_of(desk, member).scope
    with acting_in(scope):
        return adhoc_tables.shown(one, scope)


def test_held_figures_asked_again_are_none(desk):
    """Of four firms two have reported: only the other two are asked, one question each; the sums of the held stand at once with source and day."""
    one = send(desk, spec(OUTPUT))
    asked = {(gap.party, gap.unit) for gap in gaps_of(one)}
    shown = table(desk, one)

    assert asked == {(C, HERE), (FAR, THERE)}
    assert (one.held_at_start, one.wanted) == (2, 4)
    assert shown.value(0, 0) == 1300
    assert "规模以上工业企业运行月报，2 个数" in adhoc_tables.source(shown.cells[0][0])


def test_the_same_figure_is_never_asked_twice_at_a_time_nor_after_its_answer(desk):
    """A second request for it while open asks nobody; its answer fills both; a third finds it held."""
    first, second = send(desk, spec(OUTPUT)), send(desk, spec(OUTPUT, title="再要一张"))
    before = Message.objects.count()
    assert AdhocOpen.objects.count() == 2
    assert {message.parameters["link"] for message in Message.objects.all()} == {f"/requests/{first.pk}/answer/"}
    answer(desk, first, {C: "70.00"})
    answer(desk, first, {FAR: "30"}, member="county_b")

    assert completeness(table(desk, second).cells[:2]) == (4, 4)
    assert {gap.state for gap in gaps_of(second)} == {AdhocGap.State.ANSWERED}
    third = send(desk, spec(OUTPUT, title="第三张"))
    assert gaps_of(third) == []
    assert (third.held_at_start, third.wanted) == (4, 4)
    assert Message.objects.count() == before
    assert AdhocOpen.objects.count() == 0


def test_an_answer_is_a_fact_of_the_ad_hoc_form_with_its_lineage(desk, settings):
    """Origin dispatch, who it is about, the request as sheet, the answer sheet kept by content; appended, a correction is a second version."""
    one = send(desk, spec(OUTPUT))
    answer(desk, one, {C: "70.5"}, notes={gap.pk: "设备检修" for gap in gaps_of(one)})
    answer(desk, one, {C: "71"})
    facts = tables.facts_as_of(settings.HOME, forms=[FORM]).to_dicts()
    every = list((settings.HOME / "tables" / "facts").glob("*adhoc_request*"))

    assert [(fact["item"], fact["party"], fact["value"], fact["version"], fact["origin"], fact["unit"]) for fact in facts] == [
        ("enterprise_month.output", C, 71_000_000, 2, "dispatch", HERE)
    ]
    assert len(every) == 2
    assert (settings.HOME / "files" / "sha256" / facts[0]["submission"][7:9] / facts[0]["submission"][7:]).exists()
    assert JournalEntry.objects.filter(act="adhoc_answer").count() == 2


def test_a_new_item_must_state_level_and_basis(desk):
    """All that is missing at once; with both it is a column, and the same words later are the same item."""
    with pytest.raises(BadInput) as refusal:
        adhoc_services.make_item("夜班人数", "count", "人", level="", basis="", person="x")
    assert "级别" in str(refusal.value)
    assert "依据" in str(refusal.value)
    with pytest.raises(BadInput, match="不认识"):
        adhoc_services.make_item("夜班人数", "money", "人民币", level="2", basis="调度通知", person="x")
    made = adhoc_services.make_item("夜班人数", "count", "人", level="2", basis="调度通知", person="x")
    again = adhoc_services.make_item(" 夜班人数", "count", "人", level="3", basis="别的依据", person="y")

    assert made.pk == again.pk
    assert adhoc.offered("2022-09")[f"{FORM}.{made.pk}.value.month"].item.level == 2
    one = send(desk, spec(f"{FORM}.{made.pk}.value.month"))
    assert {(gap.party, gap.unit) for gap in gaps_of(one)} == {(HERE, HERE), (THERE, THERE)}
    answer(desk, one, {HERE: "1203"})
    assert table(desk, one).value(0, 0) == 1203


def test_everything_wrong_in_an_answer_comes_back_at_once_and_nothing_is_written(desk, settings):
    """Letters, a negative count, 未报: three faults with their places; the good one waits for them."""
    made = adhoc_services.make_item("夜班人数", "count", "人", level="2", basis="调度通知", person="x")
    one = send(desk, spec(OUTPUT, TAX, f"{FORM}.{made.pk}.value.month"))
    mine = [gap for gap in gaps_of(one) if gap.unit == HERE]
    given = {mine[0].pk: "7O", mine[1].pk: "未报", mine[2].pk: "5"}
    standing = standing_of(desk, "county_a")
    with acting_in(standing.scope), pytest.raises(BadInput) as refusal:
        adhoc_services.answer(one, given, {}, person=standing.user, scope=standing.scope)

    assert {fault.place for fault in refusal.value.faults} == {f"gap-{mine[0].pk}", f"gap-{mine[1].pk}"}
    assert tables.facts_as_of(settings.HOME, forms=[FORM]).height == 0
    assert {gap.state for gap in gaps_of(one)} == {AdhocGap.State.ASKED}


def test_nobody_answers_for_another(desk):
    """Another county's figure, or another enterprise's, is refused whole; an enterprise answers its own."""
    one = send(desk, spec(OUTPUT))
    with pytest.raises(Refusal, match="不归您填报"):
        answer(desk, one, {FAR: "1"}, member="county_a")
    with pytest.raises(Refusal, match="不归您填报"):
        answer(desk, one, {C: "1"}, member="county_b")
    assert answer(desk, one, {C: "12"}, member="enterprise") == 1
    assert table(desk, one).value(0, 0) == 1312


def test_a_figure_that_does_not_apply_is_an_answer(desk):
    """不适用 is kept as such, is not zero, and is not asked again."""
    one = send(desk, spec(OUTPUT, units=(THERE,)))
    answer(desk, one, {FAR: "不适用"}, member="county_b")

    assert table(desk, one).value(0, 0) == "不适用"
    assert gaps_of(send(desk, spec(OUTPUT, units=(THERE,), title="再问"))) == []


def test_an_answer_sent_back_is_asked_again_with_its_reason(desk):
    """The asker returns, never edits: the sum falls back, the owner is told, a new answer fills it."""
    one = send(desk, spec(OUTPUT, units=(HERE,)))
    answer(desk, one, {C: "7000000"})
    (gap,) = gaps_of(one)
    with acting_in(standing_of(desk, "command").scope):
        with pytest.raises(BadInput, match="原因"):
            adhoc_services.give_back(one, gap, " ")
        adhoc_services.give_back(one, gap, "是不是把元填成了万元")
    assert table(desk, one).value(0, 0) == 1300
    assert gaps_of(one)[0].why == "是不是把元填成了万元"
    answer(desk, one, {C: "700"})

    assert table(desk, one).value(0, 0) == 2000
    assert gaps_of(one)[0].state == AdhocGap.State.ANSWERED


def test_urging_writes_once_a_day_to_who_still_owes(desk):
    """One message each; who has answered gets none; tomorrow again."""
    one = send(desk, spec(OUTPUT))
    answer(desk, one, {FAR: "1"}, member="county_b")
    before = Message.objects.count()
    now = timezone.now()
    with acting_in(standing_of(desk, "command").scope):
        assert adhoc_services.urge(one, now) == 1
        adhoc_services.urge(one, now)
        first = Message.objects.count() - before
        adhoc_services.urge(one, now + timedelta(days=1))
    told = [message.recipient.username for message in Message.objects.order_by("pk")[before:]]

    assert first == 2, "the county and the enterprise itself"
    assert Message.objects.count() - before == 4
    assert set(told) == {"county_a", "enterprise"}
    assert all(message.parameters["title"].count("要一张表") for message in Message.objects.all())


@pytest.mark.django_db
def test_the_clock_runs_in_working_days():
    """Friday afternoon plus one working day is Monday 17:00; over the October holiday it is the 8th; today after five becomes the next working day."""
    at = lambda *when: timezone.make_aware(datetime(*when))

    assert adhoc_services.due_of(1, at(2022, 9, 23, 15)) == at(2022, 9, 26, 17)
    assert adhoc_services.due_of(1, at(2022, 9, 30, 10)) == at(2022, 10, 8, 17)
    assert adhoc_services.due_of(0, at(2022, 9, 23, 15)) == at(2022, 9, 23, 17)
    assert adhoc_services.due_of(0, at(2022, 9, 23, 18)) == at(2022, 9, 26, 17)
    assert adhoc_services.due_of(0, at(2022, 9, 24, 9)) == at(2022, 9, 26, 17)


def test_a_second_click_sends_the_same_request(desk):
    """The form's key makes it one; the owners hear once."""
    one, again = send(desk, spec(OUTPUT), key="k" * 32), send(desk, spec(OUTPUT), key="k" * 32)

    assert one.pk == again.pk
    with acting_as_system("test"):
        assert AdhocRequest.objects.count() == 1
    assert Message.objects.count() == 3


def test_a_closed_request_keeps_its_table_and_asks_nobody(desk, settings):
    """The table as it stood, by content; later answers are refused; what another open request asks stays asked."""
    one, other = send(desk, spec(OUTPUT)), send(desk, spec(OUTPUT, units=(HERE,), title="另一张"))
    with acting_in(standing_of(desk, "command").scope):
        closed = adhoc_services.close(one)
        assert adhoc_services.close(closed).frozen == closed.frozen
    assert closed.state == AdhocRequest.State.CLOSED
    assert set(AdhocOpen.objects.values_list("cell", flat=True)) == {gap.cell for gap in gaps_of(other)}
    with pytest.raises(Refusal, match="已完成"):
        answer(desk, closed, {C: "1"})


def test_the_total_is_that_of_all_members_and_growth_that_of_the_whole(desk):
    """Sum of sums; growth from the sums of both years, not a mean of growths."""
    one = send(desk, spec(OUTPUT, GROWTH, total=True))
    shown = table(desk, one)

    assert [row.title for row in shown.rows][-1] == "合计"
    assert shown.value(2, 0) == 1300
    assert shown.value(2, 1) == Fraction(100 * (1300 - 1700), 1700)


def test_a_small_sum_is_confidential_to_who_may_not_see_its_parties(desk):
    """An office of the city asks sums: one enterprise alone reads 保密, in the page, the workbook and the leader's table; and the total with it."""
    one = send(desk, spec(OUTPUT), member="bureau")
    answer(desk, one, {FAR: "30"}, member="county_b")
    answer(desk, one, {C: "70"})
    shown, seen = table(desk, one, "bureau"), table(desk, one, "command")

    assert [shown.value(r, 0) for r in range(3)] == [1370, "保密", "保密"]
    assert [seen.value(r, 0) for r in range(3)] == [1370, 30, 1400]
    assert "保密" in str(adhoc_tables.takeaway_table(one, shown).rows)


def test_what_may_not_be_asked_is_said_all_at_once(desk):
    """No title, an unknown column, a level above the person's, no row in scope."""
    with pytest.raises(BadInput) as refusal:
        send(desk, spec("nothing.x.value.month", OUTPUT, title=" ", units=("371623",)), member="county_a")
    for word in ("nothing.x", "没有您可以查看的行", "写明表名和用途"):
        assert word in str(refusal.value)
    with pytest.raises(BadInput, match="至少选一列"):
        send(desk, spec())
    county = send(desk, spec(OUTPUT), member="county_a")
    assert {row["unit"] for row in county.rows} == {HERE}, "a county asks its own area only"


def test_single_parties_as_rows(desk):
    """Each enterprise its own line; an office that sees no enterprise gets none."""
    one = send(desk, spec(OUTPUT, subject="party", roster="above_scale", total=False))

    assert sorted(row["party"] for row in one.rows) == sorted([A, B, C, FAR])
    assert adhoc_tables.takeaway_table(one, table(desk, one)).level == 3
    with pytest.raises(BadInput, match="没有您可以查看的行"):
        send(desk, spec(OUTPUT, subject="party", roster="above_scale"), member="bureau")


def leader_workbook() -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    for line in (
        ["2022年9月情况", None, None],
        ["地区", "工业总产值（亿元）", "增幅"],
        ["邹平", None, None],
        ["北海经济开发区", None, None],
        ["合计", None, None],
    ):
        sheet.append(line)
    sheet["B3"].number_format = "0.0000"
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_the_leaders_table_comes_back_filled_now_and_next_time(desk):
    """Uploaded once, guessed, confirmed, filled with formats kept; the next request lays the same table by itself."""
    one = send(desk, spec(OUTPUT, GROWTH))
    person = desk.people.command
    with acting_in(standing_of(desk, "command").scope):
        laid = adhoc_tables.take_layout(one, "领导.xlsx", leader_workbook())
        assert laid.columns == {1: OUTPUT, 2: GROWTH}
        with pytest.raises(BadInput, match="只能对应一个"):
            adhoc_tables.confirm_layout(one, {1: OUTPUT, 2: OUTPUT}, person=person)
        adhoc_tables.confirm_layout(one, {1: OUTPUT}, person=person)
        content, left = adhoc_tables.filled_layout(one, table(desk, one))
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert (sheet["B3"].value, sheet["C3"].value, sheet["B3"].number_format) == (0.13, None, "0.0000")
        assert left == []
        second = send(desk, spec(OUTPUT, GROWTH, title="下月"))
        assert adhoc_tables.take_layout(second, "领导 10月.xlsx", leader_workbook()).columns == {1: OUTPUT}
        assert second.laid["confirmed"]
    assert LeaderTable.objects.count() == 1


def test_through_the_pages(desk):
    """New → 先看 → 发出 → answer by the county → the table, its workbook and text; another county and an analyst are kept out."""
    web = desk.client("command")
    form = {
        "title": "要一张表",
        "reason": "会",
        "month": "2022-09",
        "subject": "unit",
        "columns": [OUTPUT],
        "units": [HERE, THERE],
        "days": "1",
        "total": "on",
    }
    look = web.post("/requests/new/", {**form, "look": ""}).content.decode()
    assert "库里已有 2 个，只需问 2 个" in look
    sent_ = web.post("/requests/new/", {**form, "send": ""})
    pk = sent_["Location"].strip("/").split("/")[-1]
    page = web.get(f"/requests/{pk}/").content.decode()
    assert "1,300.00（2/3 户）" in page
    county = desk.client("county_a")
    box = next(gap for gap in gaps_of(one_of(pk)) if gap.party == C)
    asked = county.get(f"/requests/{pk}/answer/").content.decode()
    assert f"gap-{box.pk}" in asked
    assert FAR not in asked
    assert county.post(f"/requests/{pk}/answer/", {f"gap-{box.pk}": "7O"}).status_code == 400
    assert county.post(f"/requests/{pk}/answer/", {f"gap-{box.pk}": "70"}).status_code == 302

    assert "1,370.00" in web.get(f"/requests/{pk}/").content.decode()
    text = web.get(f"/requests/{pk}/?as=text").content.decode()
    assert len(text) <= TEXT_LIMIT
    assert "1,370.00万元" in text
    assert openpyxl.load_workbook(io.BytesIO(web.get(f"/requests/{pk}/?as=xlsx").content)).active["B4"].value in (1370, 1370.0)
    assert county.get(f"/requests/{pk}/").status_code == 404, "an owner answers; the table is the asker's"
    assert desk.client("analyst").get("/requests/").status_code == 403
    assert desk.client("enterprise").get("/requests/").status_code == 200


def one_of(pk: str) -> AdhocRequest:
    with acting_as_system("test"):
        return AdhocRequest.objects.get(pk=pk)


def test_layout_urge_return_and_close_through_the_pages(desk):
    """Every step of the asker as a browser sends it; a colleague of another office cannot."""
    one = send(desk, spec(OUTPUT))
    answer(desk, one, {C: "70"})
    web = desk.client("command")
    gap = next(gap for gap in gaps_of(one) if gap.party == C)
    web.post(f"/requests/{one.pk}/layout/", {"file": sent("领导.xlsx", leader_workbook())})
    page = web.get(f"/requests/{one.pk}/layout/").content.decode()
    assert "请核对" in page
    web.post(f"/requests/{one.pk}/layout/", {"column-1": OUTPUT, "column-2": ""})
    book = openpyxl.load_workbook(io.BytesIO(web.get(f"/requests/{one.pk}/layout/filled.xlsx").content))
    assert book.active["B3"].value == pytest.approx(0.137)
    assert web.post(f"/requests/{one.pk}/urge/").status_code == 302
    assert web.post(f"/requests/{one.pk}/return/{gap.pk}/", {"why": "核对"}).status_code == 302
    assert desk.client("bureau").post(f"/requests/{one.pk}/close/").status_code == 404
    assert web.post(f"/requests/{one.pk}/close/").status_code == 302
    assert one_of(one.pk).state == AdhocRequest.State.CLOSED
    assert "已完成" in web.get("/requests/").content.decode()


def test_a_new_item_is_made_while_looking_and_stays_chosen(desk):
    """The form with a new item: the preview has it as a column; sending it afterwards makes no second one."""
    web = desk.client("command")
    form = {
        "title": "表",
        "reason": "会",
        "month": "2022-09",
        "subject": "unit",
        "units": [HERE],
        "new_title_1": "夜班人数",
        "new_type_1": "count",
        "new_level_1": "2",
        "new_basis_1": "调度通知",
    }
    page = web.post("/requests/new/", {**form, "look": ""}).content.decode()
    item = AdhocItem.objects.get()

    assert f'value="{FORM}.{item.pk}.value.month" checked' in page
    assert "只需问 1 个" in page
    bad = web.post("/requests/new/", {**form, "new_level_1": "", "new_title_1": "别的", "look": ""})
    assert bad.status_code == 400
    assert "级别" in bad.content.decode()


# ---- what a total would tell, what a closed request is spared, what a request may ask ---------------------------------------------------------------
def laid_table(of: tuple[int, ...], total: bool = True):
    """A stored ask of one column with rows of so many firms each, all held: every firm's figure is 10."""
    column = adhoc.offered("2022-09")[OUTPUT]
    rows = [AskRow(f"U{n}", f"单位{n}", f"U{n}") for n in range(len(of))]
    members = {(column.roster, f"U{n}"): [f"F{n}-{k}" for k in range(many)] for n, many in enumerate(of)}
    ask = Ask([column], rows, members)
    facts = tuple({"party": f"F{n}-{k}"} for n, many in enumerate(of) for k in range(many))
    cells = [
        [Filled(Fraction(10 * many), have=many, of=many, facts=tuple(one for one in facts if one["party"].startswith(f"F{n}-")))]
        for n, many in enumerate(of)
    ]
    return ask, cells, AdhocRequest(total=total)


@pytest.mark.parametrize(
    ("of", "hidden"),
    [
        ((3, 4), set()),
        ((5, 2), {1, 2}),
        ((5, 1), {1, 2}),
        ((5, 1, 1), {1, 2, 3}),
        ((5, 1, 2), {1, 2}),
        ((5, 2, 2), {1, 2}),
        ((1, 1, 1), {0, 1, 2}),
        ((1, 1), {0, 1, 2}),
        ((2,), {0, 1}),
        ((5, 0, 4), set()),
    ],
)
def test_a_total_is_shown_only_where_the_hidden_cells_are_three_firms_or_more(db, monkeypatch, of, hidden):
    """The total less what is shown is the hidden cells' sum: of one or two firms together it would tell a single one's figure to the other."""
    ask, cells, one = laid_table(of)
    monkeypatch.setattr(adhoc, "stored_ask", lambda _one: ask)
    monkeypatch.setattr(adhoc, "returned_cells", lambda _one: frozenset())
    monkeypatch.setattr(adhoc, "table_of", lambda _ask, _returned: cells)
    monkeypatch.setattr(adhoc, "totals", lambda _ask, _cells: [Filled(Fraction(10 * sum(of)), have=sum(of), of=sum(of))])
    office = Scope(frozenset(), frozenset({"IIT"}), frozenset(), 3, "office")
    shown = adhoc_tables.shown(one, office)

    assert {row for row, _column in shown.hidden} == hidden
    assert [shown.value(row, 0) == "保密" for row in range(len(of) + 1)] == [row in hidden for row in range(len(of) + 1)]
    ask, cells, one = laid_table(of)
    whole = adhoc_tables.shown(one, Scope(ALL, ALL, ALL, 3, "command"))
    assert whole.hidden == frozenset(), "who sees the firms sees every sum"


def test_a_closed_request_urges_nobody(desk):
    """It was ended with figures missing: nobody is written to for them any more."""
    one = send(desk, spec(OUTPUT))
    with acting_in(standing_of(desk, "command").scope):
        closed = adhoc_services.close(one)
        before = Message.objects.count()
        with pytest.raises(Refusal, match="这张临时报表已完成，不再催办。"):
            adhoc_services.urge(closed)
    assert Message.objects.count() == before
    assert not JournalEntry.objects.filter(act="adhoc_urge").exists()


def test_an_answer_to_an_open_request_does_not_rewrite_a_closed_one(desk):
    """What was missing when a request ended stays told as missing in it."""
    ended, open_ = send(desk, spec(OUTPUT)), send(desk, spec(OUTPUT, title="另一张"))
    with acting_in(standing_of(desk, "command").scope):
        adhoc_services.close(ended)
    assert answer(desk, open_, {C: "70.00"}) == 1
    assert {gap.party: gap.state for gap in gaps_of(open_)} == {C: AdhocGap.State.ANSWERED, FAR: AdhocGap.State.ASKED}
    assert {gap.party: gap.state for gap in gaps_of(ended)} == {C: AdhocGap.State.ASKED, FAR: AdhocGap.State.ASKED}


@pytest.mark.parametrize("why", ["", "  ", "\n"])
def test_an_answer_is_not_sent_back_without_a_reason(desk, why):
    one = send(desk, spec(OUTPUT))
    answer(desk, one, {C: "70"})
    gap = next(gap for gap in gaps_of(one) if gap.party == C)
    with acting_in(standing_of(desk, "command").scope), pytest.raises(BadInput, match="退回要写明原因。"):
        adhoc_services.give_back(one, gap, why)
    assert next(gap for gap in gaps_of(one) if gap.party == C).state == AdhocGap.State.ANSWERED


def test_a_fault_while_facts_are_appended_leaves_the_gaps_asked(desk, monkeypatch):
    """The facts are written last: when that fails no gap says that it was answered."""
    one = send(desk, spec(OUTPUT))

    def broken(*_args, **_more):
        raise OSError("disk full")

    monkeypatch.setattr(tables, "append_batch", broken)
    with pytest.raises(OSError, match="disk full"):
        answer(desk, one, {C: "70"})
    assert {gap.state for gap in gaps_of(one)} == {AdhocGap.State.ASKED}
    assert AdhocOpen.objects.count() == 2
    assert not JournalEntry.objects.filter(act="adhoc_answer").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": " "}, "新指标要有名称"),
        ({"type_": "date"}, "类型应为：金额、数量、个数、比率或文字"),
        ({"level": "5"}, "要注明级别"),
        ({"level": ""}, "要注明级别"),
        ({"basis": "口头 "}, "要写明依据（文件或职责）"),
        ({"unit": "斗"}, "的计量单位“斗”不认识"),
    ],
)
def test_what_a_new_item_lacks_is_said(db, given, said):
    plain = {"title": "用工缺口", "type_": "count", "unit": "", "level": "2", "basis": "某份文件", "person": "王某"}
    with pytest.raises(BadInput) as refused:
        adhoc_services.make_item(**{**plain, **given})
    assert said in refused.value.message
    assert not AdhocItem.objects.exists()


def test_a_new_item_of_the_same_words_type_and_unit_is_the_same(db):
    plain = {"level": "2", "basis": "某份文件", "person": "王某"}
    one = adhoc_services.make_item(" 用工缺口 ", "count", "", **plain)
    assert (one.title, one.unit, one.level) == ("用工缺口", "个", 2)
    assert adhoc_services.make_item("用工缺口", "count", "个", **plain).pk == one.pk
    assert adhoc_services.make_item("用工缺口", "text", "", **plain).pk != one.pk


@pytest.mark.parametrize(
    ("at", "days", "due"),
    [
        (datetime(2022, 11, 4, 9, 0), 0, datetime(2022, 11, 4, 17, 0)),
        (datetime(2022, 11, 4, 16, 59), 0, datetime(2022, 11, 4, 17, 0)),
        (datetime(2022, 11, 4, 17, 0), 0, datetime(2022, 11, 7, 17, 0)),
        (datetime(2022, 11, 5, 9, 0), 0, datetime(2022, 11, 7, 17, 0)),
        (datetime(2022, 11, 4, 18, 0), 1, datetime(2022, 11, 7, 17, 0)),
        (datetime(2022, 11, 4, 9, 0), 3, datetime(2022, 11, 9, 17, 0)),
    ],
)
def test_a_request_is_due_at_five_of_a_working_day_still_ahead(db, at, days, due):
    """4 November 2022 is a Friday: at five sharp today's hour is past, and Saturday's question is Monday's."""
    assert adhoc_services.due_of(days, timezone.make_aware(at)) == timezone.make_aware(due)


@pytest.mark.parametrize(
    ("minutes", "state", "by"), [(-1, "open", None), (0, "open", None), (1, "open", timedelta(minutes=1)), (600, "closed", None)]
)
def test_lateness_begins_after_the_hour_and_ends_with_the_request(minutes, state, by):
    due = timezone.make_aware(datetime(2022, 11, 4, 17))
    one = AdhocRequest(due=due, state=AdhocRequest.State.OPEN if state == "open" else AdhocRequest.State.CLOSED)
    assert adhoc_services.late(one, due + timedelta(minutes=minutes)) == by
