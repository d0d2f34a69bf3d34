"""One vehicle, one pass, one route (一车一证一线路): what a pass says, when it may be issued, and the text of its code that anyone can check offline.

The code carries the pass itself and a signature over it. A checker needs only the issuer's public key; no network, no register of persons.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from yunxing.values.digest import canonical_json
from yunxing.values.errors import BadInput

PREFIX = "YXP1"
_PLATE = re.compile(r"[\u4e00-\u9fff][A-Z][A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]?")


@dataclass(frozen=True, slots=True)
class Pass:
    """What the pass says. `route` names both ends; both days are included. No person's name is on it."""

    number: str
    plate: str
    route: str
    goods: str
    first: dt.date
    last: dt.date
    issuer: str

    def payload(self) -> bytes:
        """What is signed: the canonical JSON of the pass."""
        plain = {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in asdict(self).items()}
        return canonical_json(plain)

    def valid_on(self, day: dt.date) -> bool:
        """Whether the pass covers the day."""
        return self.first <= day <= self.last


def refusals(wanted: Pass, standing: Iterable[Pass], mode_from: dt.date, mode_until: dt.date, longest_days: int) -> list[str]:
    """Why the pass may not be issued, each as a sentence; empty when it may.

    A pass lies within the declared mode and its longest span; the same vehicle on the same route has at most one pass on a day (another route is
    a second pass).
    """
    found = []
    if not wanted.route.strip():
        found.append("没有写明线路：一车一证一线路")
    if not _PLATE.fullmatch(wanted.plate):
        found.append(f"车牌“{wanted.plate}”不像号牌，应为一个汉字、一个字母和 5 至 6 位字母数字")
    if wanted.last < wanted.first:
        found.append(f"止日 {wanted.last} 早于起日 {wanted.first}")
    elif (wanted.last - wanted.first).days + 1 > longest_days:
        found.append(f"有效期 {(wanted.last - wanted.first).days + 1} 天，最长 {longest_days} 天")
    if wanted.first < mode_from or wanted.last > mode_until:
        found.append(f"有效期 {wanted.first} 至 {wanted.last} 超出应急状态 {mode_from} 至 {mode_until}")
    same = [one for one in standing if (one.plate, one.route) == (wanted.plate, wanted.route) and one.number != wanted.number]
    found += [
        f"同车同线路已有通行证 {one.number}（{one.first} 至 {one.last}）"
        for one in same
        if one.first <= wanted.last and wanted.first <= one.last
    ]
    return found


def code_of(payload: bytes, signature: bytes) -> str:
    """The text of the QR code: prefix, pass, signature, in the alphabet of base64url."""
    return ".".join((PREFIX, _b64(payload), _b64(signature)))


def read_code(text: str) -> tuple[Pass, bytes, bytes]:
    """The pass, what was signed and the signature of a code's text. A text that is no such code is BadInput; the signature is not checked here."""
    parts = text.strip().split(".")
    if len(parts) != 3 or parts[0] != PREFIX:
        raise BadInput("这不是本平台的通行证二维码（not a pass of this platform）。")
    try:
        payload, signature = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts[1:])
        plain = json.loads(payload)
        found = Pass(**{**plain, "first": dt.date.fromisoformat(plain["first"]), "last": dt.date.fromisoformat(plain["last"])})
    except (binascii.Error, ValueError, TypeError, KeyError) as error:
        raise BadInput("二维码内容残缺或被改动（the code is damaged or altered）。") from error
    if found.payload() != payload:
        raise BadInput("二维码内容残缺或被改动（the code is damaged or altered）。")
    return found, payload, signature


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def still_fresh(taken: dt.datetime, at: dt.datetime, hours: int) -> bool:
    """Whether a test is at most so many hours old: exactly so many passes, a minute more does not.

    >>> still_fresh(dt.datetime(2022, 4, 1, 8), dt.datetime(2022, 4, 3, 8), 48)
    True
    """
    return dt.timedelta(0) <= at - taken <= dt.timedelta(hours=hours)


def mask_plate(plate: str) -> str:
    """A plate with its middle struck out, for pages that need not know the vehicle.

    >>> mask_plate("鲁M12345")
    '鲁M***45'
    """
    return plate[:2] + "***" + plate[-2:] if len(plate) > 4 else "***"


def mask_phone(phone: str) -> str:
    """138****1234; a number too short to keep anything of is struck out whole."""
    return phone[:3] + "****" + phone[-4:] if len(phone) >= 11 else "****"
