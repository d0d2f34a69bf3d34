"""Pack files are read strictly: what does not fit is a located fault, all of them at once (conventions P1, P2)."""

import datetime as dt
import re
import tomllib
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from yunxing.packs.lines import Lines
from yunxing.packs.strict import PackFault, Strict, load


class Limb(Strict):
    name: str
    size: int = 0


class Beast(Strict):
    id: str
    kind: Literal["cat", "dog"] = "cat"
    born: dt.date | None = None
    limb: tuple[Limb, ...] = ()
    names: tuple[str, ...] = ()


class Zoo(Strict):
    title: str
    beast: tuple[Beast, ...] = Field(default=())


def written(tmp_path, text):
    path = tmp_path / "zoo.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(tmp_path, text):
    with pytest.raises(PackFault) as refused:
        load(written(tmp_path, text), Zoo)
    return refused.value.faults


def test_a_good_file_becomes_frozen_values(tmp_path):
    zoo = load(
        written(tmp_path, 'title = "动物园"\n[[beast]]\nid = "a"\nborn = 2022-05-27\nnames = ["x", "y"]\n[[beast.limb]]\nname = "leg"\n'),
        Zoo,
    )

    assert zoo.beast[0].born == dt.date(2022, 5, 27)
    assert zoo.beast[0].names == ("x", "y")
    with pytest.raises(ValueError, match="frozen"):
        zoo.title = "other"


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_key(tmp_path):
    """P2: a key one letter wrong must never be dropped silently."""
    (fault,) = faults_of(tmp_path, 'title = "t"\n\n[[beast]]\nid = "a"\n\n[[beast]]\nid = "b"\nborm = 2022-05-27\n')

    assert fault.place == "line 8, beast › 2 › borm"
    assert "'borm'" in fault.found
    assert "'born'" in fault.fix


def test_the_line_is_that_of_the_right_item_in_nested_arrays(tmp_path):
    text = 'title = "t"\n[[beast]]\nid = "a"\n[[beast.limb]]\nname = "l"\n[[beast.limb]]\nname = "m"\n[[beast]]\nid = "b"\n[[beast.limb]]\nname = "n"\n[[beast.limb]]\nname = "o"\nsize = "big"\n'
    (fault,) = faults_of(tmp_path, text)

    assert fault.place == "line 14, beast › 2 › limb › 2 › size"


def test_a_missing_key_points_at_its_table(tmp_path):
    (fault,) = faults_of(tmp_path, 'title = "t"\n[[beast]]\nid = "a"\n[[beast]]\nkind = "dog"\n')

    assert (fault.place, fault.found) == ("line 4, beast › 2 › id", "nothing")


def test_all_faults_are_told_at_once(tmp_path):
    found = faults_of(tmp_path, 'tittle = "t"\n[[beast]]\nid = 7\nkind = "cow"\n')

    assert {fault.place.split(", ")[1] for fault in found} == {"title", "tittle", "beast › 1 › id", "beast › 1 › kind"}


@pytest.mark.parametrize("value", ['"7"', "true", "2022-01-01"])
def test_nothing_is_converted_silently(tmp_path, value):
    """P2: the text "7" is not the count 7."""
    (fault,) = faults_of(tmp_path, f'title = "t"\n[[beast]]\nid = "a"\n[[beast.limb]]\nname = "l"\nsize = {value}\n')

    assert fault.place.endswith("limb › 1 › size")


def test_a_float_is_refused_with_advice(tmp_path):
    """P1: money and rates are text with a unit."""
    (fault,) = faults_of(tmp_path, 'title = "t"\n[[beast]]\nid = "a"\nrate = 0.35\n')

    assert fault.place == "line 4"
    assert '"0.35%"' in fault.found


@pytest.mark.parametrize(("text", "place"), [('title = "t\n', "line 1"), ("title\n", "line 1"), ("a = 1\na = 2\n", "line 2")])
def test_broken_toml_names_the_line(tmp_path, text, place):
    assert faults_of(tmp_path, text)[0].place == place


def test_bytes_that_are_not_utf8_and_a_missing_file_are_faults(tmp_path):
    path = tmp_path / "zoo.toml"
    path.write_bytes('title = "滨"'.encode("gbk"))
    for where in (path, tmp_path / "none.toml", tmp_path):
        with pytest.raises(PackFault):
            load(where, Zoo)


keys = st.text("abcdefgh", min_size=1, max_size=5)


@given(st.lists(st.tuples(keys, st.lists(st.lists(keys, unique=True, max_size=3), max_size=3)), max_size=5))
def test_lines_agree_with_a_file_written_line_by_line(tables):
    """The second pass over the lines finds every key where it was written (against the slow obvious way: remember while writing)."""
    text, where, counts = [], {}, {}
    for name, inner in tables:
        index = counts.get(name, -1) + 1
        counts[name] = index
        text.append(f"[[t_{name}]]")
        where[(f"t_{name}", index)] = len(text)
        for at, names in enumerate(inner):
            text.append(f"  [[t_{name}.inner]]  # a remark")
            where[(f"t_{name}", index, "inner", at)] = len(text)
            for key in names:
                text += [f"  {key} = [", '    "x = 1",', "  ]"]
                where[(f"t_{name}", index, "inner", at, key)] = len(text) - 2
    source = "\n".join(text) + "\n"
    tomllib.loads(source)
    lines = Lines.of(source)

    assert {place: lines.of_place(place) for place in where} == where


def test_a_place_that_is_not_there_gives_the_table_around_it():
    lines = Lines.of('a = 1\n[b]\nc = { d = 1, e = 2 }\n"18/5" = "x"\n')

    assert lines.of_place(("b", "zz")) == 2
    assert lines.of_place(("b", "c", "e")) == 3
    assert lines.of_place(("b", "18/5")) == 4
    assert lines.of_place(("nowhere",)) == 1


def test_text_over_lines_hides_no_key_and_makes_none():
    lines = Lines.of('a = """\nb = 1\n[c]\n"""\nd = 2\n')

    assert lines.of_place(("d",)) == 5
    assert ("b",) not in lines.places
    assert not [place for place in lines.places if re.match("c", str(place[:1]))]
