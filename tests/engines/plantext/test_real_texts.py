"""The real texts: the first plan exact, every copy with lost layout the same, the bars on the development gold, the held-out numbers."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest

from plantext_cast import MINI_GOLD, fold, gold, imported, need_shared, raw_text, scorer, spans, structure, texts
from yunxing.engines.plantext import UNSURE, import_text

pytestmark = pytest.mark.shared

BINZHOU = "binzhou-2022-156"
DEVELOPMENT = ["binzhou-2022-156", "gbh-waizi-yanfa-2023", "gf-2019-3", "hebei-chengde-2024", "liuhe-zhongdian-chanye"]
BARS = {
    "measures": 0.97,
    "sections": 0.97,
    "measure_titles": 0.97,
    "departments_role": 0.96,
    "quantities": 0.92,
    "quantities_cmp": 0.85,
    "quantities_bounds": 0.60,
    "subsidies": 0.75,
    "deadlines": 0.80,
    "title": 0.95,
    "doc_number": 0.95,
    "date": 0.95,
    "issuers": 0.95,
    "citations": 0.95,
}
# On the held-out numbers, annotated by us before the rules were first run on them: a bar each, to notice a rule that harms.
HELD_OUT = {
    "measures": 0.97,
    "departments_role": 0.96,
    "quantities": 0.92,
    "quantities_cmp": 0.90,
    "quantities_bounds": 0.75,
    "subsidies": 0.90,
    "deadlines": 0.90,
}


@pytest.fixture(scope="module")
def development():
    module = scorer()
    tallies = {name: module.Tally() for name in module.ELEMENTS}
    for name in DEVELOPMENT:
        module.score_doc(gold(name), import_text(raw_text(name), f"{name}.txt").to_json(), tallies)
    return tallies


@pytest.mark.parametrize("element", sorted(BARS))
def test_each_bar_holds_on_the_development_gold(development, element):
    tally = development[element]

    assert tally.prf()[2] >= BARS[element], (element, tally.miss[:5], tally.extra[:5])


@pytest.fixture(scope="module")
def held_out():
    import json

    need_shared()
    module = scorer()
    tallies = {name: module.Tally() for name in module.ELEMENTS}
    for path in MINI_GOLD:
        mini = json.loads(path.read_text(encoding="utf-8"))
        raw = raw_text(mini["doc"].removesuffix(".txt"))
        assert len(raw) == mini["chars"], f"{mini['doc']} is another text than the one annotated"
        found = import_text(raw, mini["doc"]).to_json()["measures"]
        asked, kept = [], []
        for measure in mini["measures"]:
            near = [m for m in found if module.iou((m["start"], m["end"]), (measure["start"], measure["end"])) >= 0.2]
            dated = measure["deadlines"] is not None
            kept += [m | {"title": None} | ({} if dated else {"deadlines": []}) for m in near if m not in kept]
            asked.append(
                measure
                | {
                    "title": None,
                    "responsible": [{"dept": raw[a:b], "role": role} for a, b, role in measure["offices"]],
                    "deadlines": [{"date": day} for day in measure["deadlines"] or []],
                }
            )
        empty = {"doc": mini["doc"], "title": None, "doc_number": None, "date": None}
        module.score_doc(empty | {"measures": asked}, {"measures": kept}, tallies)
    return tallies


@pytest.mark.parametrize("element", sorted(HELD_OUT))
def test_the_held_out_numbers_stay_read(held_out, element):
    tally = held_out[element]

    assert tally.tp > 0
    assert tally.prf()[2] >= HELD_OUT[element], (element, tally.miss[:5], tally.extra[:5])


def test_the_first_plan_is_exact():
    text = raw_text(BINZHOU)
    plan = imported(text)
    truth = gold(BINZHOU)

    assert [(m.start, m.end, m.number, m.section, m.title) for m in plan.measures] == [
        (m["start"], m["end"], m["number"], m["section"], m["title"]) for m in truth["measures"]
    ]
    assert len(plan.measures) == 28
    assert len(plan.sections) == 7
    assert len(plan.issuers) == 16
    assert sum(1 for m in plan.measures if m.responsible_text) == 28
    assert sum(len(m.responsible) for m in plan.measures) == 85
    assert len(plan.citations) == 4
    assert plan.date == "2022-05-27"
    assert (plan.title, plan.doc_number) == (truth["title"], truth["doc_number"])


def test_importing_twice_gives_the_same():
    text = raw_text(BINZHOU)

    assert import_text(text, "a.txt").to_json() == import_text(text, "a.txt").to_json()


@pytest.mark.parametrize("name", texts())
def test_every_element_stands_in_the_text_and_says_its_rule(name):
    text = raw_text(name)
    plan = imported(text)

    for measure in plan.measures:
        parts = [*measure.responsible, *measure.quantities, *measure.deadlines, *measure.subsidies]
        assert all(measure.start <= part.start < part.end <= measure.end and part.rule for part in parts)
        assert all(text[q.start : q.end] == q.text for q in measure.quantities)
        assert all((part.confidence < 0.9) == part.reason.startswith(UNSURE) for part in parts)
    starts = [m.start for m in plan.measures]
    assert starts == sorted(starts)
    assert all(a.end <= b.start for a, b in zip(plan.measures, plan.measures[1:], strict=False))
    assert len({m.id for m in plan.measures}) == len(plan.measures)


ITEM = re.compile(r"\s*(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.、])")


def flattened(text: str) -> str:
    return text.replace("\n", "")


def glued(text: str) -> str:
    return "".join(line if ITEM.match(line) else "\n" + line for line in text.split("\n"))


def spaced(text: str) -> str:
    """A blank after every fifth character, as a scan leaves them."""
    return "".join(sign + (" " if i % 5 == 0 and sign != "\n" else "") for i, sign in enumerate(text))


def widened(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if sign in "0123456789" else sign for sign in text)


def wrapped(text: str) -> str:
    return "\n".join("\n".join(line[i : i + 34] for i in range(0, len(line), 34)) for line in text.split("\n"))


def renamed(text: str) -> str:
    """Other places of the same length: nothing may hang on a name."""
    names = re.findall(r"[一-鿿]{2}(?=[省市县](?!场|级|属|民|委|政|直|以|人|区|、|（|，|。))", text)
    for name in sorted(set(names)):
        text = text.replace(name, "甲丙")
    return text


@pytest.mark.parametrize("damage", [flattened, glued, spaced, widened, wrapped], ids=lambda f: f.__name__)
@pytest.mark.parametrize("name", DEVELOPMENT)
def test_a_damaged_copy_gives_the_same_measures(name, damage):
    clean = raw_text(name)
    damaged = damage(clean)

    assert structure(damaged) == structure(clean)
    assert spans(damaged) == [(number, unicodedata.normalize("NFKC", words)) for number, words in spans(clean)]


@pytest.mark.parametrize("damage", [flattened, glued, spaced, wrapped], ids=lambda f: f.__name__)
@pytest.mark.parametrize("name", [n for n in texts() if n not in DEVELOPMENT])
def test_a_damaged_copy_of_every_other_text_gives_the_same_measures(name, damage):
    clean = raw_text(name)

    assert structure(damage(clean)) == structure(clean)


@pytest.mark.parametrize("name", DEVELOPMENT)
def test_other_place_names_change_nothing_but_the_names(name):
    clean = raw_text(name)
    other = renamed(clean)

    assert other != clean or name.startswith(("gbh", "gf"))
    assert [(m.number, len(m.responsible), len(m.quantities), len(m.subsidies), m.start) for m in imported(other).measures] == [
        (m.number, len(m.responsible), len(m.quantities), len(m.subsidies), m.start) for m in imported(clean).measures
    ]


def test_all_texts_are_read_in_time():
    need_shared()
    began = time.perf_counter()
    for name in texts():
        imported(raw_text(name))

    assert time.perf_counter() - began < 10


def test_the_texts_are_those_we_know():
    need_shared()

    assert len(texts()) == 24
    assert fold("２ 万") == "2万"
