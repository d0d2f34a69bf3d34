"""The small passes one by one, each against a rule worked out by hand or a short slow reference."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plantext_cast import grants, imported, numbers, one
from yunxing.engines.plantext.amount import Amount
from yunxing.engines.plantext.brackets import groups
from yunxing.engines.plantext.clean import clean
from yunxing.engines.plantext.lines import lines
from yunxing.engines.plantext.marks import candidates
from yunxing.engines.plantext.numerals import parse_han, parse_value
from yunxing.engines.plantext.tail import citations, effects, signed
from yunxing.engines.plantext.units import base, is_money, is_share
from yunxing.engines.plantext.view import View, bracket_pairs, depths

SIGNS = st.text(alphabet="甲乙（）〔〕“”\n 1,.", max_size=60)


# --- the view ---


@given(SIGNS)
def test_each_sign_of_the_view_stands_at_its_raw_place_and_places_only_rise(raw):
    view = clean(raw)

    assert len(view.text) == len(view.origin)
    assert all(a < b for a, b in zip(view.origin, view.origin[1:], strict=False))
    assert all(0 <= at < len(raw) for at in view.origin)


@given(SIGNS, st.data())
def test_a_raw_span_holds_the_words_of_the_view_and_the_way_back_is_the_same(raw, data):
    view = clean(raw)
    if not view.text:
        return
    start = data.draw(st.integers(0, len(view.text) - 1))
    end = data.draw(st.integers(start + 1, len(view.text)))
    a, b = view.raw(start, end)

    assert clean(raw[a:b]).text.replace("\n", "").replace("，", ",") == view.text[start:end].replace("\n", "").replace("，", ",")
    assert (view.at(a), view.at(b - 1)) == (start, end - 1)


def test_an_empty_span_stays_empty_at_every_end():
    view = View("甲乙", (3, 7))

    assert [view.raw(n, n) for n in (0, 1, 2)] == [(3, 3), (7, 7), (8, 8)]
    assert View("", ()).raw(0, 0) == (0, 0)


@given(SIGNS, st.sets(st.integers(0, 59)))
def test_a_view_without_some_signs_keeps_the_places_of_the_others(raw, dropped):
    view = clean(raw)
    left = view.without(dropped)

    assert list(zip(left.text, left.origin, strict=True)) == [
        (sign, at) for i, (sign, at) in enumerate(zip(view.text, view.origin, strict=True)) if i not in dropped
    ]
    assert {left.origin[g] for g in left.gaps if g < len(left.origin)} <= {view.origin[g] for g in view.gaps if g < len(view.origin)}


def slow_pairs(text: str) -> list[tuple[int, int]]:
    """For each opening sign that stands at depth 0, the first later place of its line where the count is level again."""
    out, at = [], 0
    while at < len(text):
        if text[at] != "（":
            at += 1
            continue
        level = 0
        for end in range(at, len(text)):
            level += (text[end] == "（") - (text[end] == "）")
            if level == 0 or text[end] == "\n":
                break
        if level == 0 and text[end] == "）":
            out.append((at, end + 1))
            at = end + 1
        elif text[end] == "\n":
            at = end + 1
        else:
            break
    return out


@given(st.text(alphabet="（）甲\n", max_size=40))
def test_outermost_brackets_are_those_of_a_slow_count(text):
    assert bracket_pairs(text) == slow_pairs(text)


@given(st.text(alphabet="（）甲\n", max_size=40))
def test_the_depth_of_a_place_is_what_is_open_on_its_line(text):
    found = depths(text, "（", "）")
    for at in range(len(text)):
        open_ = 0
        for sign in text[text.rfind("\n", 0, at) + 1 : at]:
            open_ = max(0, open_ + (sign == "（") - (sign == "）"))
        assert found[at] == open_ + (text[at] == "（")


# --- numerals and units ---


def spoken(n: int) -> str:
    """The usual Chinese words of 1 to 9999, made digit by digit."""
    words, gap = "", False
    for power, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // power % 10
        if digit:
            words += ("零" if gap and words else "") + "零一二三四五六七八九"[digit] + sign
            gap = False
        else:
            gap = True
    return words.removeprefix("一") if 10 <= n < 20 else words


@given(st.integers(1, 9999))
def test_every_spoken_number_reads_back(n):
    assert parse_han(spoken(n)) == n


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_great_powers_multiply_what_stands_before_them(high, low):
    assert parse_han(f"{spoken(high)}万") == high * 10_000
    assert parse_han(f"{spoken(high)}亿") == high * 100_000_000
    assert parse_han(f"{spoken(high)}万亿") == high * 10**12
    assert parse_han(f"{spoken(high)}万{'零' if low < 1000 else ''}{spoken(low)}") == high * 10_000 + low


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_thousands_marks_and_points_are_exact(whole, cents):
    assert parse_value(f"{whole:,}.{cents:02d}") == Fraction(whole * 100 + cents, 100)


@pytest.mark.parametrize("words", ["", "甲", "1.", "1.2.3", "万企", "一甲"])
def test_what_is_no_numeral_gives_no_value(words):
    assert parse_value(words) is None


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1, "元", (1, "yuan")),
        (1, "百元", (100, "yuan")),
        (1, "千元", (1000, "yuan")),
        (1, "万元", (10**4, "yuan")),
        (1, "十万元", (10**5, "yuan")),
        (1, "百万元", (10**6, "yuan")),
        (1, "千万元", (10**7, "yuan")),
        (1, "亿元", (10**8, "yuan")),
        (1, "十亿元", (10**9, "yuan")),
        (1, "百亿元", (10**10, "yuan")),
        (1, "千亿元", (10**11, "yuan")),
        (1, "万亿元", (10**12, "yuan")),
        (2, "万", (20_000, "yuan")),
        (2, "万元/年", (20_000, "yuan")),
        (3, "吨", (3, "t")),
        (3, "万吨", (30_000, "t")),
        (500, "公斤", (Fraction(1, 2), "t")),
        (500, "千克", (Fraction(1, 2), "t")),
        (7, "天", (7, "d")),
        (7, "日", (7, "d")),
        (7, "个工作日", (7, "working d")),
        (7, "工作日", (7, "working d")),
    ],
)
def test_a_unit_in_yuan_tonnes_or_days(value, unit, expected):
    assert base(Fraction(value), unit) == (Fraction(expected[0]), expected[1])


@pytest.mark.parametrize("unit", ["家", "万户", "%", "万千瓦时", "美元", "万美元", "平方米", "个月", "年"])
def test_a_unit_of_another_kind_has_no_base(unit):
    assert base(Fraction(1), unit) is None


@pytest.mark.parametrize(
    ("unit", "money", "share"),
    [
        ("元", True, False),
        ("万元/亩", True, False),
        ("亿", True, False),
        ("万美元", False, False),
        ("港元", False, False),
        ("%", False, True),
        ("‰", False, True),
        ("折", False, True),
        ("成", False, True),
        ("百分点", False, False),
        ("倍", False, False),
        ("家", False, False),
    ],
)
def test_what_is_money_and_what_is_a_share(unit, money, share):
    assert (is_money(unit), is_share(unit)) == (money, share)


@pytest.mark.parametrize(
    ("low", "high", "ratio", "shown"),
    [("5", "5", "", 5), ("1/2", "1/2", "", 0.5), ("5", "20", "", "5-20"), ("1/2", "3", "", "0.5-3"), ("0", "0", "5:5", "5:5")],
)
def test_an_amount_shows_the_value_as_printed(low, high, ratio, shown):
    assert Amount(0, 1, "", Fraction(low), Fraction(high), "%", ratio=ratio).value == shown


# --- marks ---


@pytest.mark.parametrize(
    ("text", "style", "number"),
    [
        ("第三章 总则", "chapter", 3),
        ("第二编 总则", "chapter", 2),
        ("第一部分 回顾", "chapter", 1),
        ("十一、任务", "han", 11),
        ("第十二条 任务", "article", 12),
        ("第12条 任务", "article", 12),
        ("（二十）任务", "han_in", 20),
        ("12.任务", "digit", 12),
        ("12、任务", "digit", 12),
        ("(3)任务", "digit_in", 3),
        ("3)任务", "digit_half", 3),
        ("１２．任务", "digit", 12),
        ("( 二 )任务", "han_in", 2),
        ("第 1 2 条 任务", "article", 12),
    ],
)
def test_each_style_of_numbering_at_a_line_start(text, style, number):
    (mark,) = candidates(clean(text))

    assert (mark.style, mark.number, mark.start, mark.firm) == (style, number, 0, 3)


@pytest.mark.parametrize(
    "text",
    [
        "0.任务",
        "第一条例",
        "1.5万元",
        "（一）至（三）项",
        "（一）、（二）两项",
        "第一章的规定",
        "2022.5",
        "一、二类企业",
        "一、二产业",
        "第三部分地区",
    ],
)
def test_what_only_looks_like_numbering_is_no_candidate(text):
    assert [m.printed for m in candidates(clean(text)) if m.start == 0] == []


@pytest.mark.parametrize(
    ("before", "firm"),
    [("。", 1), ("；", 1), ("！", 1), ("？", 1), ("：", 1), ("）", 1), ("”", 1), ("\n", 3), ("　　", 2), ("甲", 0), ("，", 0)],
)
def test_how_plainly_an_item_begins_hangs_on_the_sign_before_it(before, firm):
    marks = candidates(clean(f"甲{before}（二）乙"))

    assert [m.firm for m in marks] == [firm]


# --- lines ---


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("一、任务\n抓好项目，\n抓好资金。", "一、任务\n抓好项目，抓好资金。"),
        ("一、任务\n补助200\n万元。", "一、任务\n补助200万元。"),
        ("一、任务\n抓好项目\n，抓好资金。", "一、任务\n抓好项目，抓好资金。"),
        ("一、任务\n抓好。（市财政局、市\n商务局负责）", "一、任务\n抓好。（市财政局、市商务局负责）"),
        ("一、任务\n抓好项目。\n抓好资金。", "一、任务\n抓好项目。\n抓好资金。"),
        ("一、任务\n抓好，\n二、任务", "一、任务\n抓好，\n二、任务"),
        ("一、任务\n（甲局负责\n二、任务）", "一、任务\n（甲局负责\n二、任务）"),
        ("一、任务\n抓好，\n2022年5月27日", "一、任务\n抓好，\n2022年5月27日"),
        ("前言，\n后语\n一、任务", "前言，\n后语\n一、任务"),
    ],
)
def test_a_line_end_inside_a_sentence_a_number_or_a_bracket_is_soft(text, joined):
    assert lines(clean(text)).text == joined


@given(SIGNS)
def test_joining_lines_takes_away_line_ends_only(raw):
    view = clean(raw)

    assert lines(view).text.replace("\n", "") == view.text.replace("\n", "")


# --- responsible bodies ---


def offices(words: str) -> list[tuple[str, str]]:
    return [(o.name, o.role) for g in groups(clean(f"抓好落实。{words}")) for o in g.offices]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("（市财政局负责）", [("市财政局", "responsible")]),
        ("(市财政局负责)", [("市财政局", "responsible")]),
        ("〔市财政局负责〕", [("市财政局", "responsible")]),
        ("[市财政局负责]", [("市财政局", "responsible")]),
        ("（责任单位：市财政局、市商务局）", [("市财政局", "responsible"), ("市商务局", "responsible")]),
        ("（责任单位:市财政局,市商务局）", [("市财政局", "responsible"), ("市商务局", "responsible")]),
        ("（市财政局）", [("市财政局", "responsible")]),
        ("（市财政局牵头，市商务局配合）", [("市财政局", "lead"), ("市商务局", "support")]),
        ("（牵头单位：市财政局；配合单位：市商务局）", [("市财政局", "lead"), ("市商务局", "support")]),
        ("（市财政局牵头，市商务局、市税务局按职责分工负责）", [("市财政局", "lead"), ("市商务局", "shared"), ("市税务局", "shared")]),
        ("（市财政局、市商务局按职责分工负责）", [("市财政局", "shared"), ("市商务局", "shared")]),
        ("（市财政局和市商务局负责）", [("市财政局", "responsible"), ("市商务局", "responsible")]),
        ("（市发展和改革委员会负责）", [("市发展和改革委员会", "responsible")]),
        (
            "（市工业和信息化局、市人力资源和社会保障局负责）",
            [("市工业和信息化局", "responsible"), ("市人力资源和社会保障局", "responsible")],
        ),
        ("〔各市（含甲州、乙集市，下同）人民政府负责〕", [("各市人民政府", "responsible")]),
        ("（市财政局会同有关部门负责）", [("市财政局", "responsible")]),
    ],
)
def test_bodies_and_roles_of_each_form_of_bracket(words, expected):
    assert offices(words) == expected


@pytest.mark.parametrize(
    ("words", "open_"),
    [
        ("（市财政局等部门负责）", True),
        ("（市财政局等有关部门按职责分工负责）", True),
        ("（市财政局会同有关部门负责）", True),
        ("（市财政局、市商务局负责）", False),
    ],
)
def test_an_open_list_says_that_it_is_open(words, open_):
    (group,) = groups(clean(f"抓好落实。{words}"))

    assert group.open is open_
    assert group.offices[0].name == "市财政局"


@pytest.mark.parametrize(
    "words",
    [
        "（以下简称甲）",
        "（含5个）",
        "（2022年）",
        "（试行）",
        "（详见附件）",
        "（）",
        "（市财政局负责",
        "（甲办发〔2022〕1号）",
        "（" + "市财政局、" * 130 + "负责）",
    ],
)
def test_a_bracket_without_bodies_is_none_of_responsibility(words):
    assert offices(words) == []


NAMES = st.lists(
    st.sampled_from(["市财政局", "市商务局", "市发展和改革委员会", "市税务局", "县人民政府", "市生态环境局", "各银行"]),
    min_size=1,
    max_size=6,
    unique=True,
)


@given(
    NAMES,
    st.sampled_from(["、", "，"]),
    st.sampled_from([("负责", "responsible"), ("牵头", "lead"), ("配合", "support"), ("按职责分工负责", "shared")]),
)
def test_every_list_of_bodies_gives_each_once_in_order_with_its_span(names, sign, verb):
    view = clean(f"抓好落实。（{sign.join(names)}{verb[0]}）")
    (group,) = groups(view)

    assert [(o.name, o.role) for o in group.offices] == [(n, verb[1]) for n in names]
    assert [view.text[o.start : o.end] for o in group.offices] == names


@given(NAMES)
def test_position_alone_never_makes_a_lead(names):
    """Without a rule (下同) staff decide who leads: no body is a lead because it stands first."""
    assert all(role != "lead" for _, role in offices(f"（{'、'.join(names)}负责）"))


# --- comparators on numbers of every size ---


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 99999),
    st.sampled_from(["万元", "亿元", "家", "%", "吨"]),
    st.sampled_from(
        [
            ("最高{}", "<="),
            ("不超过{}", "<="),
            ("{}以内", "<="),
            ("{}以上", ">="),
            ("不低于{}", ">="),
            ("{}以下", "<"),
            ("{}（含）以下", "<="),
            ("超过{}", ">"),
            ("{}左右", "~"),
        ]
    ),
)
def test_a_cue_means_the_same_with_every_number_and_unit(value, unit, cue):
    assert numbers(f"年度规模{cue[0].format(f'{value}{unit}')}。") == [(value, unit, cue[1])]


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 9999), st.sampled_from(["最高", "不超过", "最高不超过", "最多"]))
def test_a_ceiling_in_yuan_is_exact_and_never_an_amount(value, cue):
    """The money error of the design: 最高 x read as a grant of x."""
    assert grants(f"对首次认定的企业给予{cue}{value}万元奖励。") == [(None, None, value * 10_000)]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 900), min_size=2, max_size=4))
def test_respective_amounts_go_one_to_one_for_every_length(sums):
    names = ["国家级示范社", "省级示范社", "市级示范社", "县级示范社"][: len(sums)]
    rows = one(f"对评为{'、'.join(names)}的，分别奖励{'、'.join(f'{n}万元' for n in sums)}。").subsidies

    assert [(row.base, row.amount) for row in rows] == [(n, x * 1e4) for n, x in zip(names, sums, strict=True)]


# --- head and tail ---


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("2022年5月27日", "2022-05-27"),
        ("２０２２年５月２７日", "2022-05-27"),
        ("2 0 2 2年5月2 7日", "2022-05-27"),
        ("二〇二二年五月二十七日", "2022-05-27"),
        ("二○二二年十二月三十一日", "2022-12-31"),
        ("2024年2月29日", "2024-02-29"),
        ("2022年2月29日", None),
        ("2022年13月1日", None),
        ("2022年4月31日", None),
        ("2022年5月27日起施行", None),
        ("自2022年5月27日", None),
    ],
)
def test_the_day_under_the_signature(printed, iso):
    assert signed(clean(f"一、任务\n抓好落实。\n某市人民政府\n{printed}")).date == iso


def test_signatories_stand_in_order_and_run_together_names_are_parted():
    assert signed(clean("抓好落实。\n某市财政局　　某市商务局\n某市税务局\n2022年5月27日")).issuers == [
        "某市财政局",
        "某市商务局",
        "某市税务局",
    ]
    assert signed(clean("抓好落实。\n某市财政局某市商务局\n2022年5月27日")).issuers == ["某市财政局", "某市商务局"]


def test_the_date_of_a_link_below_is_not_the_date_of_the_document():
    text = "抓好落实。\n某市人民政府\n2022年5月27日\n政策解读：某措施解读 2022年6月3日\n"

    assert signed(clean(text)).date == "2022-05-27"


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("本措施自2022年6月1日起施行。", [("in_force_from", "2022年6月1日")]),
        ("本措施自印发之日起施行，有效期3年。", [("in_force_from", "印发"), ("valid_for", "3年")]),
        ("本办法有效期至2025年12月31日。", [("valid_until", "2025年12月31日")]),
        ("《某办法》同时废止。", [("repeals", None)]),
        ("原政策停止执行。", [("suspends", None)]),
        ("药品有效期3年。", []),
        ("抓好落实。", []),
    ],
)
def test_facts_of_validity_with_their_values(sentence, facts):
    assert [(f.kind, f.value) for f in effects(clean(sentence))] == facts


def test_a_cited_document_is_named_once_and_the_plans_own_never():
    text = clean(
        "按照《国家意见》（国发〔2022〕12号）和《省方案》要求，落实《国家意见》（国发〔2022〕12号）。见《某市措施》（某发〔2022〕1号）。"
    )

    assert [(c.title, c.number) for c in citations(text, "某市措施", "某发〔2022〕1号")] == [
        ("国家意见", "国发〔2022〕12号"),
        ("省方案", None),
    ]


@pytest.mark.parametrize(
    "printed", ["某发〔2022〕273号", "某发[2022]273号", "某发〔2022〕 273号", "某 发〔 2022 〕273 号", "某发【2022】２７３号"]
)
def test_a_number_with_other_brackets_or_blanks_is_the_same_number(printed):
    plan = imported(f"关于某事的通知\n某市{printed}\n各县人民政府：\n一、任务。抓好落实。\n二、任务。抓好落实。\n")

    assert plan.doc_number == "某市某发〔2022〕273号"


def test_a_cited_number_is_not_taken_for_the_plans_own():
    plan = imported(
        "关于某事的通知\n各县人民政府：\n根据《国家意见》（国发〔2022〕12号），制定本措施。\n一、任务。抓好落实。\n二、任务。抓好落实。\n"
    )

    assert plan.doc_number is None
    assert [c.doc_number for c in plan.citations] == ["国发〔2022〕12号"]


def test_a_draft_without_an_address_says_so():
    from yunxing.engines.plantext import import_text

    assert any("source address" in w for w in import_text("一、任务。抓好。", "a.txt").warnings)
    assert not any("source address" in w for w in imported("一、任务。抓好。").warnings)


def test_the_hash_is_that_of_the_raw_text_and_odd_code_points_have_one_too():
    from hashlib import sha256

    from yunxing.engines.plantext import import_text

    assert import_text("甲\r\n乙", "a").sha256 == sha256("甲\r\n乙".encode()).hexdigest()
    assert len(import_text("\ud800一、任务", "a").sha256) == 64
