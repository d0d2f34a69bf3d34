from yunxing.rules import all_of, condition, floor_fen, grant, greatest, is_one_of, policy, rdiv, step


@policy("m13_hedging_fee")
def hedging_fee(f, p):
    """担保费,由省财政和企业所在地财政按照5:5比例全额补贴 (156/13/3); the place's half rounds down, the province bears the rest."""
    place = step("place_part", rdiv(f.hedging_fee * p.place, 1, floor_fen))
    province = step("province_part", greatest(0, f.hedging_fee - place))
    return grant(
        when=[
            condition("trading", f.is_trading_firm),
            condition("size", is_one_of(f.hedging_size, ["micro", "small", "medium"])),
            condition("deposit", f.deposit_waived),
            condition("guarantor", f.hedging_guarantor_licensed),
            condition("kind", all_of(is_one_of(f.hedging_kind, ["forward", "option", "swap"]), f.for_trade)),
            condition("pilot", f.hedging_signed_on >= p.first_day),
            condition("plausible", f.hedging_fee <= f.hedging_contract * p.highest_fee),
        ],
        amount=place + province,
    )
