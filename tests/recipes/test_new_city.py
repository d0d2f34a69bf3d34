"""docs/recipes/new_city.md, performed: a second city is a new folder; nothing under src is touched or even writable to the steps."""

import hashlib
import json
import re
import shutil
import sys

import pytest

from pack_cast import ROOT, TEMPLATE
from yunxing.cli import main

TEXT = """汀州市关于稳定工业运行的行动方案

汀工信〔2031〕12号

一、稳定运行

1.保障电煤供应。保障煤炭库存天数9天以上。(市能源局负责)

二、扩大投资

2.推动项目建设。推进45个重点项目,力争全年完成投资30亿元。(市能源局、市财政局按职责分工负责)

汀州市能源局
汀州市财政局
2031年2月3日
"""

REPLACED = {
    "pack.toml": [
        ("template", "tingzhou_2031_12"), ("示工信〔2030〕7号", "汀工信〔2031〕12号"), ('short_number = "7"', 'short_number = "12"'), ("示例市工业和信息化局等部门关于促进工业平稳增长行动方案", "汀州市关于稳定工业运行的行动方案"), ("示例市", "汀州市"),
        ("990100", "990300"), ("2030-03-01", "2031-02-03"), ("plan_year = 2030", "plan_year = 2031"), ('["IIT", "FIN"]', '["ENE", "FIN"]'), ("sentences = 3", "sentences = 2"),
    ],
    "offices.toml": [('id = "IIT"', 'id = "ENE"'), ("工业和信息化局", "能源局"), ("示例市", "汀州市"), ("示例县", "长亭县"), ("990121", "990321"), ("Bureau of Industry and Information Technology", "Bureau of Energy")],
    "lists/regions.toml": [("990100", "990300"), ("990121", "990321"), ("示例市", "汀州市"), ("示例县", "长亭县")],
}  # fmt: skip

MEASURES = """
[[section]]
number = "一"
title = "稳定运行"
title_en = "Steady operation"
measures = [1, 1]

[[section]]
number = "二"
title = "扩大投资"
title_en = "Investment"
measures = [2, 2]

[[measure]]
number = 1
section = "一"
title = "电煤"
title_en = "Coal"
heading = "保障电煤供应"
offices = ["ENE"]
words = "sole"
lead = "ENE"
lead_basis = "sole"

[[measure.part]]
clause = "1/1"
zh = "存煤守住下限"
en = "A floor of coal"
themes = ["facts"]
executed_by = ["planned:indicator:coal_days"]

[[measure]]
number = 2
section = "二"
title = "项目"
title_en = "Projects"
heading = "推动项目建设"
offices = ["ENE", "FIN"]
words = "joint"
lead_basis = "none"

[[measure.part]]
clause = "2/1"
zh = "推进项目，争取投资达标"
en = "Projects and their investment"
themes = ["foundation"]
executed_by = ["planned:indicator:project_investment"]
"""


def commitment(id_, clause, kind, verb, comparator, value, quote, due=""):
    return (
        f'[[commitment]]\nid = "{id_}"\nclause = "{clause}"\nkind = "{kind}"\ntitle = "{id_}"\ntitle_en = "{id_}"\nverb = "{verb}"\n'
        f'comparator = "{comparator}"\nvalue = "{value}"\n{due}shown_by = "planned:indicator:{id_}"\nquote = "{quote}"\n\n'
    )


COMMITMENTS = (
    commitment("coal_days", "1/1", "floor", "以上", "ge", "9 天", "9天以上")
    + commitment("projects", "2/1", "count", "推进", "eq", "45 个", "45个重点项目")
    + commitment("investment", "2/1", "target", "力争", "ge", "30 亿元", "投资30亿元", "due = 2031-12-31\n")
    + '[[not_commitment]]\nclause = "head"\nquote = "汀工信〔2031〕12号"\nreason = "the number of the document"\n\n'
    + '[[not_commitment]]\nclause = "tail"\nquote = "2031年2月3日"\nreason = "the date of the document"\n'
)

EXAMPLES = """
[[example]]
commitment = "coal_days"
below = { value = "8.99 天", holds = false }
at = { value = "9 天", holds = true }
above = { value = "9.01 天", holds = true }

[[example]]
commitment = "investment"
below = { value = "29.99 亿元", holds = false }
at = { value = "30 亿元", holds = true }
above = { value = "30.01 亿元", holds = true }
"""


@pytest.fixture
def second_city(tmp_path, monkeypatch):
    """Steps 1 to 7 of the recipe, in a folder that is not the repository."""
    folder = tmp_path / "plans" / "tingzhou_2031_12"
    shutil.copytree(TEMPLATE, folder)
    text = tmp_path / "official.txt"
    text.write_text(TEXT, encoding="utf-8")
    for file, pairs in REPLACED.items():
        content = (folder / file).read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in content, f"{old} is not in {file}"
            content = content.replace(old, new)
        (folder / file).write_text(content, encoding="utf-8")
    pack = (folder / "pack.toml").read_text(encoding="utf-8")
    pack = re.sub(r'sha256 = "\w+"', f'sha256 = "{hashlib.sha256(TEXT.encode()).hexdigest()}"', pack)
    pack = re.sub(r"\[narrative\]\n.*\n", "", pack)
    (folder / "pack.toml").write_text(pack, encoding="utf-8")
    (folder / "measures.toml").write_text(MEASURES, encoding="utf-8")
    (folder / "commitments.toml").write_text(COMMITMENTS, encoding="utf-8")
    (folder / "commitments.examples.toml").write_text(EXAMPLES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YUNXING_HOME", str(tmp_path / "home"))
    return text


def run(capsys, *words):
    sys.argv = ["yunxing", *map(str, words)]
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code or 0, capsys.readouterr().out


def test_a_second_city_holds_after_the_steps_of_the_recipe(second_city, capsys, monkeypatch):
    """Step 8, without naming the pack: it is the only one in ./plans."""
    monkeypatch.setattr(sys, "argv", [])
    assert run(capsys, "plan", "attach", "tingzhou_2031_12", second_city)[0] == 0
    code, out = run(capsys, "pack", "check", "--json")
    report = json.loads(out)

    assert (code, report["faults"]) == (0, [])
    assert report["pack"] == "tingzhou_2031_12"
    assert report["text"] == {
        "measures": 2, "sentences": 2, "office_mentions": 3, "quotes": 5, "numbers": 8, "numbers_of_commitments": 3, "numbers_explained": 5,
    }  # fmt: skip
    assert run(capsys, "pack", "trace", "12/1/1")[0] == 0
    assert run(capsys, "pack", "check", "--strict")[0] == 1


def test_the_recipe_names_every_file_of_the_template():
    recipe = (ROOT / "docs" / "recipes" / "new_city.md").read_text(encoding="utf-8")
    files = {path.relative_to(TEMPLATE).as_posix() for path in TEMPLATE.rglob("*") if path.is_file()} - {"README.md", "official.txt"}

    assert [file for file in sorted(files) if file not in recipe] == []
