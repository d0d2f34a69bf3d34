"""Accounts to try the desk with: units of the pack, one person for every role, all marked as synthetic. Idempotent.

Passwords are drawn when an account is made and kept beside the database (`demo_accounts.json`, mode 0600), so that `yunxing serve` can print
them again. No installation ever shares a password with another.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from yunxing.desk.people import journal, services
from yunxing.desk.people.models import Post, Role, Unit, User
from yunxing.io.files import write_atomic
from yunxing.packs.pack import Pack

FILE = "demo_accounts.json"
SINCE = date(2022, 1, 1)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account as it is printed: who it stands for, and how to sign in."""

    username: str
    password: str
    who: str


@dataclass(frozen=True, slots=True)
class Firm:
    """The synthetic enterprise that the enterprise account belongs to: credit code, name, and the unit it reports through."""

    code: str
    name: str
    unit: str


def read(home: Path) -> list[DemoAccount]:
    """The demo accounts of a home folder; none when no demonstration was made there."""
    path = home / FILE
    return [DemoAccount(**one) for one in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


@transaction.atomic
def create(home: Path, pack: Pack, firm: Firm | None = None) -> list[DemoAccount]:
    """Units, accounts and posts for a demonstration; accounts that exist keep their passwords. Needs `setup.prepare(home)` before."""
    units = _units(pack, firm)
    known = {account.username: account for account in read(home)}
    office = units[next((id_ for id_, one in pack.offices.items() if one.kind == "command"), next(iter(pack.offices)))]
    others = [units[id_] for id_, one in pack.offices.items() if one.kind == "city" and units[id_] != office]
    counties = [units[unit.id] for unit in pack.regions.units]
    casts: list[tuple[str, str, list[tuple[Role, Unit]]]] = [
        ("zhihui", "演示·指挥部", [(Role.COMMAND, office)]),
        ("qianfa", "演示·指挥部签发", [(Role.COMMAND, office)]),
        ("bumen", "演示·市直部门", [(Role.DEPARTMENT, one) for one in others[:2]]),
        *((f"xian{n}", f"演示·{one.name}", [(Role.COUNTY, one)]) for n, one in enumerate(counties[:2], 1)),
        ("yanpan", "演示·研判人员", [(Role.ANALYST, office)]),
        *([("qiye", f"演示·{firm.name}", [(Role.ENTERPRISE, units[firm.code])])] if firm else []),
        ("xitong", "演示·系统管理员", [(Role.SYSTEM_ADMIN, office)]),
        ("anquan", "演示·安全管理员", [(Role.SECURITY_ADMIN, office)]),
        ("shenji", "演示·审计管理员", [(Role.AUDIT_ADMIN, office)]),
    ]
    made = []
    for username, name, posts in casts:
        password = _account(username, name, known.get(username))
        for role, unit in posts:
            _post(username, role, unit)
        places = "、".join(f"{unit} · {role.label}" for role, unit in posts)
        made.append(DemoAccount(username, password, places))
    _write(home, made)
    return made


def _units(pack: Pack, firm: Firm | None) -> dict[str, Unit]:
    region = next(one for one in pack.regions.regions if one.level == "city")
    city = _unit(region.code, Unit.Kind.CITY, name=region.name, name_en=region.name_en)
    units: dict[str, Unit] = {}
    for one in pack.regions.units:
        kind = Unit.Kind.COUNTY if one.kind == "county" else Unit.Kind.ZONE
        units[one.id] = _unit(one.id, kind, name=one.name, name_en=one.name_en, short_name=one.short, parent=city)
    for id_, office in pack.offices.items():
        if id_ not in units:  # a county government carries the code of its reporting unit
            names = {"name": office.name, "name_en": office.name_en, "short_name": office.short}
            units[id_] = _unit(id_, Unit.Kind.OFFICE, parent=city, **names)
    if firm:
        units[firm.code] = _unit(firm.code, Unit.Kind.ENTERPRISE, name=firm.name, parent=units.get(firm.unit), is_synthetic=True)
    return units


def _unit(code: str, kind: Unit.Kind, **fields: Any) -> Unit:
    return Unit.objects.update_or_create(code=code, defaults={"kind": kind, **fields})[0]


def _account(username: str, name: str, known: DemoAccount | None) -> str:
    """The account's password: the kept one while it still opens the account, else a fresh one."""
    user = User.objects.filter(username=username).first()
    if user and not user.is_synthetic:
        return ""  # a real person already has this name: the demonstration leaves it alone
    if user and known and user.check_password(known.password):
        return known.password
    user = user or User(username=username, name=name, is_synthetic=True)
    password = known.password if known and known.password else services.initial_password()
    user.must_change_password = False
    user.phone = user.phone or f"0000-{sum(username.encode()) % 10_000:04d}"  # no real number begins like this
    user.password_changed_on = timezone.localdate()
    user.set_password(password)
    user.save()
    journal.record("account_open", kind="account", object_id=username, reason="demonstration")
    return password


def _post(username: str, role: Role, unit: Unit) -> None:
    user = User.objects.get(username=username)
    if user.is_synthetic and not Post.objects.filter(user=user, role=role, unit=unit).exists():
        post = Post.objects.create(user=user, role=role, unit=unit, since=SINCE, reason="demonstration")
        journal.record("grant", kind="post", object_id=post.pk, reason="demonstration")


def _write(home: Path, accounts: list[DemoAccount]) -> None:
    write_atomic(home / FILE, json.dumps([asdict(one) for one in accounts], ensure_ascii=False, indent=1).encode(), secret=True)
