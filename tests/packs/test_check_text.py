"""The pack held against an official text, fault by fault, on an invented text that the tests may write."""

import hashlib
import re

import pytest

from pack_cast import change
from yunxing.packs.attach import attach
from yunxing.packs.check_text import claimed_numbers, clause_at, numbers_of, text_faults
from yunxing.packs.pack import load_pack


def faults(folder):
    pack = load_pack(folder)
    return [str(fault) for fault in text_faults(pack, attach(pack, (folder / "official.txt").read_bytes(), "official.txt"))]


def retext(folder, old, new):
    """Another official text, with its hash in pack.toml: the text is right and the pack is behind."""
    text = folder / "official.txt"
    before = text.read_text(encoding="utf-8")
    assert old in before
    text.write_text(before.replace(old, new, 1), encoding="utf-8")
    pack = folder / "pack.toml"
    digest = hashlib.sha256(text.read_bytes()).hexdigest()
    pack.write_text(re.sub(r'sha256 = "\w+"', f'sha256 = "{digest}"', pack.read_text(encoding="utf-8")), encoding="utf-8")


PACK_BEHIND = {
    "the text's number changed": ("12亿元", "15亿元", ["words of clause 1/1b", "the number 15 in"]),
    "the text's unit changed": ("50万元", "50亿元", ["it stands nowhere"]),
    "the text's comparator changed": ("最高50万元", "不低于50万元", ["it stands nowhere", "the number 50 in"]),
    "a heading rewritten": ("做好能源保障", "加强能源保障", ["words of the heading of measure 2"]),
    "a bracket rewritten": ("(市财政局)", "(市工业和信息化局)", ["['IIT'], as the bracket of measure 2 lists them"]),
    "the words of a bracket rewritten": ("(市财政局)", "(市财政局负责)", ["'sole', by the words of the bracket"]),
    "a lead named": ("市工业和信息化局、市财政局按职责分工负责", "市工业和信息化局、市财政局牵头负责", ["'lead', by the words"]),
    "a body nobody knows": ("(市财政局)", "(市能源局)", ["no office named 市能源局", "as the bracket of measure 2"]),
    "a section renumbered": ("二、保障运行", "三、保障运行", ["'三', under which the text prints it"]),
    "a number added": ("逐月调度", "逐月调度3次", ["the number 3 in", "clause 1/1"]),
    "a Chinese numeral added": ("逐月调度", "逐月调度两次", ["the number 两 in"]),
    "a slogan added": ("鼓励企业", "一企一策鼓励企业", ["the number 一 in", "clause 2/2"]),
    "a number before the first measure": ("为促进工业", "为促进15个行业工业", ["the number 15 in", "clause head"]),
    "a number after the last measure": ("2030年3月1日", "2030年3月1日(第2版)", ["the number 2 in", "clause tail"]),
    "the title rewritten": ("关于促进工业平稳增长行动方案", "关于促进工业平稳增长实施方案", ["words of the text before the first measure"]),
    "another number of the document": ("〔2030〕7号", "〔2030〕8号", ["words of the text before the first measure", "words of head"]),
    "another date": ("2030年3月1日", "2030年3月2日", ["the date at the end of the text"]),
    "signed in another order": ("示例市工业和信息化局\n\n示例市财政局\n", "示例市财政局\n\n示例市工业和信息化局\n", ["示例市财政局, as the text is signed"]),
    "signed by one more": ("示例市财政局\n\n2030", "示例市财政局\n\n示例市商务局\n\n2030", ["示例市商务局, as the text is signed"]),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "says"), PACK_BEHIND.values(), ids=[name.replace(" ", "-") for name in PACK_BEHIND])
def test_a_corrected_text_shows_where_the_pack_is_behind(template, old, new, says):
    assert faults(template) == []
    retext(template, old, new)
    found = "\n".join(faults(template))

    assert [words for words in says if words not in found] == [], found


