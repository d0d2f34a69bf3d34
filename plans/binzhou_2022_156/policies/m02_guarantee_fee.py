from yunxing.rules import condition, floor_fen, grant, greatest, least, policy, rdiv, step


@policy("m02_guarantee_fee")
def guarantee_fee(f, p):
    """对担保机构符合条件的项目,最高给予担保总额0.5%的补助 (156/2/4); a ceiling share is rounded down."""
    part = step("part", rdiv(f.guaranteed * p.share, 1, floor_fen))
    left = step("left", greatest(0, p.cap - f.guarantee_aid_before))
    return grant(
        when=[
            condition("major", f.guaranteed_project_listed),
            condition("licensed", f.guarantor_licensed),
            condition("fee_rate", f.annual_fee <= f.guaranteed * p.highest_fee),
            condition("term", f.guarantee_months <= p.longest),
        ],
        amount=least(part, left),
    )
