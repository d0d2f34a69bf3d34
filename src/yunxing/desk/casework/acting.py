"""What every page and act of cases stands on: who acts, the tables of cases, working time, the moment, and the names of offices and parties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.utils.translation import get_language

from yunxing.desk import clock
from yunxing.desk.casework.models import Definition as PublishedDefinition
from yunxing.desk.people.models import Unit
from yunxing.desk.people.selectors import Standing
from yunxing.engines.cases.case import Actor
from yunxing.engines.cases.definition import Definition
from yunxing.flows import walk_case
from yunxing.io.store import case_log, party_lines
from yunxing.packs.pack import load_pack
from yunxing.values.office_hours import WorkingTime


def now() -> datetime:
    """The present moment, for the trade (in a demonstration on the day of its city)."""
    return clock.now()


def actor_of(standing: Standing) -> Actor:
    """The person as the tables of cases know him: account, unit, and what his post lets him be."""
    post = standing.post
    if post is None:
        return Actor(standing.user.username)
    posts = {str(post.role)} | ({"head"} if post.is_head else set())
    return Actor(standing.user.username, post.unit.code, frozenset(posts))


@lru_cache(maxsize=1024)  # more than any city publishes: pipelines and cases, each with its versions
def definition_of(name: str, version: int) -> Definition:
    """A published table. It never changes, so it is read once per process."""
    return case_log.definition_of(connection, name, version)


def newest(name: str) -> Definition:
    """The newest published version of a table. A fresh installation publishes its pack's tables when the first one is asked for.

    Errors: `BadInput` when the pack has no such table.
    """
    if not PublishedDefinition.objects.filter(name=name).exists():
        walk_case.publish(connection, load_pack(settings.PACK or None).load_section("cases").values(), now())
    return case_log.newest_definition(connection, name)


def names_of_kind(kind: str = "case") -> list[str]:
    """The names of the published tables of one kind."""
    return list(PublishedDefinition.objects.filter(kind=kind).order_by("name").values_list("name", flat=True).distinct())


def names_besides(kinds: Iterable[str]) -> list[str]:
    """The names of the published tables that are not among these."""
    return sorted(set(PublishedDefinition.objects.values_list("name", flat=True)) - set(kinds))


def command_codes() -> list[str]:
    """The codes under which the command owns cases, by the published tables."""
    found = {definition_of(name, version).command for name, version in PublishedDefinition.objects.values_list("name", "version")}
    return sorted((found - {""}) | {"command"})


NOT_BY_HAND = frozenset({"whistle", "quarterly_talk"})  # enterprises raise the one, the quarter's end proposes the other


def proposable() -> dict[str, str]:
    """The tables by which somebody of the desk may propose a matter, with their titles."""
    newest("whistle")  # publishes a fresh installation's tables
    cases = set(names_of_kind())
    return {name: title for name, title in titles().items() if name in cases - NOT_BY_HAND}


def titles() -> dict[str, str]:
    """The newest title of every published table, in the reader's language."""
    found: dict[str, str] = {}
    for name, version in PublishedDefinition.objects.order_by("name", "version").values_list("name", "version"):
        one = definition_of(name, version)
        found[name] = pick(one.title, one.title_en)
    return found


def working_time(definition: Definition) -> WorkingTime:
    """Working days with every notice at hand, and the table's office hours. A notice loaded by whomever counts from the next page on."""
    return WorkingTime(clock.calendar(), definition.hours)


def english() -> bool:
    """Whether the reader chose English."""
    return (get_language() or "").startswith("en")


def pick(zh: str, en: str) -> str:
    """The words in the reader's language, Chinese where no English is given."""
    return en if english() and en else zh


@dataclass(frozen=True)
class Names:
    """Offices, counties and parties by code, for one page."""

    units: dict[str, Unit]
    parties: dict[str, party_lines.PartyLine]

    def __call__(self, code: str) -> str:
        """The name of an office, county, enterprise; the code itself where nobody knows it."""
        if unit := self.units.get(code):
            return pick(str(unit), unit.name_en)
        if party := self.parties.get(code):
            return party.name
        return code

    def party(self, code: str) -> party_lines.PartyLine | None:
        """The party's line."""
        return self.parties.get(code)


def names_for(codes: Iterable[str]) -> Names:
    """The names of these codes in two reads."""
    wanted = sorted({one for one in codes if one})
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=wanted)}
    return Names(units, party_lines.named(connection, [one for one in wanted if one not in units]))


def offices() -> list[Unit]:
    """Every body that can lead or help: offices, counties, zones."""
    kinds = [Unit.Kind.OFFICE, Unit.Kind.COUNTY, Unit.Kind.ZONE]
    return list(Unit.objects.filter(kind__in=kinds, valid_to=None).order_by("kind", "code"))
