"""The registry in the relational store: what it holds now (`reporting_party`, `reporting_membership`), read and written by SQL.

The tables are made by the desk's migrations (`desk.setup.prepare`). Writing is idempotent: the same registry twice changes nothing. Every write also
goes into the history (`io/store/registry_history.py`), so that the registry of any day, as known at any instant, can be asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from yunxing.engines.registry.parties import Membership, Party
from yunxing.io.store import dialect
from yunxing.io.store.registry_history import Act, Written, record
from yunxing.io.store.registry_rows import MEMBER, PARTY, member_of, party_of

__all__ = [
    "Act", "ProjectRow", "Written", "parties_at", "project_row", "read_aliases", "read_memberships", "read_parties", "read_some",
    "write_memberships", "write_parties",
]  # fmt: skip


def read_parties(connection: Any, *, kind: str | None = None, on: date | None = None) -> dict[str, Party]:
    """Parties by id, in id order, in their newest state; of one kind and valid on a day when given."""
    sql = f"select {PARTY} from reporting_party" + (" where kind = %s" if kind else "") + " order by id"
    found = [party_of(row) for row in dialect.rows(connection, sql, (kind,) if kind else ())]
    return {party.id: party for party in found if on is None or party.valid_on(on)}


def read_some(connection: Any, ids: Sequence[str]) -> dict[str, Party]:
    """The parties of those ids in their newest state; the unknown are left out."""
    found: dict[str, Party] = {}
    for start in range(0, len(ids), 500):
        some = list(ids[start : start + 500])
        places = ", ".join(["%s"] * len(some))
        rows = dialect.rows(connection, f"select {PARTY} from reporting_party where id in ({places})", some)
        found |= {str(row[0]): party_of(row) for row in rows}
    return found


def parties_at(connection: Any, day: date) -> dict[str, Party]:
    """Every party by id in the state it had on a day, also those that did not exist yet or no longer; the newest state where no other is told.

    A firm that changed its unit on 1 July belongs, for June, to the unit it had in June.
    """
    found = read_parties(connection)
    sql = f"select {PARTY.replace('id', 'party', 1)} from reporting_party_state where known_to is null and from_day <= %s and to_day >= %s"
    found |= {str(row[0]): party_of(row) for row in dialect.rows(connection, sql, (day, day)) if row[0] in found}
    return found


def read_memberships(connection: Any, *, roster: str | None = None, party: str | None = None, on: date | None = None) -> list[Membership]:
    """Memberships in the order roster, party, first day; of one roster, of one party, and valid on a day when given."""
    given = [(name, value) for name, value in (("roster", roster), ("party", party)) if value]
    where = " where " + " and ".join(f"{name} = %s" for name, _value in given) if given else ""
    sql = f"select {MEMBER} from reporting_membership{where} order by roster, party, valid_from"
    found = [member_of(row) for row in dialect.rows(connection, sql, [value for _name, value in given])]
    return [member for member in found if on is None or member.valid_on(on)]


def read_aliases(connection: Any) -> dict[str, str]:
    """The ids that merges gave up, each with the party it now means."""
    return {str(row[0]): str(row[1]) for row in dialect.rows(connection, "select alias, party from reporting_alias where known_to is null")}


def write_parties(connection: Any, parties: Iterable[Party], act: Act | None = None) -> Written:
    """Add parties or correct them by id, in the caller's transaction or one of its own; `act` says when, by whom and on what ground."""
    return record(connection, act or Act(), [(party, None) for party in {one.id: one for one in parties}.values()]).parties


def write_memberships(connection: Any, memberships: Iterable[Membership], act: Act | None = None) -> Written:
    """Add memberships, or change the end, reason and details of those that begin on the same day."""
    return record(connection, act or Act(), (), list({one.key: one for one in memberships}.values())).memberships


class ProjectRow(NamedTuple):
    """A project as the registry knows it: its state, and its memberships of rosters, those of the past included."""

    party: Party
    memberships: tuple[Membership, ...]

    def on(self, roster: str, day: date) -> Membership | None:
        """The membership of a roster on a day; its attributes say who answers for the project."""
        return next((one for one in self.memberships if one.roster == roster and one.valid_on(day)), None)


def project_row(connection: Any, project: str) -> ProjectRow | None:
    """The registry's row of a project and its rosters; None when it is not registered. An id given up in a merge leads to the one that stays."""
    known = read_aliases(connection).get(project, project)
    party = read_some(connection, [known]).get(known)
    if party is None or party.kind != "project":
        return None
    return ProjectRow(party, tuple(read_memberships(connection, party=known)))
