"""From a draft to an issued document: frozen once, never overwritten, checked by its seal; a returned file, a public edition, a correction."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

import bulletin_cast as cast
from yunxing.engines.bulletins.edits import edit_of, lines_of
from yunxing.flows.build_bulletin import manifest_holds, plan_of
from yunxing.flows.issue_bulletin import (
    Draft,
    annex,
    correction_of,
    draft,
    freeze,
    issue_files,
    moved,
    names_of,
    public_of,
    snapshots_for,
    take_back,
    verdict,
    word_of,
)
from yunxing.io.documents.checks import refused_elements
from yunxing.io.seal import StandardSeal
from yunxing.io.snapshots import Snapshot
from yunxing.packs.pack import load_pack
from yunxing.values.errors import BadInput
from yunxing.values.period import Month

PACK = load_pack(cast.LIBRARY.parent.parent)
SEPTEMBER = Month(2022, 9)
NUMBER = "某工运〔2022〕9号"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("home")
    cast.close(path)
    return path


@pytest.fixture(scope="module")
def closed(home: Path) -> Snapshot:
    found, _ = snapshots_for(home, SEPTEMBER)
    assert found
    return found


@pytest.fixture(scope="module")
def made(closed: Snapshot) -> Draft:
    return draft(closed, PACK, None, "monthly", {}, number=NUMBER)


def edited(document: Draft, words: str) -> dict[str, Any]:
    section = document.composed.sections[0]
    return {section.id: edit_of(section, [*lines_of(section), words])}


def test_a_draft_without_edits_is_as_composed(made: Draft) -> None:
    assert made.bulletin == made.composed
    assert all(check.level != "blocks" for check in verdict(made, will_issue=True))


def test_every_kind_of_the_pack_can_be_drafted(closed: Snapshot) -> None:
    for kind in ("monthly", "quarterly", "special_coal", "special_projects"):
        assert refused_elements(word_of(draft(closed, PACK, None, kind, {}))) == []
    with pytest.raises(BadInput, match="expected one of monthly, quarterly"):
        plan_of(PACK, "../pack")


def test_words_edited_in_an_office_come_back_and_stay_through_a_second_round(closed: Snapshot, made: Draft) -> None:
    def written(document: Draft, words: str) -> bytes:
        opened = docx.Document(io.BytesIO(word_of(document)))
        next(one for one in opened.paragraphs if "按时报送" in one.text).add_run(words)
        target = io.BytesIO()
        opened.save(target)
        return target.getvalue()

    first = take_back(made, written(made, "请加强审核。"))
    again = draft(closed, PACK, None, "monthly", first.edits, number=NUMBER)
    second = take_back(again, written(again, "请按时上报。"))
    last = draft(closed, PACK, None, "monthly", {**first.edits, **second.edits}, number=NUMBER)
    assert last.bulletin.sections[-1].blocks[-1].text.endswith("请加强审核。请按时上报。")
    assert last.conflicts == ()
    assert second.refused == ()


def test_a_file_of_other_data_is_refused(closed: Snapshot, made: Draft) -> None:
    other = replace(made, bulletin=replace(made.bulletin, snapshot="sha256:" + "0" * 64))
    with pytest.raises(BadInput, match="download the draft anew"):
        take_back(other, word_of(made))
    with pytest.raises(BadInput, match="no Word document"):
        take_back(made, b"no file")


def test_what_the_data_changed_is_listed(made: Draft) -> None:
    figure = next(made.bulletin.figures())
    first = made.bulletin.sections[0]
    other = replace(
        first,
        blocks=tuple(
            replace(block, runs=tuple(replace(run, display="9.9") if run == figure else run for run in block.runs))
            for block in first.blocks
        ),
    )
    assert [(one.was, one.now) for one in moved(replace(made.bulletin, sections=(other, *made.bulletin.sections[1:])), made.bulletin)] == [
        ("9.9", figure.display)
    ]
    assert moved(made.bulletin, made.bulletin) == ()
    fewer = replace(made.bulletin, sections=made.bulletin.sections[1:])
    assert {one.now for one in moved(made.bulletin, fewer)} == {"—"}


def test_an_issued_document_is_whole_sealed_and_never_overwritten(home: Path, closed: Snapshot, made: Draft) -> None:
    seal = StandardSeal.in_home(home)
    files = issue_files(made, closed, with_public=True)
    folder = freeze(home, "monthly-2022-09", made.bulletin, files, seal, {"disclosure": "on_request"})
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert names >= {
        "bulletin-2022-09.docx",
        "bulletin-2022-09.pdf",
        "bulletin-2022-09.xlsx",
        "figures.json",
        "manifest.json",
        "public/bulletin-2022-09.pdf",
        "public/removed.json",
    }
    assert "public/figures.json" not in names, "its sources would name what was taken out"
    assert manifest_holds(folder, seal)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert freeze(home, "monthly-2022-09", made.bulletin, files, seal, {"disclosure": "on_request"}) == folder
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    other = draft(closed, PACK, None, "monthly", edited(made, "另有说明。"), number=NUMBER)
    with pytest.raises(BadInput, match="never overwritten"):
        freeze(home, "monthly-2022-09", other.bulletin, issue_files(other, closed, with_public=False), seal)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_freeze_that_was_cut_leaves_nothing_and_can_be_done_again(home: Path, made: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    seal = StandardSeal.in_home(home)

    files = {"a.json": b"{}", "public/b.json": b"[]"}

    def cut(self: Path, target: Path) -> Path:
        raise OSError("cut")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", cut)
        with pytest.raises(OSError, match="cut"):
            freeze(home, "cut-2022-09", made.bulletin, files, seal)
    assert not (home / "bulletins" / "cut-2022-09").exists()
    folder = freeze(home, "cut-2022-09", made.bulletin, files, seal)
    assert manifest_holds(folder, seal)
    assert not list((home / "bulletins").glob(".partial*"))


def test_the_annex_holds_every_figure_with_its_exact_value(made: Draft) -> None:
    book = openpyxl.load_workbook(io.BytesIO(annex(made.bulletin, names_of(made.board))))
    rows = list(book.worksheets[0].values)[1:]
    figures = list(made.bulletin.figures())
    assert len(rows) == len(figures)
    for row, figure in zip(rows, figures, strict=True):
        assert row[0] == figure.display
        if figure.num is not None:
            assert int(row[2]) == figure.num
            assert int(row[3]) == figure.den


def test_the_public_edition_knows_the_registrys_names(closed: Snapshot, made: Draft) -> None:
    names = [row["name"] for row in closed.table("registry").to_pylist() if row["kind"] == "project"]
    document = draft(closed, PACK, None, "monthly", edited(made, f"{names[0]}进展较快。"))
    public = public_of(document.bulletin, closed)
    words = json.dumps(public.bulletin.to_json(), ensure_ascii=False)
    assert not [name for name in names if name in words]


def test_a_correction_is_a_document_of_its_own(closed: Snapshot, made: Draft) -> None:
    figures = json.loads(issue_files(made, closed, with_public=False)["figures.json"])
    with pytest.raises(BadInput, match="nothing to correct"):
        correction_of(made, made.bulletin, figures, "数据更正", date(2022, 11, 3))
    figures["figures"][0]["display"] = "1.00亿元"
    correction = correction_of(made, made.bulletin, figures, "数据更正", date(2022, 11, 3))
    assert NUMBER in correction.bulletin.sections[0].blocks[0].text
    shown = next(block for block in correction.bulletin.blocks() if hasattr(block, "rows"))
    assert len(shown.rows) == 1
    assert "规上工业总产值增速（2022年1—9月）" in shown.rows[0][2][0].text
    assert refused_elements(word_of(correction)) == []
