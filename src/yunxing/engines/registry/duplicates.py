"""Which parties may be one and the same: proposals for a person to judge, never merged by themselves.

Reasons, the strongest first: the same credit code written otherwise; the organisation code inside a credit code equal to a 9-character organisation
code; the same old 15-digit registration number; the same name after folding; the same name but for the legal form within one reporting unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from yunxing.engines.registry.naming import folded, stem
from yunxing.engines.registry.parties import Party
from yunxing.values.codes import check_organisation_code, check_usci

REASONS = ("same_code", "organisation_code", "old_number", "same_name", "near_name")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two parties that may be one. `keep` is the one proposed to stay: a good credit code before an old number, then the earlier registered."""

    keep: str
    drop: str
    reason: str
    evidence: str

    @property
    def key(self) -> tuple[str, str]:
        """The pair, whichever way round."""
        return (min(self.keep, self.drop), max(self.keep, self.drop))


def propose(parties: Iterable[Party]) -> list[Proposal]:
    """Every pair of one kind that may be one, once, with its strongest reason; in the order of reasons and ids. Linear in the number of parties."""
    held = list(parties)
    found: dict[tuple[str, str], Proposal] = {}
    for reason, key_of in _KEYS:
        groups: dict[tuple[str, str], list[Party]] = defaultdict(list)
        for party in held:
            for key in key_of(party):
                groups[party.kind, key].append(party)
        for (_kind, key), same in groups.items():
            ordered = sorted(same, key=_worth)
            for other in ordered[1:]:  # all lead to the best of them, so that few merges make one of many
                if other.id != ordered[0].id:
                    one = Proposal(ordered[0].id, other.id, reason, key)
                    found.setdefault(one.key, one)
    return sorted(found.values(), key=lambda one: (REASONS.index(one.reason), one.keep, one.drop))


def _worth(party: Party) -> tuple[int, str, str]:
    quality = {"valid": 0, "suspect": 1, "malformed": 2}[check_usci(party.id).status]
    return quality, party.valid_from.isoformat(), party.id


def _written(party: Party) -> list[str]:
    checked = check_usci(party.id)
    return [checked.normalised] if checked.status != "malformed" else []


def _organisation(party: Party) -> list[str]:
    checked = check_usci(party.id)
    if checked.status != "malformed":
        return [checked.normalised[8:17]]
    own = [check_organisation_code(code) for code in (party.id, str(party.attributes.get("organisation_code", ""))) if code]
    return [one.normalised for one in own if one.status == "valid"]


def _old_number(party: Party) -> list[str]:
    """The 15-digit registration number a firm had before its credit code, as its own id or as an attribute of the firm with the new one."""
    numbers = [party.id, str(party.attributes.get("old_registration", ""))]
    return [number for number in numbers if len(number) == 15 and number.isdigit()]


def _same_name(party: Party) -> list[str]:
    name = folded(party.name)
    return [name] if name else []  # signs alone name nobody


def _near_name(party: Party) -> list[str]:
    short = stem(party.name)
    return [f"{party.unit}/{short}"] if party.kind == "enterprise" and len(short) >= 4 else []


_KEYS: tuple[tuple[str, Callable[[Party], list[str]]], ...] = (
    ("same_code", _written),
    ("organisation_code", _organisation),
    ("old_number", _old_number),
    ("same_name", _same_name),
    ("near_name", _near_name),
)
