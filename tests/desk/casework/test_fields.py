"""The form of a step reads what was posted and nothing else; what cannot be read names the field, what was found and an example."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from yunxing.desk.casework import fields
from yunxing.engines.cases.definition import Choice, Definition, Edge, Field, State
from yunxing.values.errors import Refusal

KINDS = {
    "words": "text", "decider": "text", "size": "count", "amount": "money", "urgent": "flag", "day": "date", "lead": "office", "joint": "offices",
    "handler": "person", "options": "options", "evidence": "files",
}  # fmt: skip
CHOICES = tuple(Choice(f"c{n}", f"选{n}", f"choice {n}") for n in range(9))
FIELDS = (
    *(Field(name, name, name, kind) for name, kind in KINDS.items()),
    Field("few", "few", "few", "choice", CHOICES[:3]),
    Field("many", "many", "many", "choice", CHOICES),
)
EDGE = Edge("e", "办", "do", ("s",), "", ("lead",), needs=("words",), takes=tuple(field.name for field in FIELDS if field.name != "words"))
TABLE = Definition("t", 1, "t", "t", (State("s", "s", "s", "lead"),), (EDGE,), fields=FIELDS)


def posted(text: str) -> QueryDict:
    return QueryDict(text)


def test_each_kind_of_field_has_its_widget():
    step = fields.step_of(TABLE, EDGE, lambda: [("A", "甲局")], lambda: [("u", "张三")], {"lead": "A"})
    widgets = {one.name: one.widget for one in step.fields}

    assert widgets == {
        "words": "long", "decider": "short", "size": "count", "amount": "money", "urgent": "flag", "day": "date", "lead": "select", "joint": "several",
        "handler": "select", "options": "lines", "evidence": "files", "few": "radio", "many": "select",
    }  # fmt: skip
    assert not step.quick
    assert next(one.value for one in step.fields if one.name == "lead") == "A"
    assert [one.required for one in step.fields] == [True] + [False] * 12


def test_what_was_posted_is_read_by_its_kind():
    given = fields.read(
        TABLE, EDGE, posted("words= 好 &size=3&amount=30 万元&urgent=1&day=2022-09-28&lead=A&joint=B&joint=&joint=C&options=a%0A%0A b%0A&few=c1&strange=x"),
        {"evidence": ["sha256:1"]},
    )  # fmt: skip

    assert given == {
        "words": "好", "size": 3, "amount": 30_000_000, "urgent": True, "day": "2022-09-28", "lead": "A", "joint": ["B", "C"], "options": ["a", "b"],
        "few": "c1", "evidence": ["sha256:1"],
    }  # fmt: skip


def test_what_was_left_empty_is_absent_not_zero():
    """No key at all: the engine then says which of them it needed."""
    assert fields.read(TABLE, EDGE, posted("words=&size=&amount=&day= &options=%0A"), {}) == {"urgent": False}


@pytest.mark.parametrize(
    ("text", "told"),
    [("size=三", "“size”是“三”，请填整数"), ("size=-1", "请填整数"), ("amount=30", "请写明单位"), ("words=" + "长" * 4001, "4001 字")],
)
def test_what_cannot_be_read_names_the_field_and_an_example(text, told):
    with pytest.raises(Refusal, match=told):
        fields.read(TABLE, EDGE, posted(text), {})
