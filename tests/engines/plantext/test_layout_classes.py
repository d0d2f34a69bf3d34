"""Every layout class of real texts in small: whole, flattened, glued, spaced and widened copies give the same measures, and every offset stands."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plantext_cast import fold, imported, spans, structure

HAN = [
    "一",
    "二",
    "三",
    "四",
    "五",
    "六",
    "七",
    "八",
    "九",
    "十",
    "十一",
    "十二",
    "十三",
    "十四",
    "十五",
    "十六",
    "十七",
    "十八",
    "十九",
    "二十",
]
END = "某市人民政府\n2022年5月27日\n"
TASK = "抓好各项工作落实。"

# (name of the class, text, [(number, section, words of the measure)])
CLASSES = {
    "points run on over sections": (
        "某市若干措施\n一、扩大需求\n1.扩大投资。抓好项目。（甲局负责）\n2.促进消费。办好活动。（乙局负责）\n二、降低成本\n3.降低电价。抓好落实。（丙局负责）\n"
        + END,
        [
            ("1", "一", "1.扩大投资。抓好项目。（甲局负责）"),
            ("2", "一", "2.促进消费。办好活动。（乙局负责）"),
            ("3", "二", "3.降低电价。抓好落实。（丙局负责）"),
        ],
    ),
    "bracketed items start again": (
        "某市若干措施\n一、扩大需求\n（一）扩大投资。抓好项目。（甲局负责）\n（二）促进消费。办好活动。（乙局负责）\n二、降低成本\n（一）降低电价。抓好落实。（丙局负责）\n"
        + END,
        [
            ("一", "一", "（一）扩大投资。抓好项目。（甲局负责）"),
            ("二", "一", "（二）促进消费。办好活动。（乙局负责）"),
            ("一", "二", "（一）降低电价。抓好落实。（丙局负责）"),
        ],
    ),
    "bracketed items run on": (
        "某市若干措施\n一、扩大需求\n（一）扩大投资。抓好项目。（甲局负责）\n二、降低成本\n（二）降低电价。抓好落实。（丙局负责）\n（三）降低气价。抓好落实。（丁局负责）\n"
        + END,
        [
            ("一", "一", "（一）扩大投资。抓好项目。（甲局负责）"),
            ("二", "二", "（二）降低电价。抓好落实。（丙局负责）"),
            ("三", "二", "（三）降低气价。抓好落实。（丁局负责）"),
        ],
    ),
    "one level": (
        "某市若干措施\n一、扩大投资。抓好项目。（甲局负责）\n二、促进消费。办好活动。（乙局负责）\n三、降低电价。抓好落实。（丙局负责）\n"
        + END,
        [
            ("一", None, "一、扩大投资。抓好项目。（甲局负责）"),
            ("二", None, "二、促进消费。办好活动。（乙局负责）"),
            ("三", None, "三、降低电价。抓好落实。（丙局负责）"),
        ],
    ),
    "articles": (
        "某市管理办法\n第一条 为规范管理制定本办法。\n第二条 对首次认定的企业给予10万元奖励。\n第三条 市工信局负责组织实施。\n",
        [
            ("一", None, "第一条为规范管理制定本办法。"),
            ("二", None, "第二条对首次认定的企业给予10万元奖励。"),
            ("三", None, "第三条市工信局负责组织实施。"),
        ],
    ),
    "two section levels": (
        "某市若干措施\n一、扩大需求\n（一）扩大投资\n1.抓项目。加快开工。（甲局负责）\n2.抓资金。加快拨付。（乙局负责）\n（二）促进消费\n1.办活动。发放票券。（丙局负责）\n"
        + END,
        [
            ("1", "一", "1.抓项目。加快开工。（甲局负责）"),
            ("2", "一", "2.抓资金。加快拨付。（乙局负责）"),
            ("1", "一", "1.办活动。发放票券。（丙局负责）"),
        ],
    ),
    "some items are divided": (
        "某市若干措施\n一、支持政策\n（一）支持投资。支持内容如下。\n1.新建项目优先办理。\n2.改建项目专班服务。\n（二）支持研发。按照规定优先办理。\n"
        + END,
        [
            ("一", "一", "（一）支持投资。支持内容如下。1.新建项目优先办理。2.改建项目专班服务。"),
            ("二", "一", "（二）支持研发。按照规定优先办理。"),
        ],
    ),
}


def flattened(text: str) -> str:
    return text.replace("\n", "")


def spaced(text: str) -> str:
    return "".join(sign + (" " if i % 4 == 1 and sign != "\n" else "") for i, sign in enumerate(text))


def every(text: str) -> str:
    return "".join(sign if sign == "\n" else sign + " " for sign in text)


def widened(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isascii() and sign.isdigit() else sign for sign in text)


def narrowed(text: str) -> str:
    return text.replace("（", "(").replace("）", ")").replace("，", ",").replace("；", ";")


def windows(text: str) -> str:
    return "\ufeff" + text.replace("\n", "\r\n")


def airy(text: str) -> str:
    return text.replace("\n", "\n\n　　")


def hidden(text: str) -> str:
    return text.replace("责", "\u200b责").replace("。", "。\u00ad")


DAMAGES = [flattened, spaced, every, widened, narrowed, windows, airy, hidden]


@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_a_layout_class_gives_its_measures_with_number_section_and_words(kind):
    text, expected = CLASSES[kind]
    plan = imported(text)

    assert [(m.number, m.section, fold(text[m.start : m.end])) for m in plan.measures] == [(n, s, fold(w)) for n, s, w in expected]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda f: f.__name__)
@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_a_damaged_copy_of_a_layout_class_gives_the_same_measures(kind, damage):
    text, _ = CLASSES[kind]

    assert structure(damage(text)) == structure(text)
    assert [number for number, _ in spans(damage(text))] == [number for number, _ in spans(text)]


@pytest.mark.parametrize("damage", [spaced, every, widened, narrowed, windows, airy], ids=lambda f: f.__name__)
@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_offsets_of_a_damaged_copy_point_at_the_same_words(kind, damage):
    text, _ = CLASSES[kind]
    words = [(number, fold(span)) for number, span in spans(text)]

    assert [(number, fold(span)) for number, span in spans(damage(text))] == words


@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_what_stands_before_the_text_only_moves_its_offsets(kind):
    """A blank head of n signs moves every offset by n and changes nothing else."""
    text, _ = CLASSES[kind]
    for head in ("\n", "\n\n　　\n", "\ufeff", "   \r\n"):
        moved = imported(head + text)
        assert [(m.start - len(head), m.end - len(head)) for m in moved.measures] == [(m.start, m.end) for m in imported(text).measures]


def test_a_text_that_stands_in_one_article_less_than_three_is_not_read_as_articles():
    plan = imported("某市管理办法\n第一条 为规范管理制定本办法。\n第二条 对首次认定的企业给予10万元奖励。\n")

    assert [m.number for m in plan.measures] == ["一", "二"]


@st.composite
def plans(draw):
    """(text, [(number, section, words, offices, benefit)]): a plan of a random shape, whose answer is known because we wrote it."""
    style = draw(st.sampled_from(["points", "brackets on", "brackets again"]))
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    text, answer, running = "某市促进工业发展若干措施\n", [], 0
    for s, items in enumerate(shape):
        text += f"{HAN[s]}、章节名称\n"
        for i in range(items):
            running += 1
            n = i + 1 if style == "brackets again" else running
            printed = str(n) if style == "points" else HAN[n - 1]
            sign = f"{printed}." if style == "points" else f"（{printed}）"
            offices = draw(
                st.lists(st.sampled_from(["市财政局", "市商务局", "市发展和改革委员会", "市税务局"]), min_size=1, max_size=3, unique=True)
            )
            yuan = draw(st.integers(1, 900))
            words = draw(st.sampled_from([("给予{}万元奖励", "amount"), ("给予最高{}万元奖励", "cap"), ("给予不超过{}万元补助", "cap")]))
            line = f"{sign}任务名称。对首次认定的企业{words[0].format(yuan)}。（{'、'.join(offices)}负责）"
            text += line + "\n"
            answer.append((printed, HAN[s], line, tuple((o, "responsible") for o in offices), yuan, words[1]))
    return text + END, answer


def checked(text: str, answer: list[tuple]) -> None:
    plan = imported(text)
    assert [(m.number, m.section, fold(text[m.start : m.end])) for m in plan.measures] == [(n, s, fold(w)) for n, s, w, *_ in answer]
    for measure, (_, _, _, offices, yuan, kind) in zip(plan.measures, answer, strict=True):
        assert tuple((b.dept, b.role) for b in measure.responsible) == offices
        assert [(q.value, q.unit, q.comparator) for q in measure.quantities] == [(yuan, "万元", "=" if kind == "amount" else "<=")]
        (row,) = measure.subsidies
        assert (row.rate, row.amount, row.cap) == ((None, yuan * 1e4, None) if kind == "amount" else (None, None, yuan * 1e4))
        for part in (*measure.responsible, *measure.quantities, *measure.subsidies):
            assert measure.start <= part.start < part.end <= measure.end
    assert all(a.end <= b.start for a, b in pairwise(plan.measures))
    assert len({m.id for m in plan.measures}) == len(plan.measures)


@settings(max_examples=35, deadline=None)
@given(plans())
def test_a_plan_of_any_shape_gives_back_what_was_written(case):
    checked(*case)


@settings(max_examples=35, deadline=None)
@given(plans())
def test_a_flattened_plan_of_any_shape_gives_back_what_was_written(case):
    text, answer = case
    checked(flattened(text), answer)


@settings(max_examples=25, deadline=None)
@given(plans(), st.data())
def test_any_line_breaks_may_be_lost(case, data):
    text, answer = case
    kept = data.draw(st.lists(st.booleans(), min_size=text.count("\n"), max_size=text.count("\n")))
    parts = text.split("\n")
    checked("".join(p + ("\n" if k else "") for p, k in zip(parts, [*kept, False], strict=True)), answer)


@settings(max_examples=35, deadline=None)
@given(plans(), st.data())
def test_blanks_at_any_places_change_nothing(case, data):
    text, answer = case
    for at in sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=25)), reverse=True):
        text = text[:at] + " " + text[at:]
    checked(text, answer)


@settings(max_examples=20, deadline=None)
@given(plans(), st.sampled_from([widened, narrowed, windows, airy, hidden]))
def test_other_widths_line_ends_and_hidden_signs_change_nothing(case, damage):
    text, answer = case
    damaged = damage(text)
    plan = imported(damaged)

    assert [(m.number, m.section) for m in plan.measures] == [(n, s) for n, s, *_ in answer]
    assert [tuple((b.dept, b.role) for b in m.responsible) for m in plan.measures] == [offices for _, _, _, offices, *_ in answer]
    assert [[q.value for q in m.quantities] for m in plan.measures] == [[yuan] for *_, yuan, _ in answer]


@settings(max_examples=20, deadline=None)
@given(plans())
def test_a_rule_of_the_first_office_makes_leads_from_there_on_and_none_before(case):
    """下同 acts on the whole text after it: in the bracket it stands in and every later one, never an earlier one."""
    text, answer = case
    middle = len(answer) // 2
    at = -1
    for _ in range(middle + 1):
        at = text.index("负责）", at + 1)
    plan = imported(text[: at + 2] + "，排在第一位的部门为牵头部门，下同" + text[at + 2 :])

    assert [[b.role for b in m.responsible] for m in plan.measures] == [
        ["lead" if n >= middle and k == 0 else "responsible" for k in range(len(offices))]
        for n, (_, _, _, offices, *_) in enumerate(answer)
    ]
    assert all(b.lead_basis == "下同 rule" for m in plan.measures for b in m.responsible if b.role == "lead")
