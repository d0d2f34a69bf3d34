"""`messages.toml`: what may leave the house is checked before it can (design: ecosystem 1.8)."""

from __future__ import annotations

from pathlib import Path

import pytest

from yunxing.packs.messages import load_messages
from yunxing.packs.strict import PackFault

ROOT = Path(__file__).resolve().parents[2]
GOOD = """
[[message]]
id = "case_news"
title = "事项有新进展：{title}"
sentence = "您关注的事项有新进展，请登录系统查看。"
text = { signature = "工业运行", ids = { demo = "D1" }, words = { kind = "事项" } }
"""


def write(tmp_path, text):
    (tmp_path / "messages.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_pack_without_messages_has_none(tmp_path):
    assert load_messages(tmp_path) == {}


def test_a_good_file_is_read(tmp_path):
    found = load_messages(write(tmp_path, GOOD))

    assert found["case_news"].text.ids == {"demo": "D1"}
    assert not found["case_news"].urgent


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("请登录系统查看。", "产值下降12%，请登录系统查看。", "a digit"),
        ("请登录系统查看。", "{title}，请登录系统查看。", "a place to fill in"),
        ("请登录系统查看。", "下降３成，请登录系统查看。", "a digit"),
        ("{title}", "{name}", "the place {name}"),
        ('kind = "事项"', 'kind = "3项"', "kind = 3项"),
        ('ids = { demo = "D1" }', "ids = {}", "no provider"),
        ("sentence", "sentense", "did you mean 'sentence'"),
    ],
)
def test_what_could_carry_a_figure_or_a_name_outside_is_refused(tmp_path, was, becomes, told):
    """Planted faults: a digit (full-width too), a place to fill in, an unknown place, a provider without an id, a misspelt key."""
    with pytest.raises(PackFault) as fault:
        load_messages(write(tmp_path, GOOD.replace(was, becomes, 1)))

    assert told in str(fault.value)


def test_an_id_stands_once(tmp_path):
    with pytest.raises(PackFault, match="second time"):
        load_messages(write(tmp_path, GOOD + GOOD))


def test_no_message_of_any_pack_or_of_the_program_can_carry_a_figure_outside():
    """Tidy: level ≥ 2 in a message is impossible, since the outside sentence has no place and no digit, in every pack and in our own templates."""
    from yunxing.desk.people.outbox import templates

    every = templates()
    for folder in (ROOT / "plans").iterdir():
        every |= load_messages(folder)

    assert len(every) > 10
    for one in every.values():
        assert "{" not in one.sentence, one.id
        assert not any(letter.isdigit() for letter in one.sentence), one.id
        assert "登录" in one.sentence, one.id
