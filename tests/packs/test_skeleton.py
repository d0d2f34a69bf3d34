"""A pack begun from a text holds against that text at once, whatever its layout; what a person must decide is asked."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest

from yunxing.flows.import_plan import import_plan
from yunxing.flows.new_pack import new_pack
from yunxing.packs.attach import attach
from yunxing.packs.check import check
from yunxing.packs.pack import load_pack
from yunxing.values.errors import BadInput, DoesNotHold

SHARED = Path(os.environ.get("YUNXING_SHARED", Path(__file__).parents[3] / "shared")) / "data" / "policies"

RUNNING = """甲市人民政府关于稳定工业的若干措施
甲政发〔2022〕7号
各县区人民政府：
一、保供应
1.保障煤炭库存。电厂煤炭库存天数保持7天以上，执行《甲市有序用电办法》（甲政发〔2019〕3号）。鼓励多存。（市能源局负责）
二、促投资
2.支持技术改造。2022年底前，对设备投资给予20%补助，最高500万元。新增改造企业30家以上。（市财政局、市工业和信息化局按职责分工负责）
甲市人民政府
2022年5月20日
"""
RESTARTING = """乙省人民政府办公厅关于推动制造业发展的实施意见
乙政办字〔2023〕12号
各市人民政府：
一、创新驱动
（一）攻关核心技术。每年组织攻关项目10项左右，给予每项最高100万元支持。（省科技厅牵头，省财政厅配合）
（二）建设平台。新增省级平台5-8家。（责任单位：省科技厅、省工业和信息化厅）
二、组织保障
（一）加强督查。定期通报进展。
乙省人民政府办公厅
2023年3月1日
"""


def begun(tmp_path, text, name="new_city", suffix=".txt"):
    source = tmp_path / f"source{suffix}"
    source.write_text(text, encoding="utf-8")
    made = new_pack(name, tmp_path / "plans", source)
    return made, load_pack(made.folder), source


def faults(pack, source):
    report = check(pack, attach(pack, source.read_bytes(), source.name))
    return [str(one) for one in report.faults]


@pytest.mark.parametrize("text", [RUNNING, RESTARTING])
def test_it_holds_against_its_text_as_it_is_written(tmp_path, text):
    _, pack, source = begun(tmp_path, text)
    assert faults(pack, source) == []
    assert check(pack, None).coverage.parts["executed"] == 0


def test_numbers_carry_their_clause_and_quote(tmp_path):
    _, pack, _ = begun(tmp_path, RUNNING)
    found = {(one.clause, one.value, one.comparator, one.kind) for one in pack.commitments}
    assert {
        ("1/1", "7 天", "ge", "floor"), ("2/1", "20 %", "eq", "rate"), ("2/1", "500 万元", "le", "cap"), ("2/2", "30 家", "ge", "target"),
    } == found  # fmt: skip
    assert all(one.due.isoformat() == "2022-12-31" for one in pack.commitments if one.kind == "target")


def test_bodies_keep_the_parts_the_text_gives_them(tmp_path):
    _, pack, _ = begun(tmp_path, RESTARTING)
    names = {id_: office.name for id_, office in pack.offices.items()}
    parts = [[(names[id_], role) for id_, role in measure.responsible] for measure in pack.measures]
    assert parts == [
        [("省科技厅", "lead"), ("省财政厅", "shared")],
        [("省科技厅", "responsible"), ("省工业和信息化厅", "responsible")],
        [],
    ]
    assert [(one.number, one.printed, one.words, one.lead_basis) for one in pack.measures] == [
        (1, "一-一", "led", "explicit"), (2, "一-二", "listed", "none"), (3, "二-一", "none", "none"),
    ]  # fmt: skip


def test_what_a_person_must_decide_is_asked(tmp_path):
    made, pack, _ = begun(tmp_path, RUNNING)
    asked = tomllib.loads((made.folder / "questions.toml").read_text(encoding="utf-8"))["question"]
    assert made.questions == len(asked) > 20
    assert {one["clause"] for one in asked if "executes this sentence" in one["question"]} == {part.clause for part in pack.parts.values()}
    assert {"place", "city_region", "in_force", "title_en"} <= {one["clause"] for one in asked if one["file"] == "pack.toml"}
    assert len([one for one in asked if "what shows it" in one["question"]]) == len(pack.commitments)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('value = "7 天"', 'value = "9 天"', "the number of its quote"),
        ('comparator = "ge"\nvalue = "7 天"', 'comparator = "le"\nvalue = "7 天"', "以上"),
        ('quote = "', 'quote = "不在文中', "stands nowhere"),
    ],
)
def test_a_number_changed_afterwards_is_caught(tmp_path, old, new, says):
    made, _, source = begun(tmp_path, RUNNING)
    file = made.folder / "commitments.toml"
    written = file.read_text(encoding="utf-8")
    assert old in written
    file.write_text(written.replace(old, new, 1), encoding="utf-8")
    assert says in " ".join(faults(load_pack(made.folder), source))


def test_a_measure_that_moved_is_caught(tmp_path):
    made, _, source = begun(tmp_path, RESTARTING)
    file = made.folder / "measures.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('printed = "一-二"', 'printed = "一-三"'), encoding="utf-8")
    assert "一-二" in " ".join(faults(load_pack(made.folder), source))


def test_from_the_importers_plan_with_its_text_beside_it(tmp_path):
    source = tmp_path / "a.txt"
    source.write_text(RUNNING, encoding="utf-8")
    import_plan(source, tmp_path / "plan.json")
    made = new_pack("from_json", tmp_path / "plans", tmp_path / "plan.json")
    again = new_pack("from_text", tmp_path / "plans", source)
    assert (made.folder / "commitments.toml").read_bytes() == (again.folder / "commitments.toml").read_bytes()


def test_without_a_text_the_template_is_copied(tmp_path):
    made = new_pack("copied", tmp_path / "plans")
    assert load_pack(made.folder).id == "copied"
    assert check(load_pack(made.folder), None).holds


def refusal(call):
    with pytest.raises((BadInput, DoesNotHold)) as refused:
        call()
    return str(refused.value)


def test_what_cannot_be_begun_is_refused_and_nothing_is_written(tmp_path):
    source = tmp_path / "a.txt"
    source.write_text(RUNNING, encoding="utf-8")
    plan = tmp_path / "plan.json"
    plans = tmp_path / "plans"
    assert "expected a letter" in refusal(lambda: new_pack("2022", plans, source))
    plan.write_text("[]", encoding="utf-8")
    assert "no plan in it" in refusal(lambda: new_pack("x", plans, plan))
    plan.write_text(json.dumps({"doc": "b.txt", "sha256": "0"}), encoding="utf-8")
    assert "no b.txt beside it" in refusal(lambda: new_pack("x", plans, plan))
    (tmp_path / "b.txt").write_text("别的文字", encoding="utf-8")
    assert "another text" in refusal(lambda: new_pack("x", plans, plan))
    (tmp_path / "empty.txt").write_text("没有编号的文字。", encoding="utf-8")
    assert "no measures" in refusal(lambda: new_pack("x", plans, tmp_path / "empty.txt"))
    assert not plans.exists()
    new_pack("x", plans, source)
    assert "already" in refusal(lambda: new_pack("x", plans, source))


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the sample texts are not under $YUNXING_SHARED")
@pytest.mark.parametrize("name", sorted(path.stem for path in SHARED.glob("*.txt")))
def test_every_sample_text_becomes_a_pack(tmp_path, name):
    """Real plans of every layout: what was begun holds against its own text, with no edit of the program. One without number, date or
    signatories asks for them.
    """
    raw = (SHARED / f"{name}.txt").read_bytes()
    _, pack, source = begun(tmp_path, raw.decode())
    found = faults(pack, source)
    asked = (tmp_path / "plans" / "new_city" / "questions.toml").read_text(encoding="utf-8")
    unsaid = [key for key in ("number", "date", "signatories") if f'clause = "{key}"' in asked]
    assert [one for one in found if not any(key in one for key in unsaid)] == []
    assert len(pack.measures) == pack.document.official_text.measures > 0
