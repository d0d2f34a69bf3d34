"""Attached texts are kept unchanged, whole or not at all, and writing the same again changes nothing."""

import json

import pytest

from yunxing.io import texts
from yunxing.values.errors import BadInput


def test_what_is_kept_is_what_was_given(tmp_path):
    raw = "一、\r\n 甲。\n".encode()
    path = texts.write_text(tmp_path, "p", raw, {"a": [1, 2]})

    assert path == tmp_path / "texts" / "p.txt"
    assert texts.read_text(tmp_path, "p") == raw
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8")) == {"a": [1, 2]}


def test_writing_the_same_again_changes_nothing(tmp_path):
    path = texts.write_text(tmp_path, "p", b"x", {})
    before = path.stat().st_mtime_ns, path.stat().st_ino
    texts.write_text(tmp_path, "p", b"x", {})

    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    assert sorted(one.name for one in path.parent.iterdir()) == ["p.json", "p.txt"]


def test_nothing_attached_is_none_and_no_file_is_refused(tmp_path):
    assert texts.read_text(tmp_path, "p") is None
    with pytest.raises(BadInput, match="no readable file"):
        texts.read_source(tmp_path / "none.txt")
    with pytest.raises(BadInput):
        texts.read_source(tmp_path)
