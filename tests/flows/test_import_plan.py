"""`yunxing plan import`: what is written, that it is written the same twice, and what the command says."""

import json

import pytest
from typer.testing import CliRunner

from plantext_cast import POLICIES, need_shared
from yunxing.cli import app
from yunxing.flows.import_plan import import_plan
from yunxing.values.errors import BadInput

TEXT = "某市若干措施\n某发〔2023〕1号\n各区人民政府：\n一、任务\n（一）支持企业。对升规企业给予10万元奖励。（市财政局、市商务局按职责分工负责）\n（二）保障煤炭。库存7天以上。（市发展改革委负责）\n某市人民政府\n2023年5月1日\n"


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_the_plan_is_written_with_offsets_into_the_text(tmp_path, source):
    out = tmp_path / "out" / "plan.json"
    done = import_plan(source, out)
    data = json.loads(out.read_text(encoding="utf-8"))

    assert done.written == (out,)
    assert data["doc"] == "plan.txt"
    assert [m["number"] for m in data["measures"]] == ["一", "二"]
    assert TEXT[data["measures"][0]["start"] : data["measures"][0]["end"]].endswith("按职责分工负责）")
    assert data["status"] == "proposal"
    assert data["encoding"] == "utf-8"


def test_writing_twice_gives_the_same_bytes(tmp_path, source):
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    import_plan(source, first)
    import_plan(source, second)

    assert first.read_bytes() == second.read_bytes()


def test_a_word_file_is_written_with_the_text_its_offsets_count_in(tmp_path):
    from docx import Document

    document = Document()
    for line in TEXT.strip().split("\n"):
        document.add_paragraph(line)
    source = tmp_path / "source.docx"
    document.save(str(source))
    out = tmp_path / "plan.json"
    done = import_plan(source, out)
    data = json.loads(out.read_text(encoding="utf-8"))
    text = (tmp_path / data["text"]).read_text(encoding="utf-8")

    assert done.written == (tmp_path / "plan.txt", out)
    assert [text[m["start"] : m["start"] + 3] for m in data["measures"]] == ["（一）", "（二）"]


def test_without_an_address_the_plan_is_a_draft(source):
    assert any("draft" in w for w in import_plan(source).plan.warnings)
    assert not any("draft" in w for w in import_plan(source, None, "https://example.org/plan").plan.warnings)


def test_the_command_says_what_was_found_and_what_is_asked(tmp_path, source):
    out = tmp_path / "plan.json"
    result = CliRunner().invoke(app, ["plan", "import", str(source), "-o", str(out)])

    assert result.exit_code == 0, result.output
    assert "2 项举措 measures" in result.output
    assert "待确认" in result.output
    assert out.is_file()


def test_the_command_prints_the_plan_as_json(source):
    result = CliRunner().invoke(app, ["plan", "import", str(source), "--json"])

    assert json.loads(result.output)["doc_number"] == "某发〔2023〕1号"


def test_with_an_output_json_says_the_counts(tmp_path, source):
    result = CliRunner().invoke(app, ["plan", "import", str(source), "-o", str(tmp_path / "p.json"), "--json"])

    assert json.loads(result.output)["measures"] == 2


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(BadInput, match="no readable file"):
        import_plan(tmp_path / "none.txt", tmp_path / "p.json")
    assert not (tmp_path / "p.json").exists()


@pytest.mark.shared
def test_the_first_plan_by_the_command(tmp_path):
    need_shared()
    out = tmp_path / "plan.json"
    result = CliRunner().invoke(app, ["plan", "import", str(POLICIES / "binzhou-2022-156.txt"), "-o", str(out)])

    assert result.exit_code == 0, result.output
    assert len(json.loads(out.read_text(encoding="utf-8"))["measures"]) == 28
