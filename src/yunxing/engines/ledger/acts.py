"""From an act and what an officer filled in to the group of transfers that does it: pure, by the pack's rules; the ledger then decides whether it may.

`plan` never looks at a clock or a store: balances come in through `Balances`. What a rule gives to nobody (a fee beyond the pilot's cap, an import beyond the
confirmed total) is remarked and never written; a need of pollutants that no cut covers refuses the whole act.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from yunxing.engines.ledger import foreign, land, pollutants
from yunxing.engines.ledger.batch import Due, transfer_key
from yunxing.engines.ledger.draft import Balances, Draft, Given, Loan, Opening, Planned, Pledge
from yunxing.engines.ledger.energy import renewable_shares
from yunxing.engines.ledger.quota_book import CITY, SOURCE, USED, Act, Draw, Holder, Quotas
from yunxing.engines.ledger.splits import Split, partial_then_wait
from yunxing.values.errors import BadInput

__all__ = ["Balances", "Given", "Loan", "Opening", "Planned", "Pledge", "plan"]
OWN = "自愿减排"
"""The purpose that makes a verified cut its firm's own (17/3)."""

ADVANCED = "预支落实"
"""The purpose of a verified cut that was drawn on in advance."""


def plan(quotas: Quotas, act: Act, given: Given, balances: Balances) -> Planned:
    """The group that an act makes of what was given. Errors: `BadInput` for what is missing, below zero, or leaves nothing to move."""
    needs_amount = "amount" in act.asks
    if needs_amount and given.amount <= 0:
        raise BadInput("数量必须大于 0 (the amount must be above 0)")
    if act.purposes and given.purpose not in act.purposes:
        raise BadInput(f"用途“{given.purpose}”不在允许范围：{'、'.join(act.purposes)} (the purpose is one of these)")
    if "document" in act.asks and not given.document.strip():
        raise BadInput("请填写依据文件 (name the document it rests on)")
    draft = Draft(quotas, act, given)
    _PLANNERS[act.does](draft, balances)
    return draft.done()


def _between(draft: Draft) -> tuple[str, str]:
    act = draft.act
    target = draft.quotas.pools[act.target_pool] if act.target_pool else draft.pool
    return draft.account(draft.pool, act.source), draft.account(target, act.target)


def _issue(draft: Draft, _balances: Balances) -> None:
    source, target = _between(draft)
    draft.add("issue", {source: -draft.given.amount, target: draft.given.amount})


def _move(draft: Draft, _balances: Balances) -> None:
    source, target = _between(draft)
    draft.add("move", {source: -draft.given.amount, target: draft.given.amount})


def _retire(draft: Draft, _balances: Balances) -> None:
    source, target = _between(draft)
    draft.add("retire", {source: -draft.given.amount, target: draft.given.amount})


def _hold(draft: Draft, _balances: Balances) -> None:
    source, target = _between(draft)
    draft.add("reserve", {source: -draft.given.amount, target: draft.given.amount})


def _settle(draft: Draft, _balances: Balances) -> None:
    source, target = _between(draft)
    draft.add("post", {source: -draft.given.amount, target: draft.given.amount}, refers=_full(draft.given.refers))


def _release(draft: Draft, _balances: Balances) -> None:
    draft.add("void", {}, refers=_full(draft.given.refers))


def _full(refers: str) -> str:
    if not refers:
        raise BadInput("请填写预留的编号 (name the reservation)")
    return refers if "#" in refers else transfer_key(refers, 1)


def _split(draft: Draft, _balances: Balances) -> None:
    """A whole that is brought into being in shares (16/1): the city's and that of the project's county."""
    rule = draft.quotas.splits[draft.act.split]
    county = draft.holder("county")
    legs = {draft.account(draft.pool, SOURCE): -draft.given.amount}
    for holder, share in renewable_shares(draft.given.amount, rule, county).items():
        role: Holder = "city" if holder == CITY else "county"
        legs[draft.account(draft.pool, role, holder)] = share
        draft.remark(*(("市级", "the city") if holder == CITY else (holder, holder)), share)
    draft.add("issue", legs, clause=rule.clause)


