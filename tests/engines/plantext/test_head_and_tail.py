"""Title, number, addressee, signatories, date, cited documents and facts of validity; and the traps around them."""

import pytest

from plantext_cast import imported

TASK = "一、任务\n1.做好工作。抓落实。（甲局负责）\n2.做好服务。抓落实。（乙局负责）\n"


@pytest.mark.parametrize(
    ("head", "title", "number"),
    [
        ("某市关于促进消费的若干措施\n", "某市关于促进消费的若干措施", None),
        (
            "国务院关于促进发展\n高质量发展的若干意见\n国发〔2019〕3号\n各省人民政府：\n",
            "国务院关于促进发展高质量发展的若干意见",
            "国发〔2019〕3号",
        ),
        ("某省办公厅转发若干措施的通知\n某办函〔2023〕7号各省人民政府，各部门：\n", "某省办公厅转发若干措施的通知", "某办函〔2023〕7号"),
        ("某省印发若干措施（2024-2026年）的通知某市人民政府，省政府有关部门：\n", "某省印发若干措施（2024-2026年）的通知", None),
        (
            "某信装〔2023〕127号某省工业厅关于印发《某措施》的通知各市（含甲市）工业局：\n",
            "某省工业厅关于印发《某措施》的通知",
            "某信装〔2023〕127号",
        ),
        (
            "某县人民政府办公室文件\n某政办发〔2021〕 1 2号\n某县人民政府办公室\n关于印发某办法的通知\n各乡镇人民政府：\n",
            "某县人民政府办公室关于印发某办法的通知",
            "某政办发〔2021〕12号",
        ),
    ],
)
def test_title_and_number(head, title, number):
    plan = imported(head + "为做好工作，制定本措施。\n" + TASK)

    assert (plan.title, plan.doc_number) == (title, number)


def test_the_number_of_a_cited_plan_is_not_the_texts_own():
    plan = imported("某市行动方案\n根据省《某方案》(某发改〔2022〕 267号)，制定本方案。\n" + TASK)

    assert plan.doc_number is None
    assert [(c.title, c.doc_number) for c in plan.citations] == [("某方案", "某发改〔2022〕267号")]


def test_signatories_in_order_and_the_date():
    plan = imported("某方案\n" + TASK + " \n某市发展和改革委员会\n \n某市财政局\n国家税务总局某市税务局\n \n2022年5月27日\n")

    assert plan.issuers == ["某市发展和改革委员会", "某市财政局", "国家税务总局某市税务局"]
    assert plan.date == "2022-05-27"


def test_signatories_run_together_are_split():
    plan = imported("某方案\n" + TASK + "甲省工业和信息化厅甲省发展和改革委员会\n甲省生态环境厅\n2023年7月3日\n")

    assert plan.issuers == ["甲省工业和信息化厅", "甲省发展和改革委员会", "甲省生态环境厅"]


def test_the_date_of_the_notice_counts_and_not_that_of_a_link():
    text = "某通知\n各市人民政府：\n现印发给你们。　某省办公厅2023年6月29日　　某措施\n" + TASK + "政策解读 2024年1月5日\n"
    plan = imported(text)

    assert (plan.issuers, plan.date) == (["某省办公厅"], "2023-06-29")


@pytest.mark.parametrize(
    ("printed", "iso"), [("二〇二一年三月五日", "2021-03-05"), ("二○一九年十二月三十一日", "2019-12-31"), ("2022年5月27日", "2022-05-27")]
)
def test_dates_in_numerals(printed, iso):
    assert imported("某方案\n" + TASK + f"某市人民政府\n{printed}\n").date == iso


def test_a_date_in_brackets_under_the_title_counts_where_no_signature_stands():
    assert imported("某办法\n（2021年3月5日县政府常务会议通过）\n" + TASK).date == "2021-03-05"


def test_titles_with_inner_quotes_stay_as_printed():
    title = "某市关于印发《贯彻落实〈某省若干措施〉实施方案》的通知"

    assert imported(title + "\n各县人民政府：\n" + TASK).title == title


def test_a_day_that_does_not_exist_is_no_date():
    assert imported("某方案\n" + TASK + "某市人民政府\n2022年2月30日\n").date is None


def test_no_signature_no_date_and_a_warning():
    plan = imported("某方案\n" + TASK)

    assert plan.date is None
    assert plan.issuers == []
    assert any("待确认" in w for w in plan.warnings)


def test_cited_documents_once_each_and_not_what_is_issued():
    text = "某省关于印发《某措施》的通知\n各市人民政府：\n《某措施》已经省政府同意。\n" + TASK.replace(
        "抓落实", "落实《某规划》和《某规划》要求"
    )

    assert [c.title for c in imported(text).citations] == ["某规划"]


def test_laws_by_name_are_cited():
    text = "某措施\n" + TASK.replace("抓落实", "落实网络安全法、数据安全法等有关法律法规要求")

    assert [c.title for c in imported(text).citations] == ["网络安全法", "数据安全法"]


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        ("本办法自印发之日起施行，有效期3年。", [("in_force_from", "印发"), ("valid_for", "3年")]),
        ("本通知自2021年8月20日起施行，有效期1年。", [("in_force_from", "2021年8月20日"), ("valid_for", "1年")]),
        ("本措施有效期至2024年12月31日。", [("valid_until", "2024年12月31日")]),
        ("本政策自发布之日起施行，以前的奖励政策同时废止。", [("in_force_from", "发布"), ("repeals", None)]),
    ],
)
def test_facts_of_validity(words, facts):
    found = imported("某办法\n" + TASK + words).effects

    assert sorted((e.kind, e.value) for e in found) == sorted(facts)


def test_what_is_repealed_is_named():
    (fact,) = [e for e in imported("某办法\n" + TASK + "原《某办法》（某发〔2018〕5号）同时废止。").effects if e.kind == "repeals"]

    assert "某办法" in (fact.object or "")
