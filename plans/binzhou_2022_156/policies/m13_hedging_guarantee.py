from yunxing.rules import all_of, condition, grant, is_one_of, policy


@policy("m13_hedging_guarantee")
def hedging_guarantee(f, _p):
    """鼓励融资担保公司对中小微外贸企业开展汇率避险担保,银行免除中小微企业保证金 (156/13/3)."""
    return grant(
        when=[
            condition("trading", f.is_trading_firm),
            condition("size", is_one_of(f.hedging_size, ["micro", "small", "medium"])),
            condition("deposit", f.deposit_waived),
            condition("guarantor", f.hedging_guarantor_licensed),
            condition("kind", all_of(is_one_of(f.hedging_kind, ["forward", "option", "swap"]), f.for_trade)),
        ]
    )
