"""Attaching keeps the text unchanged with its spans; what is kept is verified again each time it is read."""

import json

import pytest

from pack_cast import TEMPLATE, change
from yunxing.flows.attach_plan import attach_plan, attached_text, text_of
from yunxing.io.texts import text_path
from yunxing.packs.pack import load_pack
from yunxing.packs.plan import clause_key
from yunxing.values.errors import BadInput

OFFICIAL = TEMPLATE / "official.txt"


@pytest.fixture
def pack():
    return load_pack(TEMPLATE)


def test_what_is_attached_is_read_back_with_the_same_spans(tmp_path, pack):
    cut = attach_plan(tmp_path, pack, OFFICIAL)
    back = attached_text(tmp_path, pack)

    assert back == cut
    assert text_path(tmp_path, pack.id).read_bytes() == OFFICIAL.read_bytes()
    spans = json.loads(text_path(tmp_path, pack.id).with_suffix(".json").read_text(encoding="utf-8"))
    assert spans["sha256"] == cut.sha256
    start, end = spans["measures"][1]["sentences"][2]
    assert back.text[start:end] == back.sentence(clause_key("2/2"))


def test_attaching_twice_changes_nothing(tmp_path, pack):
    attach_plan(tmp_path, pack, OFFICIAL)
    path = text_path(tmp_path, pack.id)
    before = {one.name: one.stat().st_mtime_ns for one in path.parent.iterdir()}
    attach_plan(tmp_path, pack, OFFICIAL)

    assert {one.name: one.stat().st_mtime_ns for one in path.parent.iterdir()} == before


def test_nothing_attached_is_none_not_an_empty_text(tmp_path, pack):
    assert attached_text(tmp_path, pack) is None


def test_a_text_altered_in_the_home_folder_is_refused_when_read(tmp_path, pack):
    attach_plan(tmp_path, pack, OFFICIAL)
    path = text_path(tmp_path, pack.id)
    path.write_text(path.read_text(encoding="utf-8").replace("12亿元", "13亿元"), encoding="utf-8")

    with pytest.raises(BadInput, match="its sha256 is"):
        attached_text(tmp_path, pack)


def test_a_refused_text_leaves_the_attached_one_as_it_was(tmp_path, pack):
    attach_plan(tmp_path, pack, OFFICIAL)
    other = tmp_path / "other.txt"
    other.write_text("1.甲。乙。(市甲局负责)\n", encoding="utf-8")
    with pytest.raises(BadInput):
        attach_plan(tmp_path, pack, other)

    assert attached_text(tmp_path, pack).sentence_count == 3


def test_a_pack_read_anew_from_a_corrected_text_asks_for_that_text(tmp_path, template):
    attach_plan(tmp_path, load_pack(template), OFFICIAL)
    digest = load_pack(template).document.official_text.sha256
    change(template, "pack.toml", digest, "0" * 64)

    with pytest.raises(BadInput, match=r"0{64}"):
        attached_text(tmp_path, load_pack(template))


def test_a_file_is_cut_without_being_kept(tmp_path, pack):
    assert text_of(pack, OFFICIAL).office_mentions == 3
    assert attached_text(tmp_path, pack) is None


def test_a_file_that_is_not_there_is_refused(tmp_path, pack):
    with pytest.raises(BadInput, match="expected the official text"):
        attach_plan(tmp_path, pack, tmp_path / "none.txt")
