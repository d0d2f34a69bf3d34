"""Cells are saved one by one; of two who change one cell the second is told and chooses; nothing typed is lost."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.reporting_cast import AT, CLEAN, A, B
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.reporting import drafts
from yunxing.desk.reporting.drafts import Clash, Typed
from yunxing.desk.reporting.report_models import Entry, EntryChange, Report
from yunxing.desk.scoping import acting_as_system
from yunxing.values.errors import Refusal

KEY = "output/value/month"


def save(month, *cells, member="enterprise", party=A):
    with acting_as_system("test"):
        return drafts.save_cells(month.report(party), [Typed(*one) for one in cells], by=getattr(month.cast.people, member), at=AT)


def test_a_cell_is_kept_as_it_is_printed_and_what_cannot_be_read_as_it_was_typed(month):
    """Full-width digits, another unit and spaces become the form's own unit; letters stay, so that the reporter can mend them."""
    saved = save(month, (KEY, "１，２３４．５ ", 0), ("output/value/cumulative", "0.1234亿元", 0), ("revenue/value/cumulative", "1,2O3", 0))

    assert saved.cells == {
        KEY: ("1,234.5", 1), "output/value/cumulative": ("1,234", 1), "revenue/value/cumulative": ("1,2O3", 1),
    }  # fmt: skip
    assert month.report().state == "drafted"


def test_the_second_of_two_who_save_one_cell_is_told(month):
    """Holds: two officers saving the same cell: the second is told who changed what, and keeps either by choosing."""
    save(month, (KEY, "301.7", 0))
    save(month, (KEY, "305.2", 1), member="county_a")

    second = save(month, (KEY, "299", 1))

    assert second.cells == {}
    [clash] = second.clashes
    assert (clash.who, clash.old, clash.new, clash.yours, clash.ver) == ("测试county_a", "301.7", "305.2", "299", 2)
    assert clash.at == AT
    assert month.answers()[KEY] == "305.2"
    again = save(month, (KEY, "299", clash.ver))
    assert again.cells == {KEY: ("299", 3)}
    assert month.answers()[KEY] == "299"


def test_equal_texts_never_clash_and_an_empty_cell_stays_no_cell(month):
    """What stands there already is no conflict whoever wrote it; emptying an empty cell writes nothing."""
    save(month, (KEY, "301.7", 0))

    assert save(month, (KEY, "301.70", 0)).cells == {KEY: ("301.7", 1)}
    assert save(month, ("tax/value/cumulative", "", 0)).cells == {"tax/value/cumulative": ("", 0)}
    with acting_as_system("test"):
        assert Entry.objects.filter(report=month.report()).count() == 1
        assert EntryChange.objects.count() == 1


def test_a_first_writing_over_someone_elses_is_a_clash_too(month):
    """Two people fill an empty cell: the second typed over version 0, which is gone."""
    save(month, (KEY, "301.7", 0))

    [clash] = save(month, (KEY, "302", 0), member="county_a").clashes

    assert isinstance(clash, Clash)
    assert (clash.old, clash.new) == ("", "301.7")


def test_who_changes_a_cell_between_the_other_ones_look_and_write_is_not_run_over(month, monkeypatch):
    """The narrowest moment: a second officer's write falls between the first one's read and his write. The first is told; nothing is lost."""
    save(month, (KEY, "100", 0))
    update, between = QuerySet.update, iter([True])

    def meanwhile(rows, **fields):
        if rows.model is Entry and next(between, False):
            assert update(Entry.objects.filter(report=month.report(), key=KEY), text="200", ver=2) == 1
        return update(rows, **fields)

    monkeypatch.setattr(QuerySet, "update", meanwhile)
    saved = save(month, (KEY, "300", 1))

    assert saved.cells == {}
    assert (saved.clashes[0].new, saved.clashes[0].ver) == ("200", 2)
    assert month.answers()[KEY] == "200"


def test_two_who_fill_an_empty_cell_between_look_and_write(month, monkeypatch):
    """The same for a cell that does not exist yet: the unique key refuses the second row, and he is told."""
    first, between = QuerySet.first, iter([True])

    def meanwhile(rows):
        found = first(rows)
        if rows.model is Entry and next(between, False):
            Entry.objects.create(report=month.report(), key=KEY, text="200", changed_at=AT)
        return found

    monkeypatch.setattr(QuerySet, "first", meanwhile)
    saved = save(month, (KEY, "300", 0))

    assert saved.cells == {}
    assert (saved.clashes[0].new, saved.clashes[0].ver) == ("200", 1)


def test_a_save_that_meets_a_sending_writes_nothing(month, monkeypatch):
    """The report is sent between the look and the write: the whole save is taken back and the person is told."""
    report = month.report()
    with acting_as_system("test"):
        Report.objects.filter(pk=report.pk).update(state="submitted")
        with pytest.raises(Refusal, match="刚刚已提交"):
            drafts.save_cells(report, [Typed(KEY, "1", 0)], by=month.cast.people.enterprise, at=AT)
    assert month.answers() == {}


