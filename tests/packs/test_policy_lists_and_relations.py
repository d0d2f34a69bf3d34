"""Dated lists and relations of a pack: read strictly, refused where they are bad, with the line to mend."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from yunxing.engines.entitlements.policy import FIRST_DAY, LAST_DAY
from yunxing.engines.entitlements.tree import Type
from yunxing.packs.find import find_pack
from yunxing.packs.policy_lists import load_listings, named_listing, text_column
from yunxing.packs.relations import load_relations, relation_quotes
from yunxing.packs.strict import PackFault
from yunxing.values.errors import BadInput
from yunxing.values.period import day_number

PACK = find_pack(None)
HEAD = 'title = "税率"\ntitle_en = "tariff"\nnumber = "某税〔2022〕1号"\nissued = 2022-01-01\nsource = "示例"\nsample = true\n'


def listing(tmp_path: Path, lines: str, head: str = HEAD) -> Path:
    folder = tmp_path / "catalogues"
    folder.mkdir(exist_ok=True)
    (folder / "tariff.toml").write_text(head + lines, encoding="utf-8")
    return tmp_path


def test_a_list_has_number_date_and_lines_with_their_days(tmp_path: Path) -> None:
    lines = (
        'match = "begins"\n[[entry]]\nkey = "84"\nvalue = "5%"\nto = 2022-03-31\n[[entry]]\nkey = "84"\nfrom = 2022-04-01\nvalue = "3%"\n'
    )
    one = load_listings(listing(tmp_path, lines))["tariff"]
    assert (one.number, one.issued, one.sample, one.whole, one.type) == ("某税〔2022〕1号", date(2022, 1, 1), True, False, Type.RATE)
    assert one.denominator == 100
    assert [(entry.starts, entry.ends, entry.value) for entry in one.entries] == [
        (FIRST_DAY, day_number(date(2022, 3, 31)), Fraction(1, 20)),
        (day_number(date(2022, 4, 1)), LAST_DAY, Fraction(3, 100)),
    ]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('[[entry]]\nkey = "1"\nfrom = 2022-02-01\nto = 2022-01-01\n', "a first day not after the last"),
        ('[[entry]]\nkey = "1"\n[[entry]]\nkey = "1"\nfrom = 2022-01-01\n', "two lines that hold on the same day"),
        ('[[entry]]\nkey = "1"\nvalue = "5%"\n[[entry]]\nkey = "2"\nvalue = "5 元"\n', "values of one unit"),
        ('[[entry]]\nkey = "1"\nvalue = "5%"\n[[entry]]\nkey = "2"\n', "values of one unit"),
        ('[[entry]]\nkye = "1"\n', "kye"),
        ('match = "nearly"\n[[entry]]\nkey = "1"\n', "match"),
    ],
)
def test_a_bad_list_is_refused_where_it_is_bad(tmp_path: Path, lines: str, says: str) -> None:
    with pytest.raises(PackFault, match=says):
        load_listings(listing(tmp_path, lines))


def test_a_text_column_names_lists_that_compare_alike(tmp_path: Path) -> None:
    folder = listing(tmp_path, '[[entry]]\nkey = "b"\n[[entry]]\nkey = "a"\n')
    (folder / "catalogues" / "other.toml").write_text(HEAD + 'match = "begins"\n[[entry]]\nkey = "c"\n', encoding="utf-8")
    lists = load_listings(folder)
    column = text_column("hs", ["tariff"], lists, {})
    assert (column.options, column.low, column.high, column.whole) == (("a", "b"), -1, 1, True)
    with pytest.raises(BadInput, match="one kind of match"):
        text_column("hs", ["tariff", "other"], lists, {})
    with pytest.raises(BadInput, match="did you mean 'tariff'"):
        named_listing("tarif", lists)


def test_the_packs_lists_say_when_they_are_samples() -> None:
    for one in load_listings(PACK / "policies").values():
        assert one.number
        assert one.source
        assert one.sample or "样" not in one.title


def copied(tmp_path: Path, text: str) -> Path:
    import shutil

    pack = tmp_path / "pack"
    shutil.copytree(PACK, pack)
    (pack / "relations.toml").write_text(text, encoding="utf-8")
    return pack


def test_the_packs_relations_are_read_with_their_clauses() -> None:
    stacking = load_relations(PACK)
    assert stacking.relations
    assert all(one.cites for one in stacking.relations)
    assert len(relation_quotes(PACK)) == sum(1 for one in stacking.relations if one.quote)


RELATION = '[[relation]]\nkind = "{kind}"\npolicies = {policies}\ntitle = "甲"\ntitle_en = "a"\n{more}\n'
BASED = 'source = "某文件"'


@pytest.mark.parametrize(
    ("kind", "policies", "more", "says"),
    [
        ("excludes", '["m02_loan_interest", "m99"]', BASED, "found the policy 'm99'"),
        ("excludes", '["m02_loan_interest"]', BASED, "policies"),
        ("excludes", '["m02_loan_interest", "m18_listing_ladder"]', "", "what the relation rests on"),
        ("excludes", '["m02_loan_interest", "m18_listing_ladder"]', f'{BASED}\ncap = "5 元"', "a cap belongs to total_cap"),
        ("total_cap", '["m02_loan_interest", "m18_listing_ladder"]', BASED, "total_cap needs one"),
        ("total_cap", '["m02_loan_interest", "m18_listing_ladder"]', f'{BASED}\ncap = "很多"', "很多"),
        ("either", '["m02_loan_interest", "m18_listing_ladder"]', BASED, "kind"),
    ],
)
def test_a_bad_relation_is_refused_where_it_is_bad(tmp_path: Path, kind: str, policies: str, more: str, says: str) -> None:
    with pytest.raises(PackFault, match=says):
        load_relations(copied(tmp_path, RELATION.format(kind=kind, policies=policies, more=more)))


def test_two_caps_over_one_policy_are_refused_together(tmp_path: Path) -> None:
    text = "".join(
        RELATION.format(kind="total_cap", policies=f'["m02_loan_interest", "{other}"]', more=f'{BASED}\ncap = "5 元"')
        for other in ("m18_listing_ladder", "m18_listing_stages")
    )
    with pytest.raises(PackFault, match="two total caps"):
        load_relations(copied(tmp_path, text))
