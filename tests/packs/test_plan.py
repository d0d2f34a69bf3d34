"""The first plan as data says what the document says: counts of the handbook, bodies, leads, numbers."""

import datetime as dt
import json
import re
from collections import Counter
from fractions import Fraction

import pytest

from yunxing.packs.coverage import coverage
from yunxing.packs.numbers import numbers_in
from yunxing.packs.plan import clause_key
from yunxing.values.citation import find_quote, normalise
from yunxing.values.errors import BadInput


def test_the_document(plan):
    document = plan.document

    assert document.date == document.in_force.from_ == dt.date(2022, 5, 27)
    assert document.in_force.to is None, "the plan states no end; none is guessed"
    assert len(document.signatories) == 16
    assert [cited.number is None for cited in document.cites] == [False, False, False, True]
    assert [plan.offices[id_].signatory for id_ in document.signatories] == [True] * 16


def test_28_measures_in_7_sections_with_76_sentences_and_137_parts(plan):
    assert [measure.number for measure in plan.measures] == list(range(1, 29))
    assert [section.measures for section in plan.sections] == [(1, 3), (4, 6), (7, 11), (12, 14), (15, 20), (21, 24), (25, 28)]
    assert len({(key.measure, key.sentence) for key in plan.parts}) == 76
    assert len(plan.parts) == 137


def test_85_office_mentions_spread_as_the_handbook_counts_them(plan):
    mentions = Counter(office for measure in plan.measures for office in measure.offices)

    assert mentions == {
        "IIT": 15, "DRC": 13, "FIN": 11, "EEB": 7, "LFS": 6, "PBC": 6, "NRP": 5, "CBI": 4, "COM": 4,
        "STB": 3, "TRA": 3, "HRSS": 2, "PEC": 2, "STA": 2, "AAS": 1, "TAX": 1,
    }  # fmt: skip
    assert sum(mentions.values()) == 85


def test_a_lead_only_where_the_text_says_so(plan):
    """P6: the first body of a bracket is not its lead."""
    basis = {measure.number: measure.lead_basis for measure in plan.measures}

    assert [n for n, b in basis.items() if b == "explicit"] == [25]
    assert [n for n, b in basis.items() if b == "sole"] == [4, 5, 6, 7, 15, 16, 17, 20, 21, 24]
    assert all(measure.lead is None for measure in plan.measures if measure.lead_basis == "none")
    assert plan.measure(25).lead == "IIT"
    assert plan.measure(15).words == "bare"
    assert {role for measure in plan.measures for _, role in measure.responsible} == {"lead", "shared", "responsible"}


def test_bodies_that_carry_work_without_having_signed_say_why(plan):
    others = [office for office in plan.offices.values() if not office.signatory]

    assert {"HEA", "PSB", "GRID", "PRTC"} <= {office.id for office in others}
    assert {office.unit for office in others if office.unit} == {unit.id for unit in plan.regions.units}
    assert all(office.why for office in others)


def test_merged_bodies_have_successors_that_wait_for_confirmation(plan):
    renamed = {office.id for office in plan.offices.values() if office.successor}

    assert renamed == {"PBC", "CBI", "LFS"}
    assert not any(successor.confirmed for office in plan.offices.values() for successor in office.successor)


def test_only_the_declared_sentence_is_narrative(plan):
    narrative = [part.clause for part in plan.parts.values() if part.narrative is not None]

    assert narrative == ["18/5"] == list(plan.document.narrative)


@pytest.mark.parametrize(
    ("id_", "clause", "comparator", "value", "due"),
    [
        ("investment_year", "1/1c", "ge", "418 亿元", dt.date(2022, 12, 31)),
        ("coal_days_floor", "4/1c", "ge", "7 天", None),
        ("loan_interest_cap", "2/4a", "le", "2000 万元", None),
        ("port_foreign_cargo", "14/2b", "ge", "25 万吨", dt.date(2022, 12, 31)),
        ("listings_year", "18/2b", "ge", "4 家", dt.date(2022, 12, 31)),
        ("band_low_below", "18/4", "lt", "10 亿元", None),
        ("band_middle_from", "18/4", "ge", "10 亿元", None),
        ("hedging_split", "13/3b", "eq", "5:5", None),
        ("above_scale_year", "27/1b", "ge", "200 家", dt.date(2022, 12, 31)),
        ("permit_days", "21/1b", "le", "20 个工作日", None),
    ],
)
def test_commitments_that_others_build_on(plan, id_, clause, comparator, value, due):
    one = plan.commitment(id_)

    assert (one.clause, one.comparator, one.value, one.due) == (clause, comparator, value, due)


def test_amounts_and_units_are_read_exactly(plan):
    assert (plan.commitment("guarantee_fee_cap").amount, plan.commitment("guarantee_fee_cap").unit) == (Fraction(1, 2), "%")
    assert (plan.commitment("nev_private_cap").amount, plan.commitment("nev_private_cap").unit) == (Fraction(504, 100), "万元/辆")
    assert plan.commitment("listing_horizon").amount is None
    assert plan.commitment("listing_horizon").numbers == {3, 5}
    assert plan.commitment("investment_year").amount == 418, "the 亿 of the unit is no number of the value"


def test_only_targets_and_floors_carry_a_light(plan):
    promises = {one.id for one in plan.commitments if one.is_promise and one.indicator}

    assert promises == {"investment_year", "coal_days_floor", "port_foreign_cargo", "listings_year", "above_scale_year", "permit_days"}


