"""Digests name their algorithm; one value has one canonical text."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.values.digest import Digest, canonical_json, digest, parse_digest, sm3
from yunxing.values.errors import BadInput

scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.text(st.characters(exclude_categories=["Cs"])))
values = st.recursive(scalars, lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text("ab中", max_size=3), inner)), max_leaves=10)


def test_standard_vectors_of_sm3():
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_standard_vector_of_sha256():
    assert digest(b"abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.binary())
def test_bytes_are_digested_as_they_are(content):
    assert digest(content) == "sha256:" + hashlib.sha256(content).hexdigest()
    assert digest(bytearray(content), "sm3") == f"sm3:{sm3(content)}"


@given(values)
def test_canonical_text_reads_back_and_is_stable(value):
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text
    assert digest(value) == digest(text)


@given(st.dictionaries(st.text("abc", max_size=2), st.integers()))
def test_the_order_of_keys_does_not_matter(mapping):
    assert digest(mapping) == digest(dict(reversed(mapping.items())))


def test_tuples_are_lists_and_chinese_stays():
    assert canonical_json({"键": (1, True, None)}).decode() == '{"键":[1,true,null]}'


@pytest.mark.parametrize("value", [1.0, float("nan"), {"a": [1, 2.5]}, {1: 2}, {"a": {2, 3}}, [b"x"], object()])
def test_what_has_no_one_text_is_refused(value):
    with pytest.raises(BadInput):
        canonical_json(value)


def test_unknown_algorithms_are_refused():
    with pytest.raises(BadInput):
        digest(b"", "md5")


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_digests_are_taken_apart_and_put_together(algorithm):
    text = digest({"a": 1}, algorithm)
    assert parse_digest(text) == Digest(algorithm, text.partition(":")[2])
    assert str(parse_digest(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "a" * 64, "md5:" + "a" * 64, "sha256:" + "a" * 63, "sha256:" + "a" * 65, "sha256:" + "A" * 64, "sm3:" + "g" * 64, ":" + "a" * 64],
)
def test_digests_without_algorithm_or_of_another_shape_are_refused(text):
    with pytest.raises(BadInput):
        parse_digest(text)
