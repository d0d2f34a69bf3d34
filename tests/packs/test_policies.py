"""The policies of the pack: every example holds to the fen, every bad file is refused where it is bad."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from yunxing.engines.entitlements.assess import Scalar
from yunxing.packs import policies
from yunxing.packs import policy_examples as examples
from yunxing.packs.strict import PackFault
from yunxing.values.errors import BadInput

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
BAD = sorted((PACK / "policies" / "bad").glob("*.toml"))


@cache
def rules():
    return policies.load_policies(PACK)


@cache
def every_example():
    return examples.load_examples(PACK, rules())


@pytest.mark.parametrize("example", every_example(), ids=lambda one: f"{one.policy}: {one.name}")
def test_the_example_holds_to_the_fen(example: examples.Example) -> None:
    assert examples.run(example, Scalar.of(rules().policy(example.policy))) == []


def test_a_wrong_expectation_is_told_by_name_and_number() -> None:
    """The examples can fail."""
    example = next(one for one in every_example() if one.expect.amount == "719444.44 元")
    wrong = examples.Example(
        example.policy, "x", example.profile, example.expect.model_copy(update={"amount": "719444.45 元"}), example.on, "f", "", ""
    )
    assert examples.run(wrong, Scalar.of(rules().policy(wrong.policy))) == ["amount: found 71944444, expected 71944445"]


def test_examples_are_about_every_outcome_and_every_condition_both_ways() -> None:
    """Branch coverage of the rules by their own examples."""
    for policy in rules():
        of_it = [one for one in every_example() if one.policy == policy.id]
        assert {"no", "needs_data", "refused"} <= {one.expect.outcome for one in of_it}
        failed = {name for one in of_it for name in one.expect.failed}
        assert failed == {name for name, _ in policy.conditions}, policy.id


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_policy_is_refused_where_it_is_bad(path: Path) -> None:
    """The first line of each file says what the refusal must name."""
    expected = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# refused:").strip()
    with pytest.raises(BadInput) as caught:
        policies.load_policy(path)
    assert expected in str(caught.value)


def test_there_is_a_bad_file_for_each_kind_of_fault() -> None:
    assert len(BAD) >= 12


def copied(tmp_path: Path) -> Path:
    shutil.copytree(PACK / "policies", tmp_path / "policies", ignore=shutil.ignore_patterns("bad", "__pycache__"))
    return tmp_path


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_faults_of_all_files_are_listed_at_once(tmp_path: Path) -> None:
    pack = copied(tmp_path)
    change(pack / "policies" / "m02_loan_interest.toml", '"2000 万元"', '"2001 万元"')
    change(pack / "policies" / "m18_listing_ladder.toml", '"700 万元"', '"701 万元"')
    with pytest.raises(PackFault) as caught:
        policies.load_policies(pack)
    assert "2001 万元" in str(caught.value)
    assert "701 万元" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('value = "35%"', 'value = "35.0%"'),
        ("2022-08-22", "2022-08-23"),
        ('cites = "156/2/4"', 'cites = "156/2/5"'),
        ("in_force]\nfrom = 2022-05-27", "in_force]\nfrom = 2022-05-28"),
        ("200 亿元", "199 亿元"),
        ('certainty = "ceiling"', 'certainty = "formula"'),
    ],
)
def test_anything_that_could_change_a_result_or_its_reason_changes_the_rule_sets_id(tmp_path: Path, old: str, new: str) -> None:
    pack = copied(tmp_path)
    if old.startswith("value"):
        change(pack / "policies" / "m02_loan_interest.toml", 'quote = "贷款市场报价利率(LPR)的35%"', 'quote = "贷款市场报价利率(LPR)的36%"')
        old, new = 'value = "35%"', 'value = "36%"'
    change(pack / "policies" / "m02_loan_interest.toml", old, new)
    assert policies.load_policies(pack).id != rules().id


def test_a_comment_or_another_folder_does_not_change_the_rule_sets_id(tmp_path: Path) -> None:
    pack = copied(tmp_path)
    change(pack / "policies" / "m02_loan_interest.toml", "# Measure 2", "# Measure two")
    assert policies.load_policies(pack).id == rules().id


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("f.loan_from <= f.as_of", "f.loan_from < f.as_of"),
        ("least(discount, f.interest_paid, left)", "least(discount, left)"),
        ("least(discount, f.interest_paid, left)", "least(discount, f.interest_paid)"),
        ("negate(f.has_other_support)", "f.has_other_support"),
        ("least(f.loan_to, f.as_of)", "f.loan_to"),
        ("half_up_fen)", "floor_fen)"),
        ("360,", "365,"),
        ("p.ceiling - f.earlier_discounts", "p.ceiling"),
    ],
)
def test_each_mutation_of_the_rule_fails_an_example_or_a_proof(tmp_path: Path, old: str, new: str) -> None:
    """The examples are sharp enough to notice a wrong sign, a forgotten cap, another rounding."""
    pack = copied(tmp_path)
    rule = pack / "policies" / "m02_loan_interest.py"
    change(rule, old, new)
    if "floor_fen" in new:
        change(rule, "half_up_fen, least", "floor_fen, least")
    try:
        mutant = policies.load_policies(pack).policy("m02_loan_interest")
    except BadInput:
        return
    scalar = Scalar.of(mutant)
    broken = [one.name for one in every_example() if one.policy == mutant.id and examples.run(one, scalar)]
    assert broken != []


@pytest.mark.parametrize(("old", "new"), [('from = "10 亿元"', 'from = "1000000000.01 元"'), ('at_most = "f.as_of"', 'below = "f.as_of"')])
def test_each_mutation_of_the_ladder_fails_an_example(tmp_path: Path, old: str, new: str) -> None:
    pack = copied(tmp_path)
    change(pack / "policies" / "m18_listing_ladder.toml", old, new)
    try:
        mutant = policies.load_policies(pack).policy("m18_listing_ladder")
    except BadInput:
        return
    assert [one.name for one in every_example() if one.policy == mutant.id and examples.run(one, Scalar.of(mutant))] != []


def test_a_threshold_without_its_three_examples_is_refused(tmp_path: Path) -> None:
    pack = copied(tmp_path)
    change(
        pack / "policies" / "examples" / "m18_listing_ladder.toml",
        'side = "at"\ngiven = { raised = "10 亿元" }',
        'given = { raised = "10 亿元" }',
    )
    with pytest.raises(PackFault, match=r"no example at, expected one below"):
        examples.load_examples(pack, policies.load_policies(pack))


def test_an_example_of_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    pack = copied(tmp_path)
    change(pack / "policies" / "examples" / "m18_listing_ladder.toml", 'raised = "8 亿元"', 'raisd = "8 亿元"')
    with pytest.raises(PackFault, match="did you mean 'raised'"):
        examples.load_examples(pack, policies.load_policies(pack))


def test_examples_stand_in_one_place_or_the_other(tmp_path: Path) -> None:
    """In the policy's own file, or in a file apart; a policy without any is refused by the file's name."""
    pack = copied(tmp_path)
    apart = pack / "policies" / "examples" / "m18_staged.toml"
    assert not apart.exists()
    (pack / "policies" / "examples" / "m18_listing_stages.toml").unlink()
    with pytest.raises(PackFault, match=r"examples.m18_listing_stages.toml, the file: found nothing"):
        examples.load_examples(pack, policies.load_policies(pack))


COLUMN = 'raised = { type = "fen 1分 .. 2000 亿元"'


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (COLUMN, 'raised = { type = "fen 1分"', "is not 'lowest .. highest'"),
        (COLUMN, 'raised = { type = "rate 0% .. 5%"', "looked up by fen, found rate"),
        (COLUMN, 'raised = { type = "text elsewhere"', "no list 'elsewhere' in policies/catalogues, found"),
        (COLUMN, 'raised = { type = "text"', "a text names the lists it is looked up in"),
        (COLUMN, 'raised = { type = "fen 0.001 元 .. 5 元"', "a part of a fen"),
        ('type = "code none SSE SZSE', 'type = "code none none SSE SZSE', "two or more different names"),
        ('listed_on = { type = "date 2000-01-01', 'listed_on = { type = "date 2000-13-01', "expected a day such as"),
        ("row_checks = []", 'row_checks = ["listed_on < as_of"]', "'column <= column' of declared columns"),
        ("row_checks = []", 'row_checks = ["listedon <= as_of"]', "did you mean 'listed_on'?"),
        ('{ from = "10 亿元"', '{ from = "20 亿元"', "the starts do not rise from line to line"),
        ('{ from = "10 亿元", value = "700 万元"', '{ from = "10 亿元", value = "70%"', "values of different units"),
        ('kind = "band"', 'kind = "ladder"', "kind"),
        ("[in_force]\nfrom = 2022-05-27", '[in_force]\nfrom = "27 May"', "in_force"),
        ('one_of = ["SSE"', 'one_of = ["SSEX"', "found the code 'SSEX'"),
        ('base = "raised"', 'base = "board"', "looked up by fen, found code"),
    ],
)
def test_a_fault_of_the_data_is_refused_in_words(tmp_path: Path, old: str, new: str, says: str) -> None:
    pack = copied(tmp_path)
    file = pack / "policies" / "m18_listing_ladder.toml"
    change(file, old, new)
    with pytest.raises(BadInput) as caught:
        policies.load_policy(file)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("until = 2024-11-19\n", "", "a series needs `until`"),
        ('value = "3.85%"', 'value = "3.85 万元"', "values of different units"),
        ('source = "全国', 'value = "5%"\nsource = "全国', "found value and series"),
        ('value = "35%"\n', "", "found none of them"),
    ],
)
def test_a_fault_of_a_parameter_is_refused_in_words(tmp_path: Path, old: str, new: str, says: str) -> None:
    pack = copied(tmp_path)
    file = pack / "policies" / "m02_loan_interest.toml"
    change(file, old, new)
    with pytest.raises(BadInput) as caught:
        policies.load_policy(file)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("written", "quote", "stands"),
    [
        ("2000 万元", "最高2000万元确定", True),
        ("２０００ 万元", "最高2000万元确定", True),
        ("200 万元", "奖补1200万元", False),
        ("5%", "按35%的比例", False),
        ("0.5%", "担保总额0.5%", True),
        ("10 亿元", "融资额10亿元(含)至20亿元", True),
    ],
)
def test_a_number_stands_in_its_quote_whole(written: str, quote: str, stands: bool) -> None:
    assert policies.number_in(written, quote) is stands


@pytest.mark.shared
def test_every_quote_stands_in_the_clause_it_names(attached) -> None:
    """Against the official text, by the clause spans of the pack's own reader."""
    from yunxing.values.citation import Clause, find_quote, parse_clause

    for file, cites, quote in policies.quotes(PACK):
        clause = parse_clause(cites)
        assert isinstance(clause, Clause)
        span = attached.span(clause)
        assert span is not None, (file, cites)
        assert find_quote(quote, span.of(attached.text)) is not None, (file, cites, quote)
