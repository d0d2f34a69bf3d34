"""`yunxing registry …` in the words people read: what each line tells, the whole list, histories as known on a day, and refusals that write nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cli.test_registry import OLD, A, migrated, run, stocked, told  # noqa: F401  # the same home and the same way to call
from yunxing.engines.registry.parties import Membership, Party
from yunxing.io.books import read_book, write_book
from yunxing.io.store import dialect, registry
from yunxing.io.store.registry_history import Act, record

DAY = ("--date", "2022-09-30")
SINCE = date(2022, 1, 1)


@pytest.fixture
def home(stocked: Path) -> Path:  # noqa: F811  # pytest names fixtures by their arguments
    """One project more on the list, one that left it. 合成数据."""
    more = [
        Party("P-2", "project", "合成第二项目", "", "371681", "371681", "", "", "", SINCE),
        Party("P-3", "project", "合成完工项目", "", "371681", "371681", "", "", "", SINCE),
    ]
    terms = [Membership("key_projects", "P-2", SINCE), Membership("key_projects", "P-3", date(2021, 1, 1), date(2021, 12, 31), "完工")]
    with dialect.connected(stocked) as connection:
        record(connection, Act(None, "李某", source="增补"), [(one, None) for one in more], terms)
    return stocked


def said(run: Any, *words: str, code: int = 0) -> str:  # noqa: F811
    done = run("registry", *words)
    assert done.exit_code == code, done.output
    text: str = done.output
    return text


def exported(run: Any, home: Path, out: Path, *words: str) -> Path:  # noqa: F811
    said(run, "export", "key_projects", "-o", str(out), *DAY, *words, "--home", str(home))
    return out


def changed(path: Path, row: int, head: str, value: Any) -> Path:
    book = read_book(path)
    heads = [str(one) for one in book.sheets[0].rows[3]]
    book.sheets[0].rows[4 + row][heads.index(head)] = value
    write_book(book, path)
    return path


def test_all_lists_are_told_with_number_owner_and_clause(run, home):  # noqa: F811
    text = said(run, "list", *DAY, "--home", str(home))
    (line,) = [one for one in text.splitlines() if " key_projects " in one]

    assert line.split()[0] == "2"
    assert "省市级重点工业项目 · DRC · 1/1a" in line
    assert all(word in text for word in ("above_scale", "chains", "seed_bank"))


def test_one_list_is_told_by_names_and_days(run, home):  # noqa: F811
    text = said(run, "list", "key_projects", *DAY, "--home", str(home))

    assert "在册 2" in text
    assert "P-2  合成第二项目  2022-01-01 起" in text
    assert "合成完工项目" not in text
    assert "合成完工项目" in said(run, "list", "key_projects", "--date", "2021-06-30", "--home", str(home))


def test_a_list_is_found_by_its_title_too(run, home):  # noqa: F811
    title = next(one["title"] for one in told(run, "list", *DAY, "--home", str(home))["lists"] if one["id"] == "key_projects")

    assert told(run, "list", title, *DAY, "--home", str(home))["list"] == "key_projects"


def test_before_anything_was_known_nobody_was_on_the_list(run, home):  # noqa: F811
    assert told(run, "list", "key_projects", *DAY, "--known", "2021-01-01", "--home", str(home))["members"] == []
    assert len(told(run, "list", "key_projects", *DAY, "--known", "2999-01-01", "--home", str(home))["members"]) == 2


def test_the_whole_history_of_a_list_goes_out_when_asked(run, home, tmp_path):  # noqa: F811
    some, ever = exported(run, home, tmp_path / "a.xlsx"), exported(run, home, tmp_path / "b.xlsx", "--all")

    assert {row[0] for row in read_book(some).sheets[0].rows[4:]} == {"P-1", "P-2"}
    assert {row[0] for row in read_book(ever).sheets[0].rows[4:]} == {"P-1", "P-2", "P-3"}


def test_a_kind_goes_out_and_comes_in_without_membership(run, home, tmp_path):  # noqa: F811
    out = tmp_path / "firms.xlsx"
    assert told(run, "export", "kind:enterprise", "-o", str(out), *DAY, "--home", str(home))["rows"] == 2
    same = told(run, "import", str(out), *DAY, "--home", str(home))["books"][0]

    assert (same["list"], same["change"], same["counts"]["unchanged"]) == ("kind:enterprise", "", 2)


def test_an_import_tells_row_by_row_what_changes_and_how_to_take_it_back(run, home, tmp_path):  # noqa: F811
    out = changed(exported(run, home, tmp_path / "a.xlsx"), 0, "责任人", "合成张某")
    dry = said(run, "import", str(out), "--dry-run", *DAY, "--home", str(home))
    text = said(run, "import", str(out), *DAY, "--source", "某文", "--home", str(home))

    assert "责任人 — → 合成张某" in dry
    assert "更改 1 · 不变 1" in dry
    assert "undo" not in dry
    change = text.split("yunxing registry undo ")[1].split()[0]
    assert change in said(run, "changes", "key_projects", "--home", str(home))
    assert f"已撤销 {change}" in said(run, "undo", change, "--home", str(home))
    assert "已经撤销过" in said(run, "undo", change, "--home", str(home), code=2)


def test_members_left_out_stay_unless_the_workbook_is_the_whole_list(run, home, tmp_path):  # noqa: F811
    out = exported(run, home, tmp_path / "a.xlsx")
    book = read_book(out)
    del book.sheets[0].rows[5]
    write_book(book, out)
    part = told(run, "import", str(out), "--dry-run", *DAY, "--home", str(home))["books"][0]["counts"]
    whole = told(run, "import", str(out), "--whole", *DAY, "--home", str(home))["books"][0]["counts"]

    assert (part["absent"], part["left"]) == (1, 0)
    assert (whole["absent"], whole["left"]) == (0, 1)
    assert len(told(run, "list", "key_projects", *DAY, "--home", str(home))["members"]) == 1
    assert len(told(run, "list", "key_projects", "--date", "2022-09-29", "--home", str(home))["members"]) == 2


def test_of_two_workbooks_with_one_fault_neither_is_written(run, home, tmp_path):  # noqa: F811
    good = changed(exported(run, home, tmp_path / "good.xlsx"), 0, "责任人", "合成张某")
    bad = changed(exported(run, home, tmp_path / "bad.xlsx"), 1, "计划总投资（万元）", "很多")
    text = said(run, "import", str(good), str(bad), *DAY, "--home", str(home), code=2)

    assert "bad.xlsx" in text
    assert "很多" in text
    with dialect.connected(home) as connection:
        assert all("answerable" not in one.attributes for one in registry.read_memberships(connection, roster="key_projects"))


def test_a_workbook_that_names_no_list_is_refused_until_the_list_is_told(run, home, tmp_path):  # noqa: F811
    path = tmp_path / "plain.csv"
    path.write_text("编号,名称,列入日期,责任人\nP-2,合成第二项目,2022-01-01,合成王某\n", encoding="utf-8")

    assert "看不出是哪个名录" in said(run, "import", str(path), *DAY, "--home", str(home), code=2)
    counts = told(run, "import", str(path), "--list", "key_projects", *DAY, "--home", str(home))["books"][0]["counts"]
    assert (counts["changed"], counts["absent"]) == (1, 1)


def test_columns_nobody_knows_are_told(run, home, tmp_path):  # noqa: F811
    path = tmp_path / "plain.csv"
    path.write_text("编号,名称,列入日期,随手记\nP-2,合成第二项目,2022-01-01,x\n", encoding="utf-8")

    assert "不认识的列：随手记" in said(run, "import", str(path), "--list", "key_projects", "--dry-run", *DAY, "--home", str(home))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("list", "--date", "30.9.2022"), "--date"),
        (("list", "key_projects", "--known", "gestern"), "--known"),
        (("merge", A, A), A),
        (("merge", A, "P-1"), "project"),
        (("changes", "key_projectz"), "key_projects"),
        (("duplicates", "--kind", "firm"), "enterprise"),
        (("import", "no-such-file.xlsx"), "no-such-file.xlsx"),
    ],
)
def test_a_refusal_names_what_was_given_or_what_there_is(run, home, words, expected):  # noqa: F811
    done = run("registry", *words, "--home", str(home))

    assert done.exit_code == 2
    assert expected in done.output


def test_a_merged_id_is_told_by_the_one_it_became(run, home):  # noqa: F811
    told(run, "merge", A, OLD, "--source", "工商变更", "--by", "王某", "--home", str(home))

    assert f"{OLD} 已并入 {A}" in said(run, "merge", OLD, "P-1", "--home", str(home), code=2)
    history = told(run, "changes", "--home", str(home))["changes"]
    assert (history[0]["act"], history[0]["person"], history[0]["source"]) == ("merge", "王某", "工商变更")
    assert [one["act"] for one in history] == ["merge", "import", "import"]


def test_nothing_to_tell_is_told_in_words(run, stocked):  # noqa: F811
    told(run, "merge", A, OLD, "--home", str(stocked))

    assert "没有疑似重复" in said(run, "duplicates", "--home", str(stocked))
    assert "没有变更" in said(run, "changes", "chains", "--home", str(stocked))
