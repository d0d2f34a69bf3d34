"""`yunxing chain …` in words and as JSON, over a small chain; what is not there is refused."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from chain_cast import firm, link
from flows.test_read_chains import reading
from yunxing.cli import app, chain
from yunxing.flows.read_chains import Led
from yunxing.values.errors import BadInput


@pytest.fixture
def asked(monkeypatch):
    """The answer of a command over three firms in a row, of which the first has a second maker beside it."""
    firms = [
        firm("A", "aluminium.alumina"),
        firm("A2", "aluminium.alumina"),
        firm("S", "aluminium.smelting"),
        firm("R", "aluminium.rolling"),
    ]
    links = [link("S", "A", "alumina", days=3), link("R", "S", "ingot"), link("X", "S", "ingot")]
    read = reading(firms, links, Led(official="王某", firms=("S",)))
    monkeypatch.setattr(chain, "_read", lambda *_a: read)

    def run(*words):
        found = CliRunner().invoke(app, ["chain", *words])
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found.stdout

    return run


def test_every_chain_in_one_line_with_the_rows_left_out(asked):
    words = asked("map")
    told = json.loads(asked("map", "--json"))

    assert "高端铝产业链  4 家 firms" in words
    assert "X, expected a firm on a chain" in words
    assert told["chains"][0]["chain"] == "aluminium"
    assert len(told["chains"]) == 10
    assert len(told["faults"]) == 1


def test_one_chain_with_its_segments_leaders_and_lists(asked):
    told = json.loads(asked("map", "aluminium", "--json"))

    assert [one["name"] for one in told["leaders"]] == ["企业S"]
    assert told["lists"]["single"] == 2
    assert {one["segment"]: one["firms"] for one in told["segments"]}["aluminium.alumina"] == 2
    assert "链主 leader 企业S" in asked("map", "高端铝产业链")


def test_gaps_of_one_chain_and_of_all(asked):
    told = json.loads(asked("gaps", "aluminium", "--json"))

    assert told["bounds"]["missing_share"] == "80%"
    assert {("single", "S"), ("stocks", "S")} <= {(one["list"], one["party"]) for one in told["rows"]}
    assert "单一来源清单 · 企业S · 氧化铝 · 一家供应 100.0%（企业A）" in asked("gaps", "aluminium")
    assert len(json.loads(asked("gaps", "--json"))["rows"]) >= len(told["rows"])
    assert "没有 none" in asked("gaps", "medicine")


def test_a_stop_with_hits_in_order_and_who_could_step_in(asked):
    told = json.loads(asked("stop", "企业A", "--days", "20", "--json"))

    assert [(one["firm"], one["day"], one["lowest"]) for one in told["hits"]] == [("S", 4, "0.0%"), ("R", 5, "0.0%")]
    assert [(one["product"], one["firm"]) for one in told["substitutes"]] == [("alumina", "A2")]
    assert "第 4 天 day  企业S" in asked("stop", "A")
    assert "可补 instead" in asked("stop", "A")
    assert json.loads(asked("stop", "A", "--for", "3", "--json"))["hits"] == []
    assert json.loads(asked("stop", "A", "--no-stocks", "--days", "3", "--json"))["hits"][0]["day"] == 1


@pytest.mark.parametrize("words", [("map", "steel"), ("gaps", "steel"), ("stop", "nobody")])
def test_what_is_not_there_is_refused(asked, words):
    with pytest.raises(BadInput, match="expected one"):
        asked(*words)
