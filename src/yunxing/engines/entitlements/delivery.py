"""How support reaches an enterprise without an application (免申即享): the states of a round and of an offer, and who may move them.

A round: `open` offers stand before the enterprises · `announced` the public notice runs · `approved` money is reserved · `paid` it is committed and
listed · `withdrawn`. An offer: `offered` · `confirmed` or `declined` by the enterprise · `announced` · `objected` · `struck` taken out with a
reason · `granted`, `reduced` or `queued` by the pool · `paid`. A step that stands in no table is refused by name; nothing is ever skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from yunxing.values.errors import DoesNotHold

NOTICE_WORKDAYS = 5  # of a public notice: the platform's default, no rule of the plan
ROUND: Mapping[tuple[str, str], str] = {
    ("open", "announce"): "announced",
    ("announced", "approve"): "approved",
    ("approved", "pay"): "paid",
    ("open", "withdraw"): "withdrawn",
    ("announced", "withdraw"): "withdrawn",
}
OFFER: Mapping[tuple[str, str], str] = {
    ("offered", "confirm"): "confirmed",
    ("offered", "decline"): "declined",
    ("confirmed", "decline"): "declined",
    ("declined", "confirm"): "confirmed",
    ("confirmed", "announce"): "announced",
    ("announced", "object"): "objected",
    ("objected", "uphold"): "announced",
    ("objected", "strike"): "struck",
    ("confirmed", "strike"): "struck",
    ("announced", "strike"): "struck",
    ("announced", "grant"): "granted",
    ("announced", "reduce"): "reduced",
    ("announced", "queue"): "queued",
    ("granted", "pay"): "paid",
    ("reduced", "pay"): "paid",
}
ROUND_STATES = {"open": "待企业确认", "announced": "公示中", "approved": "已审批", "paid": "已支付", "withdrawn": "已撤回"}
OFFER_STATES = {
    "offered": "待确认", "confirmed": "已确认", "declined": "不领取", "announced": "公示中", "objected": "有异议", "struck": "已剔除",
    "granted": "已核准", "reduced": "部分核准", "queued": "排队", "paid": "已支付",
}  # fmt: skip
ACTS = {
    "open": "发起", "confirm": "企业确认", "decline": "不领取", "announce": "开始公示", "object": "提出异议", "uphold": "异议不成立", "strike": "剔除",
    "approve": "审批", "pay": "支付", "withdraw": "撤回",
}  # fmt: skip
BY_ENTERPRISE = frozenset({"confirm", "decline"})  # and only while the round is open


def after(table: Mapping[tuple[str, str], str], state: str, act: str) -> str:
    """The state after the act. Errors: `DoesNotHold` naming what may be done from here."""
    found = table.get((state, act))
    if found is None:
        may = sorted(each for at, each in table if at == state)
        raise DoesNotHold(f"{act} from {state}: not a step; from here: {', '.join(may) or 'nothing'}")
    return found


def may(table: Mapping[tuple[str, str], str], state: str) -> list[str]:
    """The acts that lead on from a state."""
    return sorted(act for at, act in table if at == state)


def approvable(state: str, *, today: date, notice_to: date | None, opener: str, approver: str, objections: int) -> None:
    """Whether a round may be approved now. Errors: `DoesNotHold` with every reason at once: the notice runs, an objection is open, one person did both."""
    reasons = []
    if state != "announced":
        reasons.append(f"the round is {state}, expected announced 尚未公示")
    elif notice_to is None or today <= notice_to:
        reasons.append(f"the public notice runs through {notice_to} 公示期未满")
    if objections:
        reasons.append(f"{objections} objections are not decided 有异议未处理")
    if opener == approver:
        reasons.append(f"{approver} opened the round; another person approves it 须由另一人审批")
    if reasons:
        raise DoesNotHold("; ".join(reasons))


def masked_name(name: str) -> str:
    """A name for a public list. The name of an enterprise is public; of a person the family name stays.

    >>> masked_name("某某化工有限公司"), masked_name("王小明"), masked_name("李四")
    ('某某化工有限公司', '王**', '李*')
    """
    return name if len(name) > 4 else name[:1] + "*" * (len(name) - 1)


def masked_code(code: str) -> str:
    """A code for a public list: four signs at each end.

    >>> masked_code("91990000MA00000A0X"), masked_code("1234")
    ('9199**********0A0X', '****')
    """
    return "*" * len(code) if len(code) <= 8 else code[:4] + "*" * (len(code) - 8) + code[-4:]


def masked_account(tail: str) -> str:
    """An account by its last four digits.

    >>> masked_account("6789")
    '**** 6789'
    """
    return f"**** {tail}" if tail else ""
