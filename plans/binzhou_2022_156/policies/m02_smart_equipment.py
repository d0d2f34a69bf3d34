from yunxing.rules import condition, floor_fen, grant, greatest, least, negate, policy, rdiv, step


@policy("m02_smart_equipment")
def smart_equipment(f, p):
    """购置费用,省级按照不超过10%的比例给予支持,单户企业最高500万元 (156/2/5); a ceiling share is rounded down."""
    part = step("part", rdiv(f.purchases * p.share, 1, floor_fen))
    left = step("left", greatest(0, p.ceiling - f.purchase_aid_before))
    return grant(
        when=[
            condition("smart", f.is_smart),
            condition("eligible", f.purchases_eligible),
            condition("single", negate(f.cost_supported_before)),
        ],
        amount=least(part, left),
    )
