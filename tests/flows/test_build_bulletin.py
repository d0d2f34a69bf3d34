"""From a closed month on disk to the issued files, and back: the command a clerk gives."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

import bulletin_cast as cast
from yunxing.cli.bulletin import app
from yunxing.flows import build_bulletin as flow
from yunxing.flows.build_bulletin import build_bulletin, issue_day, manifest_holds, verify_bulletin
from yunxing.flows.read_board import read_board
from yunxing.flows.seal_bulletin import write_into
from yunxing.io.documents.fonts import NoFonts
from yunxing.io.seal import StandardSeal
from yunxing.io.snapshots import latest
from yunxing.packs.pack import load_pack
from yunxing.values.errors import BadInput
from yunxing.values.period import Month

PACK = load_pack(cast.LIBRARY.parent.parent)
SEPTEMBER = Month(2022, 9)
FILES = ("bulletin-2022-09.docx", "bulletin-2022-09.pdf", "bulletin.json", "figures.json", "manifest.json")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    cast.close(tmp_path / "home")
    return tmp_path / "home"


def edited(file: Path, was: str, now: str) -> Path:
    """The Word file as a person with an office would hand it back."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                assert was in content.decode()
                content = content.decode().replace(was, now, 1).encode()
            target.writestr(name, content)
    copy = file.with_name("returned.docx")
    copy.write_bytes(made.getvalue())
    return copy


def test_the_board_holds_what_the_snapshot_and_the_plan_say(home: Path) -> None:
    closed = latest(home, SEPTEMBER.code)
    assert closed
    board = read_board(closed, PACK)
    assert len(board.units) == 10
    assert {c.id: (c.num // c.den, c.unit, c.clause) for c in board.commitments}["investment_year"] == (
        418 * cast.YI,
        "fen",
        f"{PACK.document.short_number}/1/1c",
    )
    assert {c.id for c in board.commitments} >= {"coal_days_floor", "listings_year", "above_scale_year", "port_foreign_cargo"}
    assert [s.words for s in board.signals] == [s.words for s in cast.signals()]
    assert board.signals[0].owner == PACK.offices["IIT"].short
    assert {p.party: p.started for p in board.projects} == {p.party: p.started for p in cast.projects()}
    assert {p.planned_start for p in board.projects} == {p.planned_start for p in cast.projects()}
    assert board.synthetic == PACK.document.synthetic.demonstration_data
    assert board.provisional  # one unit did not report


def test_the_files_stand_where_asked_and_the_closed_month_is_untouched(home: Path, tmp_path: Path) -> None:
    closed = latest(home, SEPTEMBER.code)
    assert closed
    before = sorted(path.name for path in closed.folder.iterdir())
    built = build_bulletin(home, PACK, SEPTEMBER, tmp_path / "out", seal=StandardSeal.in_home(home))
    assert tuple(sorted(path.name for path in (tmp_path / "out").iterdir())) == FILES == built.files
    assert sorted(path.name for path in closed.folder.iterdir()) == before
    assert built.pdf_refused == ""
    assert build_bulletin(home, PACK, SEPTEMBER).folder == home / "bulletins" / "2022-09"


def test_the_copy_in_the_closed_month_has_the_same_bytes(home: Path, tmp_path: Path) -> None:
    """What `month close` seals is what `bulletin build` writes on the plan's day; the manifest alone bears the seal."""
    closed = latest(home, SEPTEMBER.code)
    assert closed
    write_into(closed.folder, PACK, SEPTEMBER, None)
    build_bulletin(home, PACK, SEPTEMBER, tmp_path)
    for name in FILES[:-1]:
        assert (closed.folder / "bulletin" / name).read_bytes() == (tmp_path / name).read_bytes()


def test_two_homes_give_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        cast.close(tmp_path / name)
        build_bulletin(tmp_path / name, PACK, SEPTEMBER, tmp_path / f"out_{name}")
        made.append({path.name: path.read_bytes() for path in (tmp_path / f"out_{name}").iterdir()})
    assert made[0] == made[1]


def test_every_figure_of_figures_json_leads_to_a_row_of_the_snapshot(home: Path, tmp_path: Path) -> None:
    build_bulletin(home, PACK, SEPTEMBER, tmp_path)
    closed = latest(home, SEPTEMBER.code)
    assert closed
    rows = {"/".join((r["indicator"], r["scope_kind"], r["scope"], r["period"], r["stat"])): r for r in closed.rows()}
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["figures"]
    assert len(figures) > 100
    for figure in figures:
        assert figure["sources"], figure
        for source in figure["sources"]:
            assert source in rows or source.partition(":")[0] in {"commitment", "clause", "signal", "project", "unit", "list"}, source
        if figure["op"] == "value" and figure["num"] is not None:
            row = rows[figure["sources"][0]]
            assert figure["num"] * row["den"] == row["num"] * figure["den"]
            assert figure["facts"] == [
                {"indicator": row["indicator"], "scope_kind": row["scope_kind"], "scope": row["scope"], "period": row["period"]}
            ]


def test_the_manifest_holds_until_a_byte_changes(home: Path, tmp_path: Path) -> None:
    seal = StandardSeal.in_home(home)
    build_bulletin(home, PACK, SEPTEMBER, tmp_path, seal=seal)
    assert manifest_holds(tmp_path, seal)
    document = tmp_path / FILES[0]
    document.write_bytes(document.read_bytes() + b"x")
    assert not manifest_holds(tmp_path, seal)


def test_a_manifest_that_was_rewritten_does_not_hold(home: Path, tmp_path: Path) -> None:
    seal = StandardSeal.in_home(home)
    build_bulletin(home, PACK, SEPTEMBER, tmp_path, seal=seal)
    stated = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps(stated | {"number": "x"}), encoding="utf-8")
    assert not manifest_holds(tmp_path, seal)