def test_nothing_is_written_into_a_sent_report_nor_under_a_strange_key(month):
    """A sent report is changed by a correction alone; a key the form does not have names itself."""
    with pytest.raises(Refusal, match="没有这些格：x/value/month"):
        save(month, ("x/value/month", "1", 0))
    with acting_as_system("test"):
        Report.objects.filter(party=A).update(state="submitted")
    with pytest.raises(Refusal, match="已提交"):
        save(month, (KEY, "1", 0))
    with acting_as_system("test"):
        assert Entry.objects.count() == 0


def test_every_save_is_in_the_journal_without_a_figure(month):
    """The journal holds a digest of what was written, never the number."""
    save(month, (KEY, "301.7", 0))
    entry = JournalEntry.objects.filter(act="save", object_kind="report").get()

    assert entry.object_id == str(month.report().pk)
    assert entry.after_digest
    assert "301.7" not in str(vars(entry))


def test_what_the_city_holds_is_not_typed_again(month):
    """Last year's figures stand filled in; a typed one takes their place; B has the same, and who has no last year has none."""
    with acting_as_system("test"):
        draft = drafts.draft_of(month.report())
        assert draft.given()["output/last_year_restated/month"] == "96"
        assert draft.answers["output/last_year_restated/cumulative"] == "955"
        assert drafts.draft_of(month.report(B)).given()["profit/last_year_restated/cumulative"] == "-12.5"
    save(month, ("output/last_year_restated/month", "97", 0))
    with acting_as_system("test"):
        assert drafts.draft_of(month.report()).answers["output/last_year_restated/month"] == "97"


def test_copying_the_last_period_takes_counts_and_no_amounts(month):
    """People and days are copied into empty cells, amounts never; what was typed stays."""
    save(month, ("employees/value/month", "270", 0))
    with acting_as_system("test"):
        drafts.copy_previous(month.report(), by=month.cast.people.enterprise, at=AT)

    assert month.answers() == {"employees/value/month": "270", "shortage/value/month": "12", "stop_days/value/month": "0"}


def test_a_slipped_unit_is_asked_about_and_put_right_with_one_click(month):
    """元 typed for 万元 is ten thousand times too much: the question stands, one click divides, and the checks are clean."""
    month.fill(output__value__month="1100000")
    with acting_as_system("test"):
        draft = drafts.draft_of(month.report())
        [slip] = [one for one in draft.checked().findings if one.rule == "unit_slip"]
        assert (slip.key, slip.slip, slip.effect) == (KEY, "×10000", "hold")
        drafts.convert_unit(month.report(), KEY, slip.slip, by=month.cast.people.enterprise, at=AT)
        assert drafts.draft_of(month.report()).checked().findings == ()

    assert month.answers()[KEY] == "110"


def test_counts_follow_the_cells(month):
    """Filled, asked, errors and warnings of the matrix are those of the checks."""
    report = month.fill(output__value__cumulative="1,500", employees__value__month="")
    assert (report.filled, report.asked) == (8, 9)
    assert report.errors == 2  # the cumulative does not add up, and a required cell is empty
    report = month.fill()
    assert (report.filled, report.errors, report.warnings) == (9, 0, 0)


def test_a_half_written_save_leaves_nothing(month, monkeypatch):
    """One transaction: when the journal fails, no cell of the save stands."""
    from yunxing.desk.people import journal

    def broken(*_args, **_more):
        raise RuntimeError("cut")

    monkeypatch.setattr(journal, "record", broken)
    with pytest.raises(RuntimeError, match="cut"), transaction.atomic():
        save(month, *((key, text, 0) for key, text in CLEAN.items()))
    assert month.answers() == {}
    assert month.report().state == "due"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from(["a", "b"]), st.integers(0, 30).map(str), st.booleans()),
        min_size=1, max_size=14,
    )
)  # fmt: skip
def test_two_people_at_two_cells_never_run_each_other_over(month, steps):
    """A model of two browsers: each knows some version of each cell, types, or reloads first. Whatever the order: what is written was typed over what
    stood there, who is told of a clash is told the truth, and the history leads from the first text to the last without a gap.
    """
    keys = {"a": "shortage/value/month", "b": "stop_days/value/month"}
    members = ("enterprise", "county_a")
    with transaction.atomic():
        stands = dict.fromkeys(keys, ("", 0))
        known = [dict(stands), dict(stands)]
        for who, cell, text, reload in steps:
            if reload:
                known[who][cell] = stands[cell]
            saved = save(month, (keys[cell], text, known[who][cell][1]), member=members[who])
            if text == stands[cell][0]:
                assert saved.clashes == []
            elif known[who][cell][1] != stands[cell][1]:
                [clash] = saved.clashes
                assert (clash.new, clash.ver, clash.yours) == (*stands[cell], text)
                continue
            else:
                stands[cell] = (text, stands[cell][1] + 1)
            assert saved.cells[keys[cell]] == stands[cell]
            known[who][cell] = stands[cell]
        with acting_as_system("test"):
            assert {key: month.answers().get(key, "") for key in keys.values()} == {
                keys[cell]: text for cell, (text, _ver) in stands.items()
            }
            for key in keys.values():
                told = list(EntryChange.objects.filter(key=key).order_by("id").values_list("old", "new", "ver"))
                assert [one[0] for one in told] == ["", *(one[1] for one in told)][: len(told)]
                assert [one[2] for one in told] == list(range(1, len(told) + 1))
        transaction.set_rollback(True)
