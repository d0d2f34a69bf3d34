"""Groups of transfers from plain data, one JSON object a line of a file: every fault of their shape at once, each at its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from yunxing.engines.ledger.batch import KINDS, REFERRING, WITH_LEGS, Due, Group, Leg, Transfer, full_key, transfer_key
from yunxing.values.errors import Fault, nearest
from yunxing.values.money import INT64_MAX

KEY = re.compile(r"[^\s\x00-\x1f#]{1,120}")
GROUP_KEYS = ("key", "transfers")
TRANSFER_KEYS = ("kind", "unit", "legs", "refers", "clause", "effective", "approvers", "until", "due")
DUE_KEYS = ("borrower", "project", "pledge", "event", "day")
MOST_TRANSFERS = 1000


def parse_group(data: Any, place: str) -> tuple[Group | None, list[Fault]]:
    """A group from plain data, or every fault of its shape. Balances and references are looked at by `decide`."""
    faults: list[Fault] = []
    if not isinstance(data, Mapping):
        return None, [Fault(place, "group", type(data).__name__, "an object with key and transfers")]
    _unknown(data, GROUP_KEYS, place, "group", faults)
    key, transfers = data.get("key"), data.get("transfers")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        faults.append(Fault(place, "key", repr(key), "text of 1 to 120 signs without spaces or #"))
    if not isinstance(transfers, list) or not 1 <= len(transfers) <= MOST_TRANSFERS:
        return None, [*faults, Fault(place, "transfers", repr(transfers)[:60], f"a list of 1 to {MOST_TRANSFERS} transfers")]
    parsed = [_transfer(str(key), number, each, place, faults) for number, each in enumerate(transfers, 1)]
    if faults:
        return None, faults
    return Group(str(key), tuple(transfer for transfer in parsed if transfer)), []


def _transfer(group: str, number: int, data: Any, place: str, faults: list[Fault]) -> Transfer | None:
    at = f"transfer {number}"
    if not isinstance(data, Mapping):
        faults.append(Fault(place, at, type(data).__name__, "an object"))
        return None
    before = len(faults)
    _unknown(data, TRANSFER_KEYS, place, at, faults)
    kind = data.get("kind")
    if kind not in KINDS:
        faults.append(Fault(place, f"{at}, kind", repr(kind), f"one of {', '.join(KINDS)}", fix=_guess(str(kind), KINDS)))
    with_legs = kind in WITH_LEGS and not (kind == "expire" and data.get("refers"))
    for name, longest, needed in (
        ("unit", 60, True),
        ("clause", 60, True),
        ("refers", 140, (kind in REFERRING and not with_legs) or kind in ("post", "repay")),
    ):
        text = data.get(name, "")
        if not is_text(text, longest) if text or needed else text != "":
            faults.append(Fault(place, f"{at}, {name}", repr(data.get(name))[:60], f"text of 1 to {longest} signs"))
        elif name == "refers" and text and kind not in REFERRING:
            faults.append(Fault(place, f"{at}, refers", repr(text), f"nothing: a transfer of kind {kind} refers to no other"))
    effective, until = _day(data.get("effective")), _day(data.get("until"))
    if effective is None:
        faults.append(Fault(place, f"{at}, effective", repr(data.get("effective")), "a day such as 2022-09-30"))
    if "until" in data and (until is None or kind != "reserve"):
        expected = "a day such as 2022-12-31" if kind == "reserve" else f"nothing: only a reservation lapses, not {kind}"
        faults.append(Fault(place, f"{at}, until", repr(data["until"])[:60], expected))
    approvers = data.get("approvers", [])
    if not isinstance(approvers, list) or len(approvers) > 2 or not all(is_text(each, 60) for each in approvers):
        faults.append(Fault(place, f"{at}, approvers", repr(approvers)[:60], "a list of at most two names"))
    elif len(set(approvers)) < len(approvers):
        faults.append(Fault(place, f"{at}, approvers", f"{approvers[0]!r} twice", "two different people"))
    legs = _legs(kind, data.get("legs", []), place, at, faults, needed=with_legs)
    due = _due(kind, data.get("due"), place, at, faults)
    if len(faults) > before or effective is None or kind not in KINDS:
        return None
    refers = full_key(data.get("refers", ""))
    return Transfer(transfer_key(group, number), kind, data["unit"], legs, data["clause"], effective, refers, tuple(approvers), until, due)


def is_text(text: Any, longest: int) -> bool:
    """Whether it is text that every database of ours takes: printable, not empty, not too long."""
    return isinstance(text, str) and 1 <= len(text) <= longest and text.isprintable()


def _due(kind: Any, data: Any, place: str, at: str, faults: list[Fault]) -> Due | None:
    if kind != "borrow":
        if data is not None:
            faults.append(Fault(place, f"{at}, due", repr(data)[:60], f"nothing: only a loan is due, not {kind}"))
        return None
    if not isinstance(data, Mapping):
        faults.append(Fault(place, f"{at}, due", repr(data)[:60], f"an object with {', '.join(DUE_KEYS[:4])} and perhaps day"))
        return None
    _unknown(data, DUE_KEYS, place, f"{at}, due", faults)
    before = len(faults)
    for name, longest in (("borrower", 60), ("project", 60), ("pledge", 120), ("event", 40)):
        if not is_text(data.get(name), longest):
            faults.append(Fault(place, f"{at}, due, {name}", repr(data.get(name))[:60], f"text of 1 to {longest} signs"))
    day = _day(data.get("day"))
    if "day" in data and day is None:
        faults.append(Fault(place, f"{at}, due, day", repr(data["day"])[:60], "a day such as 2022-12-31"))
    return None if len(faults) > before else Due(data["borrower"], data["project"], data["pledge"], data["event"], day)


def _legs(kind: Any, data: Any, place: str, at: str, faults: list[Fault], *, needed: bool) -> tuple[Leg, ...]:
    if not needed:
        if data:
            faults.append(Fault(place, f"{at}, legs", f"{len(data)} legs", f"none: {kind} takes back what it refers to"))
        return ()
    if not isinstance(data, list) or len(data) < 2:
        faults.append(Fault(place, f"{at}, legs", repr(data)[:60], "a list of two legs or more"))
        return ()
    legs: list[Leg] = []
    for number, leg in enumerate(data, 1):
        if not isinstance(leg, Mapping) or set(leg) != {"account", "amount"}:
            faults.append(Fault(place, f"{at}, leg {number}", repr(leg)[:60], "an account and an amount"))
            continue
        account, amount = leg["account"], leg["amount"]
        if not is_text(account, 120):
            faults.append(Fault(place, f"{at}, leg {number}, account", repr(account)[:60], "the id of an account"))
        if type(amount) is not int or amount == 0 or abs(amount) > INT64_MAX:
            faults.append(
                Fault(place, f"{at}, leg {number}, amount", repr(amount), "a whole number other than 0, in the unit's smallest part")
            )
            continue
        legs.append(Leg(str(account), amount))
    accounts = [leg.account for leg in legs]
    if len(set(accounts)) < len(accounts):
        faults.append(Fault(place, f"{at}, legs", "an account twice", "each account once"))
    if len(legs) == len(data) and sum(leg.amount for leg in legs) != 0:
        faults.append(Fault(place, f"{at}, legs", f"a sum of {sum(leg.amount for leg in legs)}", "a sum of 0"))
    return tuple(legs)


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _unknown(data: Mapping[str, Any], valid: tuple[str, ...], place: str, at: str, faults: list[Fault]) -> None:
    faults.extend(
        Fault(place, f"{at}, {key}", "an unknown key", f"one of {', '.join(valid)}", fix=_guess(key, valid))
        for key in data
        if key not in valid
    )


def _guess(word: str, valid: tuple[str, ...]) -> str:
    found = nearest(word, valid)
    return f"did you mean {found!r}?" if found else ""
