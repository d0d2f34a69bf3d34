"""What the pages of dispatch stand on: the pack's pipelines, the day the desk counts from, who the person is towards an item, names of offices and units."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest

from yunxing.desk import clock
from yunxing.desk.casework import acting
from yunxing.desk.people.access import standing as standing_now
from yunxing.desk.people.models import Role
from yunxing.desk.room.figures import pick
from yunxing.desk.room.shell import pack_in_force
from yunxing.desk.scoping import current_scope
from yunxing.engines.cases.case import Actor
from yunxing.engines.cases.definition import Definition
from yunxing.engines.dispatch.definition import By, Pipeline
from yunxing.packs.command import Command, EmergencyFile
from yunxing.packs.pack import load_pack
from yunxing.values.scope import ALL, Scope


@lru_cache(maxsize=2)
def _walked(folder: Path) -> dict[str, Pipeline]:
    found: dict[str, Pipeline] = load_pack(folder).load_section("walked")
    return found


@lru_cache(maxsize=2)
def _command(folder: Path) -> Command:
    found: Command = load_pack(folder).load_section("command")
    return found


@lru_cache(maxsize=2)
def _emergency(folder: Path) -> EmergencyFile:
    found: EmergencyFile = load_pack(folder).load_section("emergency")
    return found


@lru_cache(maxsize=2)
def _tables(folder: Path) -> dict[str, Definition]:
    found = load_pack(folder).load_section("cases")
    return {name: found[name] for name in found if name in _walked(folder)}


def walked() -> dict[str, Pipeline]:
    """Everything the pack in force walks, by the id under which it stands among the cases."""
    return _walked(pack_in_force().folder)


def tables() -> dict[str, Definition]:
    """The case tables of what is walked."""
    return _tables(pack_in_force().folder)


def command_rules() -> Command:
    """The command's own rules."""
    return _command(pack_in_force().folder)


def emergency_rules() -> EmergencyFile:
    """The modes that may be declared."""
    return _emergency(pack_in_force().folder)


def desk_day() -> date:
    """The day from which lateness is counted: today, or the day on which a demonstration stands."""
    return clock.today()


def actor_of(request: HttpRequest) -> Actor:
    """Who acts, as the case engine knows him."""
    return acting.actor_of(standing_now(request))


def roles_towards(office: str, unit: str, scope: Scope | None = None, *, command: bool) -> set[By]:
    """What the person is towards an item: its office, its reporting unit, the command's staff. Nothing for everyone else."""
    seen = scope or current_scope()
    found: set[By] = set()
    if command:
        found.add("room")
    if seen.offices is not ALL and office in seen.offices:
        found.add("office")
    if seen.parties is ALL and seen.units is not ALL and unit in seen.units:
        found.add("county")
    return found


def is_command(request: HttpRequest) -> bool:
    """Whether the person acts for the command."""
    return bool(standing_now(request).role == Role.COMMAND)


def office_name(code: str) -> str:
    """The short name of an office, or the code where the pack does not know it."""
    office = pack_in_force().offices.get(code)
    return pick(office.short, office.name_en) if office else unit_name(code) or code


def unit_name(code: str) -> str:
    """The short name of a reporting unit; empty for none."""
    found = next((one for one in pack_in_force().regions.units if one.id == code), None)
    return pick(found.label, found.name_en) if found else ""
