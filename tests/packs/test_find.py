"""A pack is found by its folder, by its name, or as the only one there is; otherwise the refusal says what is known."""

import shutil

import pytest

from pack_cast import PLAN, TEMPLATE
from yunxing.packs.find import find_pack, pack_roots, packs_in
from yunxing.values.errors import BadInput


@pytest.fixture
def here(tmp_path):
    (tmp_path / "plans").mkdir()
    return tmp_path


def put(here, name):
    return shutil.copytree(TEMPLATE, here / "plans" / name)


def test_by_folder():
    assert find_pack(PLAN) == PLAN
    assert find_pack(str(TEMPLATE)) == TEMPLATE


def test_by_name_in_the_folder_at_hand_before_the_shipped_one(here):
    other = put(here, PLAN.name)

    assert find_pack(PLAN.name, here) == other
    assert find_pack(PLAN.name) == PLAN


def test_the_only_one(here):
    only = put(here, "harbour_2030_7")
    put(here, "_template")

    assert find_pack(None, here) == only


def test_without_a_folder_of_plans_the_shipped_one_is_used(tmp_path):
    assert find_pack(None, tmp_path) == PLAN


def test_two_packs_and_no_name_is_refused_with_both_names(here):
    put(here, "a_2030_1")
    put(here, "b_2030_2")

    with pytest.raises(BadInput, match=r"a_2030_1, b_2030_2.*--pack"):
        find_pack(None, here)


def test_an_unknown_name_gives_the_nearest(here):
    put(here, "harbour_2030_7")

    with pytest.raises(BadInput, match="Did you mean 'harbour_2030_7'"):
        find_pack("harbor_2030_7", here)
    with pytest.raises(BadInput, match="Known packs"):
        find_pack(here / "zzz", here)


def test_the_template_is_no_pack_in_force():
    assert TEMPLATE not in packs_in(PLAN.parent)
    assert PLAN.parent in pack_roots()