def test_without_fonts_the_word_file_is_still_written(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: Path | None) -> None:
        raise NoFonts("未生成 PDF")

    monkeypatch.setattr(flow, "find_fonts", none)
    built = build_bulletin(home, PACK, SEPTEMBER, tmp_path)
    assert "未生成 PDF" in built.pdf_refused
    assert sorted(path.name for path in tmp_path.glob("bulletin*")) == ["bulletin-2022-09.docx", "bulletin.json"]


def test_the_latest_closing_is_told(home: Path, tmp_path: Path) -> None:
    later = cast.close(home, as_of="2022-11-01T00:00:00+00:00", given=cast.rows()[:3])
    assert build_bulletin(home, PACK, SEPTEMBER, tmp_path).bulletin.snapshot == later.manifest["figures"]


def test_the_day_of_issue_moves_to_a_working_day() -> None:
    assert issue_day(SEPTEMBER, 20) == date(2022, 10, 20)
    assert issue_day(Month(2022, 10), 20) == date(2022, 11, 21)  # the 20th is a Sunday


def test_verify_finds_an_edited_figure_and_names_its_source(home: Path, tmp_path: Path) -> None:
    build_bulletin(home, PACK, SEPTEMBER, tmp_path)
    assert verify_bulletin(tmp_path / FILES[0]) == ()
    (change,) = verify_bulletin(edited(tmp_path / FILES[0], ">增长7.6%<", ">增长8.6%<"))
    assert (change.kind, change.was, change.now, change.place) == (
        "changed",
        "增长7.6%",
        "增长8.6%",
        "output_growth/city/city/2022-01..09/cumulative_yoy",
    )


def test_verify_lists_edited_words_and_breaks_nothing(home: Path, tmp_path: Path) -> None:
    build_bulletin(home, PACK, SEPTEMBER, tmp_path)
    (change,) = verify_bulletin(edited(tmp_path / FILES[0], "运行总体平稳", "运行稳中向好"))
    assert (change.kind, change.breaks) == ("text", False)


def test_verify_finds_the_figures_by_the_file_itself(home: Path, tmp_path: Path) -> None:
    """A file that came back alone: its properties name the month and the snapshot."""
    build_bulletin(home, PACK, SEPTEMBER, tmp_path / "out")
    closed = latest(home, SEPTEMBER.code)
    assert closed
    write_into(closed.folder, PACK, SEPTEMBER, None)
    alone = tmp_path / "mail" / "x.docx"
    alone.parent.mkdir()
    alone.write_bytes((tmp_path / "out" / FILES[0]).read_bytes())
    assert verify_bulletin(alone, home=home) == ()
    with pytest.raises(BadInput, match=r"found no figures\.json"):
        verify_bulletin(alone)


def test_verify_refuses_the_figures_of_another_closing(home: Path, tmp_path: Path) -> None:
    build_bulletin(home, PACK, SEPTEMBER, tmp_path)
    own = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["snapshot"]
    other = (tmp_path / "figures.json").read_text(encoding="utf-8").replace(own, "sha256:" + "77aa" * 16)
    (tmp_path / "other.json").write_text(other, encoding="utf-8")
    with pytest.raises(BadInput, match="found a bulletin of the snapshot"):
        verify_bulletin(tmp_path / FILES[0], tmp_path / "other.json")


