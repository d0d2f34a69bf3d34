"""The passes in order, and the plan they make. Pure: the same text gives the same plan."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from yunxing.engines.plantext import model as m
from yunxing.engines.plantext.amount import Amount
from yunxing.engines.plantext.benefit import grants
from yunxing.engines.plantext.bounds import bounds
from yunxing.engines.plantext.brackets import Group, groups
from yunxing.engines.plantext.clean import clean
from yunxing.engines.plantext.deadlines import Due, deadlines
from yunxing.engines.plantext.head import head
from yunxing.engines.plantext.heads import heads
from yunxing.engines.plantext.lines import lines
from yunxing.engines.plantext.measures import Found, measures
from yunxing.engines.plantext.numerals import number
from yunxing.engines.plantext.quantities import quantities
from yunxing.engines.plantext.subsidies import Row, subsidies
from yunxing.engines.plantext.tail import Signed, citations, effects, signed
from yunxing.engines.plantext.tree import Node, tree
from yunxing.engines.plantext.units import base
from yunxing.engines.plantext.view import View

_YEAR: Final = re.compile(r"20\d\d")


def import_text(raw: str, doc: str, source: str | None = None) -> m.Plan:
    """Read a policy text into a plan. ``doc`` names the text, ``source`` is its address; offsets are code points of ``raw``.

    Never refuses a text: one without numbering gives a plan without measures and a warning.
    """
    plan = m.Plan(doc, hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest(), source)
    view = lines(clean(raw))
    roots = tree(view)
    heads(view, roots)
    listed = groups(view)
    found, sections, plan.warnings = measures(view, roots, listed)
    sign = _front(plan, view, roots)
    year = _plan_year(plan)
    for node in sections:
        plan.sections.append(_section(view, node))
    for item in found:
        plan.measures.append(_measure(view, raw, item, listed, year))
    plan.goals = _goals(view, sections, found, raw, year, sign.span)
    if not found:
        plan.warnings.append(f"{m.UNSURE}：no numbered measure was found")
    if source is None:
        plan.warnings.append("no source address is given: the text is a draft until one is")
    return plan


def _front(plan: m.Plan, view: View, roots: list[Node]) -> Signed:
    front = head(view, roots)
    plan.title, plan.doc_number, plan.addressee = front.title, front.number, front.addressee
    sign = signed(view)
    plan.issuers, plan.date = sign.issuers, sign.date
    if plan.date is None:
        plan.warnings.append(f"{m.UNSURE}：no date under a signature was found")
    for cited in citations(view, plan.title, plan.doc_number):
        a, b = view.raw(cited.start, cited.end)
        plan.citations.append(m.CitedDocument(a, b, cited.rule, 0.9, "", cited.title, cited.number))
    for fact in effects(view):
        a, b = view.raw(fact.start, fact.end)
        plan.effects.append(m.Effect(a, b, "effect", 0.9, "", fact.kind, fact.value, fact.object))
    return sign


def _plan_year(plan: m.Plan) -> int | None:
    """The year of 全年 and of dates without one: the date's, else the number's, else the one year the title names."""
    for words in (plan.date, plan.doc_number):
        hit = _YEAR.search(words or "")
        if hit:
            return int(hit.group())
    named = re.findall(r"(?<![\d—-])(20\d\d)年(?![—-])", plan.title or "")
    return int(named[0]) if len(named) == 1 else None


def _section(view: View, node: Node) -> m.Section:
    start, end = view.raw(node.mark.start, node.body if node.title else node.mark.end)
    number_words = node.mark.printed
    up = node.parent
    while up is not None:
        number_words = f"{up.mark.printed}-{number_words}"
        up = up.parent
    reason = f"{m.UNSURE}：{'; '.join(node.warnings)}" if node.warnings else ""
    return m.Section(
        start, end, f"heading, {node.mark.style}", 0.6 if reason else 0.95, reason, number_words, node.title or "", node.depth + 1
    )


def _measure(view: View, raw: str, item: Found, listed: list[Group], year: int | None) -> m.Measure:
    start, end = view.raw(item.start, item.end)
    reason = f"{m.UNSURE}：{item.reason}" if item.reason else ""
    out = m.Measure(start, end, item.why, 0.6 if reason else 0.95, reason, item.id, item.node.mark.printed)
    out.section = item.section.mark.printed if item.section else None
    out.title = item.node.title
    own = [g for g in listed if item.start <= g.start < item.end]
    _offices(out, view, raw, own)
    pos = item.node.mark.end
    for stop, after in [*((g.start, g.end) for g in own), (item.end, item.end)]:
        if stop > pos:
            _numbers(out, view, raw, pos, stop, year)
        out.deadlines += [_deadline(view, raw, d) for d in deadlines(view, stop, after, year)]  # （…；完成时限：2022年12月底）
        pos = max(pos, after)
    return out


def _offices(out: m.Measure, view: View, raw: str, own: list[Group]) -> None:
    seen: set[tuple[str, str]] = set()
    texts: list[str] = []
    for group in own:
        a, b = view.raw(group.start, group.end)
        texts.append(raw[a:b])
        out.responsible_open = out.responsible_open or group.open
        for office in group.offices:
            if (office.name, office.role) in seen:
                continue
            seen.add((office.name, office.role))
            a, b = view.raw(office.start, office.end)
            odd = len(office.name) > 24 or len(office.name) < 2
            reason = f"{m.UNSURE}：the name is of unusual length" if odd else ""
            out.responsible.append(m.Body(a, b, group.rule, 0.5 if odd else 0.95, reason, office.name, office.role, office.basis))
    out.responsible_text = "".join(texts)


def _numbers(out: m.Measure | m.Goal, view: View, raw: str, start: int, end: int, year: int | None) -> None:
    """Quantities, bounds, subsidies and deadlines of one stretch."""
    due = deadlines(view, start, end, year)
    spans = [(d.start, d.end) for d in due if d.rule == "span"]
    amounts = [q for q in quantities(view, start, end) if not any(a < q.end and q.start < b for a, b in spans)]
    granted = grants(view, start, end, amounts)
    phrases = bounds(view, start, end, amounts, granted)
    out.quantities += [_quantity(view, raw, q, p) for q, p in zip(amounts, phrases, strict=True)]
    out.deadlines += [_deadline(view, raw, d) for d in due]
    out.subsidies += [_subsidy(view, row) for row in subsidies(view, start, end, granted)]


def _quantity(view: View, raw: str, amount: Amount, phrase: str) -> m.Quantity:
    a, b = view.raw(amount.start, amount.end)
    reason = amount.note
    if not phrase:
        reason = "; ".join(filter(None, (reason, "nothing near says what it bounds")))
    if amount.comparator == "<" and "以下" in amount.rule:
        reason = "; ".join(filter(None, (reason, "以下: whether the bound itself is inside must be asked")))
    in_base = base(amount.high, amount.unit) if not amount.ratio and amount.low == amount.high else None
    out = m.Quantity(
        a, b, amount.rule, 0.6 if reason else 0.9, f"{m.UNSURE}：{reason}" if reason else "", raw[a:b], amount.value, amount.unit
    )
    out.comparator, out.bounds = amount.comparator, phrase
    if in_base is not None:
        out.base_value, out.base_unit = number(in_base[0]), in_base[1]
    return out


def _deadline(view: View, raw: str, due: Due) -> m.Deadline:
    a, b = view.raw(due.start, due.end)
    return m.Deadline(a, b, due.rule, due.confidence, due.reason, raw[a:b], due.date, due.derived)


def _subsidy(view: View, row: Row) -> m.Subsidy:
    a, b = view.raw(row.start, row.end)
    return m.Subsidy(a, b, row.rule, row.confidence, row.reason, row.rate, row.amount, row.cap, row.per, row.base or None, row.discount)


def _goals(view: View, sections: list[Node], found: list[Found], raw: str, year: int | None, sign: tuple[int, int] | None) -> list[m.Goal]:
    """Numbers of sections without measures (aims, general support)."""
    out: list[m.Goal] = []
    spans = [(f.start, f.end) for f in found]
    for node in sections:
        if node.depth or any(node.mark.start < a < node.end for a, _ in spans):
            continue
        end = sign[0] if sign and node.mark.end < sign[0] < node.end else node.end
        a, b = view.raw(node.mark.start, end)
        goal = m.Goal(a, b, "section without measures")
        _numbers(goal, view, raw, node.mark.end, end, year)
        if goal.quantities or goal.deadlines:
            out.append(goal)
    return out
