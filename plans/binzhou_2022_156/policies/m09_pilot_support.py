from yunxing.rules import condition, grant, greatest, policy, step


@policy("m09_pilot_support")
def pilot_support(f, p):
    """综合采取贴息奖补、基金引导、绿色贷款等方式给予支持 (156/9/3); no amount is published, so a pilot needs data."""
    return grant(when=[condition("pilot", f.is_carbon_pilot)], amount=step("left", greatest(0, p.amount - f.pilot_aid_before)))
