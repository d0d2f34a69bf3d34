"""The outline: which numbering is real, which items are measures, where each begins and ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plantext_cast import imported
from yunxing.engines.plantext.clean import clean
from yunxing.engines.plantext.heads import PRINCIPLES, heads
from yunxing.engines.plantext.marks import candidates
from yunxing.engines.plantext.tree import tree, walk

HAN = "一二三四五六七八九"


def outline(text: str) -> list[tuple[int, str]]:
    return [(node.depth, node.mark.printed) for node in walk(tree(clean(text)))]


def measures(text: str) -> list[tuple[str, str | None]]:
    return [(m.number, m.title) for m in imported(text).measures]


@pytest.mark.parametrize(
    "text",
    [
        "按照第（一）项规定办理",
        "一、二、三类新药",
        "发展第二、三产业",
        "约1.5万元",
        "比例为3.5.2",
        "十九届二中、三中全会",
        "（一）至（三）项",
    ],
)
def test_what_only_looks_like_numbering_is_no_item(text):
    assert outline(f"前言。{text}。") == []


def test_inner_numbering_runs_on_over_sections():
    text = "一、甲\n1.子。做事。\n2.丑。做事。\n二、乙\n3.寅。做事。\n"

    assert outline(text) == [(0, "一"), (1, "1"), (1, "2"), (0, "二"), (1, "3")]


def test_inner_numbering_may_restart_and_ids_then_carry_the_section():
    plan = imported("某方案\n一、甲\n（一）子。做事情。\n（二）丑。做事情。\n二、乙\n（一）寅。做事情。\n")

    assert [m.id for m in plan.measures] == ["一-一", "一-二", "二-一"]
    assert [m.section for m in plan.measures] == ["一", "一", "二"]


def test_all_levels_glued_in_one_line_are_found():
    text = "为此制定本方案。一、总的要求（一）指导思想。做好。二、主要任务（一）加强规划。1.优化布局。抓好落实。2.保障用地。抓好落实。（二）营造环境。1.提升能力。抓好落实。"

    assert [n for _, n in outline(text)] == ["一", "一", "二", "一", "1", "2", "二", "1"]


def test_a_number_that_stands_twice_is_kept_as_printed_and_said():
    plan = imported("某方案\n一、甲\n（一）子。做事情。\n二、乙\n（一）丑。做事情。\n二、丙\n（一）寅。做事情。\n")

    assert [s.number for s in plan.sections] == ["一", "二", "二"]
    assert "待确认" in plan.sections[2].reason


@given(st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_a_regular_outline_is_found_whole_flat_or_not(sections, items, flat):
    text = "前言说明。\n"
    for s in range(sections):
        text += f"{HAN[s]}、章节名称\n" + "".join(f"（{HAN[i]}）条目名称。抓好各项工作落实。\n" for i in range(items))
    found = outline(text.replace("\n", "") if flat else text)

    assert len(found) == sections * (items + 1)


def test_principles_and_aims_hold_no_measures_and_safeguards_do():
    text = "某方案\n一、总体要求\n（一）指导思想。坚持发展。\n（二）基本原则。坚持稳中求进。\n二、主要任务\n（三）扩大投资。抓好项目。\n三、保障措施\n（四）加强领导。建立机制。\n"

    assert [n for n, _ in measures(text)] == ["三", "四"]


@pytest.mark.parametrize("name", ["总体要求", "指导思想", "基本原则", "发展目标", "主要目标", "工作目标", "总体思路", "总体要求和主要目标"])
def test_names_of_principle(name):
    assert PRINCIPLES.match(name)


@pytest.mark.parametrize("name", ["主要任务", "重点任务", "保障措施", "支持政策", "加快创新", "支持范围", "目标引领行动"])
def test_names_of_work(name):
    assert not PRINCIPLES.match(name)


def test_where_only_some_items_are_divided_the_item_is_the_measure():
    text = "某意见\n一、支持\n（一）投资支持。\n1.新上项目给予支持。\n2.重大项目专门研究。\n（二）研发支持。按规定给予支持。\n"

    assert [n for n, _ in measures(text)] == ["一", "二"]


def test_where_all_items_are_divided_the_divisions_are_the_measures():
    text = "某意见\n一、任务\n（一）打造中心。\n1.拓展市场。推广试点。（甲局负责）\n2.释放产能。承接加工。（乙局负责）\n（二）推动创新。\n3.促进研发。免于许可。（甲局负责）\n"
    plan = imported(text)

    assert [m.number for m in plan.measures] == ["1", "2", "3"]
    assert [s.number for s in plan.sections] == ["一", "一-一", "一-二"]


def test_a_document_of_one_level():
    plan = imported("关于稳产的通知\n一、加大稳岗支持。返还失业保险费。（甲局负责）\n二、降低成本。减收费用。（乙局负责）\n")

    assert measures("关于稳产的通知\n一、加大稳岗支持。返还失业保险费。（甲局负责）\n二、降低成本。减收费用。（乙局负责）\n") == [
        ("一", "加大稳岗支持"),
        ("二", "降低成本"),
    ]
    assert plan.sections == []
    assert {m.section for m in plan.measures} == {None}


def test_where_most_sections_are_undivided_they_are_measures_too():
    body = "".join(f"{n}、任务{n}\n抓好各项工作落实，务求取得实效。\n" for n in "一二三四")
    text = f"某意见\n{body}五、组织保障\n（一）加强领导。建立机制。\n（二）加强督导。建立台账。\n"

    assert [m.number for m in imported(text).measures] == ["一", "二", "三", "四", "一", "二"]


def test_an_outer_level_that_begins_late_is_found():
    text = "某办法\n第一条　为发展制定。\n第二条　基本原则。\n第二章　职责\n第三条　成立小组。\n"

    assert outline(text) == [(0, "一"), (0, "二"), (0, "二"), (1, "三")]


def test_the_list_of_an_annex_is_no_part_of_the_last_item():
    text = "某方案\n一、保障\n（一）加强领导。成立小组。\n（二）加大投入。安排资金。\n附件：项目清单\n1.项目甲\n2.项目乙\n"
    plan = imported(text)

    assert [m.number for m in plan.measures] == ["一", "二"]
    assert text[plan.measures[1].start : plan.measures[1].end] == "（二）加大投入。安排资金。"


def test_a_time_limit_after_the_offices_belongs_to_the_measure():
    text = "某方案\n一、任务\n（一）抓项目。开工一批。责任单位：市发改委。完成时限：2023年12月。\n（二）抓运行。强化监测。责任单位：市工信局。\n"
    first = imported(text).measures[0]

    assert text[first.start : first.end].endswith("2023年12月")
    assert [d.date for d in first.deadlines] == ["2023-12-31"]


def test_articles_are_measures_under_chapters():
    text = "某办法\n第一章　总则\n第 一 条　为发展制定本办法。\n第二章　标准\n第二条　按规定补助。符合第一条规定的除外。\n第十 二条　给予补助。\n"
    plan = imported(text)

    assert [m.number for m in plan.measures] == ["一", "二", "十二"]
    assert [m.section for m in plan.measures] == ["一", "二", "二"]
    assert "待确认" in plan.measures[2].reason


def test_an_untitled_measure_has_no_title():
    text = "某政策\n一、内容\n1.对首次升规的企业给予10万元奖励。对再次升规的企业给予5万元奖励。\n2.支持企业申报项目。\n3.加强服务。建立专班，及时解决问题。\n"

    assert [t for _, t in measures(text)] == [None, None, "加强服务"]


def test_items_of_the_notice_are_no_measures():
    text = (
        "某办公室关于印发《某措施》的通知\n各市人民政府：\n现印发给你们。\n一、要高度重视，抓好落实。\n二、各单位确定联络员。\n某办公室\n2021年3月11日\n某措施\n"
        "一、加大支持力度\n（一）增加信贷。做好服务。（甲局）\n（二）扩大融资。做好服务。（乙局）\n二、营造环境\n（三）优化服务。做好服务。（丙局）\n"
    )
    plan = imported(text)

    assert [m.number for m in plan.measures] == ["一", "二", "三"]
    assert any("notice" in w for w in plan.warnings)


def test_a_second_copy_of_the_text_is_left_out_and_said():
    body = "一、甲项工作\n（一）子项工作。抓好落实。（甲局负责）\n（二）丑项工作。抓好落实。（乙局负责）\n"
    plan = imported("某方案\n" + body + body)

    assert len(plan.measures) == 2
    assert any("twice" in w for w in plan.warnings)


def test_a_measure_ends_with_its_bracket_and_not_with_the_closing_words():
    text = "某方案\n一、任务\n1.做好工作。抓落实。（甲局负责）\n2.做好服务。抓落实。（乙局负责）\n各地要结合实际抓好落实。\n某市人民政府\n2022年5月27日\n"
    plan = imported(text)

    assert [text[m.start : m.end] for m in plan.measures] == ["1.做好工作。抓落实。（甲局负责）", "2.做好服务。抓落实。（乙局负责）"]


def test_a_last_measure_without_a_bracket_ends_before_signature_and_site_scraps():
    for closing in ("某市人民政府2022年5月27日", "本措施自印发之日起施行。", "政策解读：如何落实"):
        text = f"某方案一、任务（一）做好工作。抓好落实。（二）做好服务。抓好服务。{closing}"
        last = imported(text).measures[-1]

        assert text[last.start : last.end] == "（二）做好服务。抓好服务。"


def test_a_text_without_numbering_gives_no_measure_and_says_so():
    plan = imported("这是一段没有编号的文字。")

    assert plan.measures == []
    assert any("待确认" in w for w in plan.warnings)


def test_headings_glued_to_their_text_end_where_sentences_begin():
    view = clean("一、总体要求以下内容很长" + "内容" * 40)
    roots = tree(view)
    heads(view, roots)

    assert roots[0].title == "总体要求"


def test_candidates_say_how_plainly_they_begin():
    marks = candidates(clean("一、甲。二、乙丙三、丁。　　四、戊"))

    assert [(m.printed, m.firm) for m in marks] == [("一", 3), ("二", 1), ("三", 0), ("四", 2)]


@pytest.mark.parametrize(
    "line", ["第一条（目的）为发展制定。", "第一条 规定本县范围。", "（一）项目建设。抓好落实。", "（一）条件保障。抓好落实。"]
)
def test_what_looks_like_a_reference_still_begins_an_item_at_a_line_start(line):
    assert outline(f"前言。\n{line}\n") == [(0, "一")]


def test_an_article_that_is_referred_to_begins_nothing():
    assert outline("前言。\n第一条　甲。\n第二条　符合条件的除外。第一条规定的从其规定。\n") == [(0, "一"), (0, "二")]