def test_an_unknown_commitment_or_measure_is_refused_with_the_nearest(plan):
    with pytest.raises(BadInput, match="investment_year"):
        plan.commitment("investment_yaer")
    with pytest.raises(BadInput, match="1 to 28"):
        plan.measure(29)


def test_clauses_are_cited_with_the_number_of_the_plan(plan):
    assert str(plan.cite(clause_key("18/2b"))) == "156/18/2b"


def test_coverage_counts_every_part_once(plan):
    found = coverage(plan)

    assert sum(found.parts.values()) == 137
    assert sum(found.sentences.values()) == 76
    assert sum(found.headings.values()) == 28
    assert found.parts["narrative"] == found.sentences["narrative"] == 1
    assert found.parts["planned"] == sum(1 for part in plan.parts.values() if any(c.startswith("planned:") for c in part.executed_by))


def test_the_digest_follows_the_content_and_not_the_folder(template):
    from yunxing.packs.pack import load_pack

    before = load_pack(template).digest
    elsewhere = template.rename(template.with_name("other"))
    assert load_pack(elsewhere).digest == before
    regions = elsewhere / "lists" / "regions.toml"
    regions.write_text(regions.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    assert load_pack(elsewhere).digest != before


def test_every_text_for_people_is_in_both_languages(plan):
    """Chinese first, complete English second: no Chinese inside the English, none missing."""
    chinese = re.compile(r"[\u4e00-\u9fff]")
    pairs = [(part.zh, part.en) for part in plan.parts.values()]
    pairs += [
        (one.title, one.title_en)
        for one in (*plan.measures, *plan.commitments, *plan.sections, *plan.documents.document, *plan.rosters.list)
    ]
    pairs += [(office.name, office.name_en) for office in plan.offices.values()] + [
        (unit.name, unit.name_en) for unit in plan.regions.units
    ]

    assert [pair for pair in pairs if not chinese.search(pair[0]) or not pair[1] or chinese.search(pair[1])] == []


# ---- held against the official text and its gold annotation ----


@pytest.mark.shared
def test_wording_is_ours(plan, attached):
    """The official text is not in the repository: no part repeats a long run of it, and a quote is a short phrase."""
    text = normalise(attached.text)

    for part in plan.parts.values():
        words = normalise(part.zh)
        runs = [words[at : at + 13] for at in range(max(1, len(words) - 12)) if len(words) >= 13]
        assert not [run for run in runs if run in text], f"{part.clause} copies the text"
    assert max(len(one.quote) for one in (*plan.commitments, *plan.not_commitments)) <= 32


@pytest.mark.shared
def test_the_gold_annotation_agrees(plan, attached, official):
    """Second oracle: every quantity of the gold is a commitment of the pack with the same value, at the same place."""
    gold = json.loads(official.with_suffix("").with_name("binzhou-2022-156.gold.json").read_text(encoding="utf-8"))
    roles = {"shared": "shared", "responsible": "responsible", "lead": "lead"}
    for measure, expected in zip(plan.measures, gold["measures"], strict=True):
        assert [(plan.offices[o].short, r) for o, r in measure.responsible] == [
            (r["dept"], roles[r["role"]]) for r in expected["responsible"]
        ]
        for quantity in expected["quantities"]:
            match = [one for one in plan.commitments_of(measure.number) if _covers(attached, one, quantity)]
            assert match, f"{quantity['text']} of measure {measure.number} is no commitment"
            gold_numbers = {number.value for number in numbers_in(str(quantity["value"]))}
            assert any(one.numbers == gold_numbers for one in match), quantity


def _covers(attached, one, quantity):
    span = attached.span(one.key)
    found = find_quote(one.quote, span.of(attached.text))
    return span.start + found[0] <= quantity["start"] and quantity["end"] <= span.start + found[1]


@pytest.mark.shared
def test_comparators_differ_from_the_gold_only_where_a_promise_is_meant(plan, attached, official):
    """The gold reads 力争完成 418亿元 as equal; a target is met from its number on, so the pack says at least."""
    gold = json.loads(official.with_name("binzhou-2022-156.gold.json").read_text(encoding="utf-8"))
    names = {"=": "eq", "<=": "le", ">=": "ge", "<": "lt", ">": "gt", "range": "range"}
    differing = set()
    for measure in gold["measures"]:
        for quantity in measure["quantities"]:
            for one in plan.commitments_of(int(measure["number"])):
                same = one.numbers == {n.value for n in numbers_in(str(quantity["value"]))}
                if same and _covers(attached, one, quantity) and one.comparator != names[quantity["comparator"]]:
                    differing.add(one.id)

    assert differing <= {"investment_year", "port_foreign_cargo", "listings_year", "toll_until", "permit_days"}


@pytest.mark.shared
def test_61_numeric_phrases_of_the_measures_are_claimed(plan, attached):
    """The design counts 61 numeric phrases: dates and ranges are one phrase, idioms are none."""
    phrases = re.compile(r"\d{4}年\d+月\d+日|\d+-\d+|\d+:\d+|\d+(?:\.\d+)?|百户|二级")
    found = [phrase for measure in attached.measures for phrase in phrases.findall(measure.span.of(attached.text).partition(".")[2])]

    assert len(found) == 61
