"""Whether an item may be moved: who acts, what must be written down, what is compared. Pure; every reason is told at once, each with its clause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yunxing.engines.dispatch.definition import Field, Guard, Pipeline, Step
from yunxing.values.quantity import Comparator, holds

Value = int | str | bool | None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason why a step cannot be taken now. `where` is the field, fact or need that is concerned; `clause` is empty for the room's own rule."""

    where: str
    zh: str
    en: str
    clause: str = ""


def obstacles(
    pipeline: Pipeline,
    stage: str,
    name: str,
    *,
    roles: Collection[str],
    fields: Mapping[str, Value],
    facts: Mapping[str, Value],
    reason: str = "",
    evidence: bool = False,
) -> tuple[Obstacle, ...]:
    """Everything that stands against walking the step `name` from `stage`; empty when nothing does.

    `fields` are the item's, those given with the step already put in; `facts` are what was computed beside them (`packs.pipelines.COMPUTED`).
    `roles` are the roles of who acts: office (the item's own), county (the item's reporting unit), room (the command).
    """
    step = next((one for one in pipeline.steps if one.name == name), None)
    if step is None or stage not in step.sources:
        return (_not_from_here(pipeline, stage, name),)
    found = []
    if not set(step.by) & set(roles) and "room" not in roles:
        found.append(Obstacle("by", f"此步由{_who(step)[0]}办理", f"this step belongs to {_who(step)[1]}"))
    if "reason" in step.needs and not reason.strip():
        found.append(Obstacle("reason", "请写明理由", "a reason is needed"))
    if "evidence" in step.needs and not evidence:
        wanted = pipeline.stage(step.to).evidence
        found.append(
            Obstacle(
                "evidence", f"请上传佐证材料{f'：{wanted}' if wanted else ''}", "evidence is needed" + (f": {wanted}" if wanted else "")
            )
        )
    if step.pauses and reason.strip() and not any(reason.strip().startswith(one) for one in pipeline.pause_reasons):
        allowed = "、".join(pipeline.pause_reasons)
        found.append(Obstacle("reason", f"只能因下列情形暂停计时：{allowed}", f"only these pause a clock: {allowed}"))
    found += [
        Obstacle(one.id, f"请填写“{one.title}”", f"fill in {one.title_en}")
        for one in pipeline.asked_at(step.to)
        if fields.get(one.id) in (None, "")
    ]
    known = {**fields, **facts}
    missing = {one.where for one in found}
    found += [told for guard in pipeline.guards_of(step.to) if guard.fact not in missing and (told := against(guard, known)) is not None]
    return tuple(found)


def against(guard: Guard, known: Mapping[str, Value]) -> Obstacle | None:
    """What the guard holds against entering its stage; None when it holds. Absent is not zero: an absent number does not hold."""
    value = known.get(guard.fact)
    bound = known.get(guard.against) if guard.against else guard.value
    if isinstance(value, int) and isinstance(bound, int) and holds(int(value), Comparator(guard.comparator), int(bound)):
        return None
    shown = {"found": "—" if value is None else int(value) if isinstance(value, bool) else value, "wanted": "—" if bound is None else bound}
    return Obstacle(guard.fact, guard.zh.format(**shown), guard.en.format(**shown), guard.clause)


def _not_from_here(pipeline: Pipeline, stage: str, name: str) -> Obstacle:
    here = pipeline.stage(stage)
    zh = "、".join(one.title for one in pipeline.steps_from(stage)) or "没有下一步"
    en = ", ".join(one.title_en for one in pipeline.steps_from(stage)) or "nothing more"
    return Obstacle(
        "step", f"现处“{here.title}”，不能做“{name}”；可做：{zh}", f"it stands at {here.title_en}; {name!r} is not possible, only: {en}"
    )


def _who(step: Step) -> tuple[str, str]:
    words = {"office": ("责任部门", "the office"), "county": ("县（市、区）", "the county"), "room": ("指挥部", "the command")}
    return "或".join(words[one][0] for one in step.by), " or ".join(words[one][1] for one in step.by)


def parse_field(field: Field, text: str) -> Value:
    """The value of a field as typed; ValueError with a sentence when it does not fit. An empty text is no value.

    Money is typed in 万元 and kept in fen; a count has no decimals; a day is 2022-09-30.
    """
    from yunxing.values.errors import BadInput
    from yunxing.values.money import parse_money
    from yunxing.values.quantity import parse_number

    plain = text.strip()
    if not plain:
        return None
    try:
        if field.type == "money":
            return parse_money(plain, "万元")
        if field.type == "count":
            number = parse_number(plain)
            return _whole(number, plain, field.unit)
        if field.type == "date":
            return dt.date.fromisoformat(plain).isoformat()
    except BadInput as refused:
        raise ValueError(refused.message) from refused
    except ValueError as wrong:
        raise ValueError(str(wrong) if "“" in str(wrong) else f"“{plain}”不是日期，应写作 2022-09-30") from wrong
    if field.type == "flag":
        if plain not in ("0", "1"):
            raise ValueError(f"“{plain}”应为是或否")
        return plain == "1"
    if field.type == "choice" and plain not in field.options:
        raise ValueError(f"“{plain}”不在可选项中：{'、'.join(field.options)}")
    return plain


def _whole(number: Fraction, plain: str, unit: str) -> int:
    if number.denominator != 1 or number < 0:
        raise ValueError(f"“{plain}”不是整数，应为不小于 0 的整数（{unit}）")
    return int(number)


def field_values(pipeline: Pipeline, stored: Mapping[str, Any]) -> dict[str, Value]:
    """The stored fields that the pipeline knows; what it does not know is left aside."""
    return {one.id: stored.get(one.id) for one in pipeline.fields}