def _spread(draft: Draft, _balances: Balances) -> None:
    """The provincial land task, raised by the plan's uplift, over the counties by their stocks (15/1)."""
    uplift = draft.quotas.numbers["land_uplift"]
    if not draft.given.weights:
        raise BadInput("请填写各县区存量，每行一个 (give each county's stock, one a line)")
    task = land.city_task(draft.given.amount, uplift)
    legs = {draft.account(draft.pool, SOURCE): -task}
    for county, share in land.county_tasks(task, draft.given.weights).items():
        legs[draft.account(draft.pool, "county", county)] = share
    draft.remark("省定任务上浮后，市级任务", "raised, the city's task is", task)
    draft.add("issue", legs)


def _fee(draft: Draft, balances: Balances) -> None:
    """The hedging fee, 5:5 by province and place, the place's side within what is left of its cap, its share then borne by city and county (13/3)."""
    quotas, given = draft.quotas, draft.given
    rule = quotas.splits[draft.act.split]
    bearing = quotas.pools[draft.act.target_pool]
    cap = draft.account(draft.pool, "city")
    shared = partial_then_wait(rule, "local", given.amount, max(0, balances.available(cap)))
    payee = draft.account(bearing, "party")
    province = draft.account(bearing, SOURCE)
    draft.add("move", {cap: -shared.capped, province: -shared.other, payee: shared.paid}, clause=rule.clause)
    draft.remark("省级", "the province", shared.other)
    draft.remark("所在地", "the place", shared.capped)
    share = quotas.county_shares.get(given.county)
    if share is None:
        draft.notes.append(
            ("该县区的市县分担比例尚未确定，本笔先按所在地整体列支", "the share of city and county is not settled for this county")
        )
    elif shared.capped:
        parts = Split("place", rule.clause, {"city": share, "county": 1 - share}, tie_to="county").of(shared.capped)
        borne = {
            draft.account(bearing, "city", "borne-city", free=True): -parts["city"],
            draft.account(bearing, "county", f"borne-{given.county}", free=True): -parts["county"],
            draft.account(bearing, "used", "borne-place"): shared.capped,
        }
        draft.add("issue", borne)
    if shared.uncovered:
        draft.uncovered = shared.uncovered
        draft.remark("超出试点期上限、待决定", "beyond the pilot's cap, waiting", shared.uncovered)


def _draw(draft: Draft, balances: Balances) -> None:
    """A project's need of a pollutant: own voluntary cuts, the county's pool, then planned cuts in advance (17/1–3)."""
    quotas, given = draft.quotas, draft.given
    rule = _draw_rule(quotas)
    county, project, party = draft.holder("county"), draft.holder("project"), draft.holder("party")
    name = next((one for one, unit in rule.pollutants.items() if unit == draft.unit.id), "")
    if not name:
        raise BadInput(f"{draft.unit.title}不在污染物取用范围：{'、'.join(rule.pollutants)} (the rule of drawing names these alone)")
    ratio = pollutants.ratios(list(rule.pollutants), given.missed, quotas.replacements)[name]
    need = pollutants.needs({name: given.amount}, {name: ratio})[name]
    own = quotas.pools[rule.pools["own_cut"]].account(draft.unit.id, party)
    pooled = quotas.pools[rule.pools["county_pool"]].account(draft.unit.id, county)
    usable = [one for one in balances.pledges if not _unfit(quotas, one, county, given)]
    available: dict[pollutants.Origin, int] = {
        "own_cut": balances.available(own),
        "county_pool": balances.available(pooled),
        "future_cut": sum(one.left for one in usable),
    }
    drawn = pollutants.draw(need, available, rule.order)
    into = draft.account(quotas.pools[rule.into], "project")
    draft.remark(f"替代比例 {ratio}:1，需要", f"ratio {ratio}:1, needed", need)
    for origin, amount in drawn.parts:
        if origin == "future_cut":
            _borrow(draft, usable, amount, into, Due(party, project, "", rule.event))
        else:
            role: Holder = "party" if origin == "own_cut" else "county"
            source = draft.account(quotas.pools[rule.pools[origin]], role)
            draft.add("move", {source: -amount, into: amount}, clause=quotas.pools[rule.pools[origin]].clause)
            words = ("企业自愿减排", "own voluntary cuts") if origin == "own_cut" else ("县域余额", "the county's balance")
            draft.remark(*words, amount)
    if drawn.missing:
        draft.uncovered = drawn.missing
        draft.remark("无来源、缺口", "missing, no cut covers it:", drawn.missing)
        zh, en = draft.notes[-1]
        raise BadInput(f"{zh}；县域内平衡，不得批准 ({en})")


