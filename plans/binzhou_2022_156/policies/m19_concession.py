from yunxing.rules import condition, floor_fen, grant, policy, rdiv, step


@policy("m19_concession")
def concession(f, p):
    """并视其提前退出时间给予让利 (156/19/3); no table is published, so an early exit needs data."""
    return grant(
        when=[condition("early", f.exit_year < f.planned_exit_year)], amount=step("part", rdiv(f.fund_invested * p.table, 1, floor_fen))
    )