PACK_WRONG = {
    "a quote one clause further": ("commitments.toml", 'quote = "5天以上"', 'quote = "最高50万元"', "'5 天', expected the number of its quote"),
    "a quote of the other measure": ("commitments.toml", 'quote = "5天以上"', 'quote = "12亿元"', "it stands in clause 1/1"),
    "a verb the clause does not have": ("commitments.toml", 'verb = "力争"', 'verb = "确保"', "a word of clause 1/1b"),
    "an explanation of words that are not there": ("commitments.toml", 'quote = "2030年3月1日"', 'quote = "2030年4月1日"', "words of tail"),
    "a ceiling as a floor": ("commitments.toml", 'verb = "最高"\ncomparator = "le"', 'verb = "最高"\ncomparator = "ge"', "'ge' for 最高"),
    "a floor as a ceiling": ("commitments.toml", 'verb = "以上"\ncomparator = "ge"', 'verb = "以上"\ncomparator = "gt"', "'gt' for 以上"),
    "a cited document the text does not name": ("pack.toml", "[narrative]", '[[cites]]\nnumber = "示政发〔2029〕1号"\ntitle = "意见"\nissuer = "示例市"\nrelation = "refers"\n\n[narrative]', "a document that the text names"),
    "said by a word that is not in the quote": ("commitments.toml", 'value = "5 天"', 'value = "5 天"\nsaid_as = "五天"', "a word of the quote"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "says"), PACK_WRONG.values(), ids=[name.replace(" ", "-") for name in PACK_WRONG])
def test_a_pack_that_says_what_the_text_does_not(template, file, old, new, says):
    change(template, file, old, new)
    found = "\n".join(faults(template))

    assert says in found


@pytest.mark.parametrize(
    ("printed", "quoted"),
    [("5 天以上", "5天以上"), ("５天以上", "5天以上"), ("5天以上", "5 天以上"), ("5天以上", "５天以上")],
)
def test_width_and_spaces_make_no_difference_to_a_quote(template, printed, quoted):
    if printed != "5天以上":
        retext(template, "5天以上", printed)
    change(template, "commitments.toml", 'quote = "5天以上"', f'quote = "{quoted}"')

    assert faults(template) == []


def test_a_value_said_by_a_word_claims_the_number_of_its_quote(template):
    """月通报 and 全部 hold no digits: the pack says which word stands for the value."""
    retext(template, "逐月调度", "每月调度一次")
    assert any("the number 一 in" in fault for fault in faults(template))
    path = template / "commitments.toml"
    entry = (
        '\n[[commitment]]\nid = "dispatch"\nclause = "1/1a"\nkind = "count"\ntitle = "每月调度"\ntitle_en = "Dispatch"\nverb = "调度"\ncomparator = "ge"\n'
        'value = "1 次/月"\nsaid_as = "每月"\nshown_by = "planned:indicator:dispatch"\nquote = "每月调度一次"\n'
    )
    path.write_text(path.read_text(encoding="utf-8") + entry, encoding="utf-8")

    assert faults(template) == []


def test_a_date_in_a_quote_is_claimed_by_the_due_day(template):
    retext(template, "力争全年完成投资12亿元", "力争2030年12月31日前完成投资12亿元")
    change(template, "commitments.toml", 'quote = "完成投资12亿元"', 'quote = "2030年12月31日前完成投资12亿元"')
    assert faults(template) == []

    change(template, "commitments.toml", "due = 2030-12-31", "due = 2030-11-30")
    found = "\n".join(faults(template))
    assert "the number 31 in" in found


def test_offsets_are_told_as_clauses(template):
    pack = load_pack(template)
    text = attach(pack, (template / "official.txt").read_bytes(), "official.txt")
    told = {clause_at(text, number.start) for number in numbers_of(text)}

    assert told == {"head", "1/0", "1/1", "2/1", "tail"}
    assert set(claimed_numbers(pack, text).values()) == {"key_projects", "investment_year", "coal_days_floor", "hardship_cap", "not"}


def test_numbering_marks_are_no_numbers(template):
    pack = load_pack(template)
    text = attach(pack, (template / "official.txt").read_bytes(), "official.txt")
    starts = {number.start for number in numbers_of(text)}

    for mark in ("1.加快", "2.做好", "一、促进", "二、保障"):
        assert text.text.index(mark) not in starts
