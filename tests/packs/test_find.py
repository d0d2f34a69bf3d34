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


@pytest.mark.slow
def test_the_wheel_carries_the_plans(tmp_path):
    """Away from the repository the pack in the wheel is the one in force."""
    import os
    import subprocess
    import sys
    import zipfile

    from pack_cast import ROOT

    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=ROOT, check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    code = "from yunxing.packs.pack import load_pack; print(load_pack().folder)"
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        check=True,
        capture_output=True,
        text=True,
    )

    assert found.stdout.strip() == str(tmp_path / "site" / "yunxing" / "plans" / PLAN.name)