def _draw_rule(quotas: Quotas) -> Draw:
    if quotas.draw is None:
        raise BadInput("方案包没有污染物取用顺序 (the pack has no rule of drawing)")
    return quotas.draw


def _advance_rule(quotas: Quotas) -> pollutants.AdvanceRule:
    if quotas.advance is None:
        raise BadInput("方案包没有预支规则 (the pack has no rule of advances)")
    return quotas.advance


def _unfit(quotas: Quotas, pledge: Pledge, county: str, given: Given) -> bool:
    rule = _advance_rule(quotas)
    return pledge.left <= 0 or bool(pollutants.source_faults(pledge.source, county, production=given.production, rule=rule))


def _borrow(draft: Draft, pledges: Sequence[Pledge], amount: int, into: str, due: Due) -> None:
    rule = _advance_rule(draft.quotas)
    left = amount
    for pledge in pledges:
        taken = min(left, pledge.left)
        if not taken:
            continue
        left -= taken
        promise = Due(due.borrower, due.project, pledge.document, due.event, pledge.source.planned_done)
        draft.add("borrow", {pledge.account: -taken, into: taken}, due=promise, clause=rule.clause)
        draft.remark(f"预支 {pledge.source.id}（{pledge.source.planned_done} 前落实）", f"in advance on {pledge.source.id}", taken)


def _certify(draft: Draft, balances: Balances) -> None:
    """A verified cut: what was drawn on it in advance is made good first, the rest belongs to its firm (voluntary) or to the county's balance."""
    quotas, given = draft.quotas, draft.given
    rule = _draw_rule(quotas)
    if given.purpose == ADVANCED and not balances.loans:
        raise BadInput("该减排来源没有未归还的预支 (nothing is outstanding on this source)")
    left = given.amount
    outside = draft.account(draft.pool, SOURCE)
    for loan in balances.loans:
        paid = min(left, loan.outstanding)
        if not paid:
            continue
        left -= paid
        draft.add("issue", {outside: -paid, loan.holder: paid})
        draft.add("repay", {loan.holder: -paid, loan.source: paid}, refers=loan.key)
        draft.remark(f"归还 {loan.project} 的预支", f"makes good the advance of {loan.project}", paid)
    if left:
        own = bool(given.party) and given.purpose == OWN
        pool = quotas.pools[rule.pools["own_cut" if own else "county_pool"]]
        role: Holder = "party" if own else "county"
        draft.add("issue", {outside: -left, draft.account(pool, role): left})
        draft.remark(*(("记入企业", "to the firm") if own else ("记入县域余额", "to the county")), left)


def _import(draft: Draft, balances: Balances) -> None:
    """An import line against the confirmed total (12/2): the part within it is free of duty, what crosses it pays."""
    given = draft.given
    quota = draft.account(draft.pool, "project")
    line = foreign.ImportLine(given.key, given.amount, given.excluded)
    (found,) = foreign.within_confirmed(max(0, balances.available(quota)), 0, [line])
    draft.remark("免税", "free of duty", found.free)
    if found.taxed:
        draft.uncovered = found.taxed
        draft.remark("照章征税", "pays duty", found.taxed)
    draft.add("retire", {quota: -found.free, draft.account(draft.pool, USED): found.free})


_PLANNERS: Mapping[str, Callable[[Draft, Balances], None]] = {
    "issue": _issue,
    "split": _split,
    "spread": _spread,
    "move": _move,
    "retire": _retire,
    "hold": _hold,
    "settle": _settle,
    "release": _release,
    "fee": _fee,
    "draw": _draw,
    "certify": _certify,
    "import": _import,
}
