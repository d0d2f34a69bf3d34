from yunxing.rules import condition, grant, greatest, half_up_fen, negate, policy, rdiv, step


@policy("m06_toll_discount")
def toll_discount(f, p):
    """对行驶山东省高速公路安装ETC套装设备的货车用户实行85折通行费优惠 (156/6/2); what is charged is rounded once a trip."""
    net = step("net", rdiv(f.toll * p.pays, 1, half_up_fen))
    return grant(
        when=[
            condition("truck", f.is_truck),
            condition("kit", f.has_etc_kit),
            condition("in_time", f.left_on <= p.last_day),
            condition("charged", negate(f.exempt_trip)),
        ],
        amount=step("saved", greatest(0, f.toll - net)),
    )
