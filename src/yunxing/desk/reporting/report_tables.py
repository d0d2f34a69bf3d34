"""The reports of a month as they leave the page: who owes what, how far it is, when it came."""

from __future__ import annotations

from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.reporting import in_force
from yunxing.desk.reporting.matrix import Filters
from yunxing.desk.takeaway import Column, Table
from yunxing.values.period import parse_month


def reports_table(filters: Filters) -> Table:
    """Every report that the filters keep and the person sees; states in words, days as days. No reported figure stands in it."""
    forms, units = in_force.forms(), in_force.units()
    columns = [Column(_("主体")), Column(_("编号"), key="party"), Column(_("单位")), Column(_("报表")), Column(_("状态")), Column(_("应报日"), kind="date"), Column(_("报出时间"), kind="date"), Column(_("错误"), "", "number"), Column(_("需说明"), "", "number")]  # fmt: skip
    chosen = list(filters.chosen())
    rows = [
        [one.name, one.party, units.get(one.unit, one.unit), forms[one.form].title if one.form in forms else one.form, one.get_state_display(), one.due_reporter, one.first_sent_at, one.errors, one.warnings]
        for one in chosen
    ]  # fmt: skip
    missing = [one for one in chosen if one.first_sent_at is None]
    by_unit: dict[str, int] = {}
    for one in missing:
        by_unit[one.unit] = by_unit.get(one.unit, 0) + 1
    words = [
        _("应报 %(due)s，已报 %(sent)s，未报 %(missing)s。")
        % {"due": len(chosen), "sent": len(chosen) - len(missing), "missing": len(missing)}
    ]
    words += [
        _("%(unit)s未报 %(n)s；") % {"unit": units.get(unit, unit), "n": count}
        for unit, count in sorted(by_unit.items(), key=lambda pair: -pair[1])
    ]
    title = _("%(period)s报送") % {"period": parse_month(filters.month).label("zh")}
    told = [
        (_("单位"), units.get(filters.unit, filters.unit)),
        (_("报表"), filters.form),
        (_("检索"), filters.q),
        (_("状态"), filters.state),
    ]
    return Table(
        "reports",
        title,
        columns,
        rows,
        as_of=f"{clock.today():%Y-%m-%d}",
        source=_("报送记录"),
        filters=[(name, value) for name, value in told if value],
        words=words,
        level=2,
    )
