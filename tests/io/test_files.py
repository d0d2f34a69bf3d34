"""A file is there whole or not at all; what is secret is readable by its owner only."""

import pytest

from yunxing.io.files import write_atomic, written_whole


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path):
    target = tmp_path / "a" / "b.txt"
    write_atomic(target, b"one")
    write_atomic(target, b"two")
    assert target.read_bytes() == b"two"
    assert [path.name for path in target.parent.iterdir()] == ["b.txt"]
    assert target.stat().st_mode & 0o777 == 0o644


def test_a_secret_file_is_its_owners(tmp_path):
    write_atomic(tmp_path / "key", b"k", secret=True)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    target = tmp_path / "b.txt"
    write_atomic(target, b"old")
    with pytest.raises(TypeError), written_whole(target) as stream:
        stream.writelines([b"half of the new one", None])
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["b.txt"]


def test_a_file_that_is_there_already_stays_where_it_is_asked_to(tmp_path):
    target = tmp_path / "key"
    for content in (b"first", b"second"):
        with written_whole(target, secret=True, unless_there=True) as stream:
            stream.write(content)
    assert target.read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
