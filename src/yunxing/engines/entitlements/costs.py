"""One cost gets one support: costs are known by their paper (an invoice, a contract), and a paper that stands behind two claims is found.

A number is compared as it is meant, not as it is typed: full-width digits, spaces, hyphens, small letters and the form of brackets make no other
paper. An invoice of the old kind has a code and a number; one of the fully digital kind has twenty digits alone, of which the first two are its
year: twenty digits that begin with 0 or 1 are a code of twelve and a number of eight written in one. Source: 156/2/3 names alternatives for one cost; the
handbook's rule of all money measures: one cost, one support.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from yunxing.values.errors import BadInput

Paper = Literal["invoice", "contract"]
PAPERS: tuple[Paper, ...] = ("invoice", "contract")
_DIGITAL, _NUMBER, _CODE = re.compile(r"[2-9][0-9]{19}"), re.compile(r"[0-9]{8}"), re.compile(r"[0-9]{10}|[0-9]{12}")
_CONTRACT = re.compile(r"[0-9A-Z\u4e00-\u9fff().]{3,60}")
_BRACKETS = str.maketrans("[]〔〕【】", "()()()")


@dataclass(frozen=True, slots=True)
class Cost:
    """A paper behind a claim: what it is, its number as a key, the claim and policy it stands behind, its amount in fen."""

    paper: Paper
    key: str
    claim: str
    policy: str
    fen: int = 0


@dataclass(frozen=True, slots=True)
class Reuse:
    """A paper that stands behind more than one claim: the one that came first keeps it."""

    paper: Paper
    key: str
    first: Cost
    again: tuple[Cost, ...]


def invoice_key(number: str, code: str = "") -> str:
    """The key of an invoice. Errors: `BadInput` for what is neither twenty digits nor a code of 10 or 12 with a number of 8.

    >>> invoice_key(" 2237 0000 0000 1234 5678"), invoice_key("12345678", "037001900104")
    ('22370000000012345678', '037001900104/12345678')
    """
    folded, prefix = _folded(number), _folded(code)
    if _DIGITAL.fullmatch(folded) and not prefix:
        return folded
    if not prefix and (whole := re.fullmatch(r"([0-9]{10}|[0-9]{12})/?([0-9]{8})", folded)):
        return f"{whole[1]}/{whole[2]}"
    if _NUMBER.fullmatch(folded) and _CODE.fullmatch(prefix):
        return f"{prefix}/{folded}"
    raise BadInput(f"发票号码“{number}”: found neither 20 digits (数电发票) nor a code of 10 or 12 digits with a number of 8")


def contract_key(number: str) -> str:
    """The key of a contract: letters, digits and brackets of its number, as printed.

    >>> contract_key("滨借字(2022) 第 015 号") == contract_key("滨借字（２０２２）第015号")
    True
    """
    folded = _folded(number).translate(_BRACKETS)
    if not _CONTRACT.fullmatch(folded):
        raise BadInput(f"合同编号“{number}”: found {len(folded)} signs, expected 3 to 60 letters, digits or brackets")
    return folded


def paper_key(paper: str, number: str, code: str = "") -> str:
    """The key of a paper of this kind. Errors: `BadInput` for an unknown kind or a number that is none."""
    if paper not in PAPERS:
        raise BadInput(f"paper: found {paper!r}, expected one of {', '.join(PAPERS)}")
    return invoice_key(number, code) if paper == "invoice" else contract_key(number)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s\-_—–]", "", plain)


def reused(costs: Iterable[Cost]) -> list[Reuse]:
    """Every paper behind two claims or more, in the order the papers were first met; the order of the costs is the order they came in."""
    by_paper: dict[tuple[Paper, str], list[Cost]] = {}
    for cost in costs:
        held = by_paper.setdefault((cost.paper, cost.key), [])
        if all(one.claim != cost.claim for one in held):
            held.append(cost)
    return [Reuse(paper, key, held[0], tuple(held[1:])) for (paper, key), held in by_paper.items() if len(held) > 1]


def blocked(costs: Iterable[Cost]) -> set[str]:
    """The claims that rest on a paper which an earlier claim already has."""
    return {cost.claim for reuse in reused(costs) for cost in reuse.again}
