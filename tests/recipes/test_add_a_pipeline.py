"""docs/recipes/add_a_pipeline.md, performed: the block on the page goes into a copy of the plan, the plan still holds, and an item walks its whole way."""

import datetime as dt
import re
import shutil
from pathlib import Path

from pack_cast import PLAN, ROOT, change
from yunxing.city.chance import stream
from yunxing.city.items import Place, item_along, way_to
from yunxing.flows.simulate_items import decided
from yunxing.packs.check import check
from yunxing.packs.pack import load_pack
from yunxing.values.office_hours import WorkingTime
from yunxing.values.workdays import Calendar

PAGE = ROOT / "docs" / "recipes" / "add_a_pipeline.md"


def test_the_recipe(tmp_path):
    table, examples = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    pack = Path(shutil.copytree(PLAN, tmp_path / "pack"))
    before = check(load_pack(pack), None)
    (pack / "pipelines" / "green.toml").write_text(table, encoding="utf-8")
    (pack / "pipelines" / "examples" / "green.toml").write_text(examples, encoding="utf-8")
    change(pack, "measures.toml", '"pipeline:carbon_pilots"', '"pipeline:carbon_pilots", "pipeline:green_factories"')
    report = check(load_pack(pack), None)

    assert before.holds
    assert report.holds, report.lines()
    loaded = load_pack(pack)
    pipeline, table = loaded.load_section("walked")["pipeline_green_factories"], loaded.load_section("cases")["pipeline_green_factories"]
    last = dt.date(2022, 11, 8)
    place = Place([("E1", "企业一", "371602")], [], ["371602"], last)
    item = item_along(pipeline, place, way_to(pipeline, "recognised"), 0, stream(1, "recipe"))
    decisions, actual = decided(item, "C-1", table, WorkingTime(Calendar(last), table.hours), Calendar(last))

    assert [one.case.state for one in decisions] == ["nurtured", "filed", "recognised"]
    assert set(actual) == {"nurtured", "filed", "recognised"}
    assert decisions[1].case.data["saving"] >= 100