def test_an_open_month_says_how_to_close_it(home: Path) -> None:
    with pytest.raises(BadInput, match="yunxing month close 2022-08"):
        build_bulletin(home, PACK, Month(2022, 8))


def test_a_revision_of_the_month_before_is_told(home: Path, tmp_path: Path) -> None:
    was = cast.city("output_growth", "cumulative_yoy", cast.B, 80, "%", 10)
    cast.close(home, month="2022-08", given=(was,))
    notes = [note.text for note in build_bulletin(home, PACK, SEPTEMBER, tmp_path).bulletin.notes]
    assert any("原通报为增长8.0%，现修订为增长7.7%" in note for note in notes)


def test_the_commands(home: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    out = tmp_path / "out"
    common = ["--home", str(home)]
    built = runner.invoke(app, ["build", "2022-09", "-o", str(out), "--pack", str(PACK.folder), "--json", *common])
    assert built.exit_code == 0, built.output
    stated = json.loads(built.stdout)
    assert (stated["files"], stated["label"], stated["pdf_refused"]) == (list(FILES), "合成数据", "")
    again = runner.invoke(app, ["build", "2022-09", "--pack", str(PACK.folder), *common])
    assert "《关于2022年1—9月全市工业经济运行情况的通报》 合成数据" in again.stdout
    good = runner.invoke(app, ["verify", str(out / FILES[0]), *common])
    assert (good.exit_code, "每个数字都与数据一致" in good.stdout) == (0, True)
    bad = runner.invoke(app, ["verify", str(edited(out / FILES[0], ">增长7.6%<", ">增长8.6%<")), "--json", *common])
    assert bad.exit_code == 1
    assert json.loads(bad.stdout)["changes"][0]["now"] == "增长8.6%"


@pytest.mark.parametrize(
    ("arguments", "message"), [(["build", "2022Q3"], "is not a month"), (["build", "2022-09", "--date", "x"], "expected a day")]
)
def test_bad_arguments_are_refused(home: Path, arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(app, [*arguments, "--home", str(home), "--pack", str(PACK.folder)])
    assert isinstance(result.exception, BadInput)
    assert message in str(result.exception)


def test_the_number_of_issue_stands_in_the_files_and_in_the_manifest(home: Path, tmp_path: Path) -> None:
    built = build_bulletin(home, PACK, SEPTEMBER, tmp_path, number="某工运〔2022〕9号")
    assert built.manifest["number"] == "某工运〔2022〕9号"
    assert json.loads((tmp_path / "bulletin.json").read_text(encoding="utf-8"))["number"] == "某工运〔2022〕9号"


def test_building_again_on_another_day_changes_the_day_only(home: Path, tmp_path: Path) -> None:
    """Every figure stays: a bulletin issued late says the same."""
    early = build_bulletin(home, PACK, SEPTEMBER, tmp_path / "a", issued_on=date(2022, 10, 20))
    late = build_bulletin(home, PACK, SEPTEMBER, tmp_path / "b", issued_on=date(2022, 10, 28))
    assert [f.display for f in early.bulletin.figures()] == [f.display for f in late.bulletin.figures()]
    assert (tmp_path / "a" / "figures.json").read_text(encoding="utf-8").replace("10月20日", "10月28日") == (
        tmp_path / "b" / "figures.json"
    ).read_text(encoding="utf-8")


def test_the_default_day_never_lies_before_the_data(home: Path, tmp_path: Path) -> None:
    """Data of Saturday 29 October: the bulletin is issued on Monday, the 31st."""
    cast.close(home, as_of="2022-10-29T03:00:00+00:00", given=cast.rows()[:-1])
    assert build_bulletin(home, PACK, SEPTEMBER, tmp_path).bulletin.issued_on == date(2022, 10, 31)


def test_an_interrupted_build_leaves_no_half_file(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between two files: what stands is whole, and the next run completes it to the same bytes."""
    written: list[str] = []
    real = flow.write_atomic

    def stop(path: Path, content: bytes) -> None:
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(path.name)
        real(path, content)

    monkeypatch.setattr(flow, "write_atomic", stop)
    with pytest.raises(KeyboardInterrupt):
        build_bulletin(home, PACK, SEPTEMBER, tmp_path / "out")
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    monkeypatch.undo()
    build_bulletin(home, PACK, SEPTEMBER, tmp_path / "out")
    whole = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert set(whole) == set(FILES)
    assert first.items() <= whole.items()
