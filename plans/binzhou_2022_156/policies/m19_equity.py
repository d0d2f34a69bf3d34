from yunxing.rules import any_of, condition, grant, policy


@policy("m19_equity")
def equity(f, p):
    """参股比例原则上不超过企业总股本的25% (156/19/3); 25 % itself is allowed, shares count after the investment."""
    return grant(
        when=[
            condition("specialised", f.is_specialised),
            condition("growth", f.high_growth),
            condition("wants", f.wants_listing),
            condition("soon", f.listing_within_years <= p.within),
            condition("stake", any_of(f.equity_exception, f.new_shares <= (f.shares_before + f.new_shares) * p.highest)),
        ]
    )
