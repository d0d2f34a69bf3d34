"""What the pages of factors stand on: the pack's quotas, who may draw up an act or agree to one, and names for people."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from yunxing.desk.people.models import Role
from yunxing.desk.people.selectors import Standing
from yunxing.desk.room.figures import pick
from yunxing.desk.room.shell import pack_in_force
from yunxing.engines.ledger.quota_book import Act, QuotaPool, Quotas
from yunxing.io.store import party_lines
from yunxing.packs.pack import load_pack
from yunxing.packs.sections import present
from yunxing.values.errors import BadInput

_EMPTY = Quotas({}, {}, {}, {}, {}, {}, {}, (), (), (), {}, {})


@lru_cache(maxsize=2)
def _quotas(folder: Path) -> Quotas:
    found: Quotas = load_pack(folder).load_section("quotas") if present(folder, "quotas") else _EMPTY
    return found


def quotas() -> Quotas:
    """The quotas of the pack in force; empty ones for a pack without."""
    return _quotas(pack_in_force().folder)


def place() -> str:
    """The place whose books these are: the pack's folder, as the rounds of support name theirs."""
    return pack_in_force().folder.name


def offices_of(standing: Standing) -> frozenset[str]:
    """The offices a person acts for: his unit's code; the command for every office."""
    return frozenset({standing.post.unit.code}) if standing.post else frozenset()


def may_draw_up(standing: Standing, act: Act) -> bool:
    """Whether the person may draw up this act, and agree to another's: the command, or an office that the act names."""
    if standing.role == Role.COMMAND:
        return True
    return standing.role == Role.DEPARTMENT and bool(offices_of(standing) & set(act.by))


def may_see(standing: Standing, pool: QuotaPool) -> bool:
    """Whether the person sees every account of a pool: the command, its owner, or an office with an act on it."""
    if standing.role == Role.COMMAND:
        return True
    offices = {pool.owner} | {office for act in quotas().acts_of(pool.id) for office in act.by}
    return standing.role == Role.DEPARTMENT and bool(offices_of(standing) & offices)


def office_name(code: str) -> str:
    """The short name of an office."""
    office = pack_in_force().offices.get(code)
    return pick(office.short, office.name_en) if office else code


def counties() -> list[tuple[str, str]]:
    """The reporting units: code and name."""
    return [(one.id, pick(one.label, one.name_en)) for one in pack_in_force().regions.units]


def holder_names(holders: Iterable[str]) -> dict[str, str]:
    """Names of holders of accounts: the city, the outside, counties, firms and projects; a code stands where nothing is known."""
    wanted = set(holders)
    units = dict(counties())
    fixed = {
        "city": _("市级"), "source": _("来源（省级、预算或核定）"), "used": _("已使用"),
        "borne-city": _("市级负担"), "borne-place": _("所在地负担合计"),
    }  # fmt: skip
    found = {name: fixed[name] for name in wanted & fixed.keys()}
    for name in wanted - found.keys():
        plain = name.removeprefix("borne-")
        if plain in units:
            found[name] = units[plain] if plain == name else _("%(county)s负担") % {"county": units[plain]}
    rest = party_lines.named(connection, wanted - found.keys())
    return {name: found.get(name) or (rest[name].name if name in rest else name) for name in wanted}


def home() -> Path:
    """The state folder."""
    return Path(settings.HOME)


def resolved(kind: str, typed: str) -> tuple[str, str]:
    """The party that was typed by its code or its name, and the unit it reports through. Errors: `BadInput` with what comes near."""
    plain = typed.strip()
    known = party_lines.named(connection, [plain])
    if plain in known and known[plain].kind == kind:
        return plain, known[plain].unit
    found = party_lines.found_by(connection, plain, kind=kind, limit=6) if plain else []
    exact = [one for one in found if one.name == plain]
    if len(exact or found) == 1:
        one = (exact or found)[0]
        return one.id, one.unit
    words = "、".join(one.name for one in found[:5]) or _("名录中没有")
    raise BadInput(_("“%(typed)s”不能确定是哪一个：%(found)s。请填写编号或全称。") % {"typed": plain, "found": words})
