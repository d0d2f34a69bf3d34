"""Load `pools.toml`: what benefits are reserved against, each with its budget, what the budget rests on, and how it is handed out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import BadInput, Fault
from yunxing.values.money import parse_money

FILE = "pools.toml"


class PoolData(Strict):
    """A pool as the file writes it."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str
    title_en: str
    clause: str
    policies: Annotated[tuple[str, ...], Field(min_length=1)]
    owner: str
    period: Annotated[str, Field(pattern=r"^\d{4}$")]
    mode: Literal["fcfs_partial_last", "fcfs_whole_or_skip", "pro_rata"]
    budget: str
    basis: Literal["document", "assumption"]
    note: str
    note_en: str
    consent: bool = False  # handed out only to those who confirmed, in a round of the desk (免申即享)


class PoolsFile(Strict):
    """`pools.toml`."""

    pool: tuple[PoolData, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool: budget in fen for a period (a year), the policies that draw on it, and how claims are served."""

    id: str
    title: str
    title_en: str
    clause: str
    policies: tuple[str, ...]
    owner: str
    period: str
    mode: str
    budget_fen: int
    basis: str
    note: str
    note_en: str
    consent: bool = False

    @property
    def account(self) -> str:
        """The account that holds the pool's money."""
        return f"pool/{self.id}/{self.period}"

    @property
    def source(self) -> str:
        """The account from which the budget is issued."""
        return f"budget/{self.id}/{self.period}"


def load_pools(pack: Path) -> dict[str, Pool]:
    """The pools of a pack by id. Errors: `PackFault` for unknown keys, a budget that is no money, an id or a policy that stands twice."""
    path = pack / FILE
    pools: dict[str, Pool] = {}
    faults: list[Fault] = []
    drawn: dict[str, str] = {}
    for data in load(path, PoolsFile).pool:
        if data.id in pools:
            faults.append(Fault(str(path), f"pool › {data.id}", "a second pool of this id", "each id once"))
        for policy in data.policies:
            if policy in drawn:
                faults.append(
                    Fault(str(path), f"pool › {data.id} › policies", policy, f"a policy that no other pool has; {drawn[policy]} has it")
                )
            drawn[policy] = data.id
        try:
            budget = parse_money(data.budget)
        except BadInput as refused:
            faults.append(
                Fault(
                    str(path), f"pool › {data.id} › budget", data.budget, "an amount with its unit, such as 6000 万元", why=refused.message
                )
            )
            continue
        fields = data.model_dump(exclude={"budget"})
        pools[data.id] = Pool(**fields, budget_fen=budget)
    if faults:
        raise PackFault(faults)
    return pools
