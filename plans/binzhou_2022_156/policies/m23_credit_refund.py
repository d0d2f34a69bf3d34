from yunxing.rules import (
    all_of,
    any_of,
    choose,
    condition,
    grant,
    greatest,
    half_up_fen,
    is_one_of,
    least,
    negate,
    policy,
    share_of,
    step,
)


@policy("m23_credit_refund")
def credit_refund(f, p):
    """做好增值税“留抵退税” (156/23/2): (increase + stock) × the share of input with special papers, each from its month."""
    industry, other = is_one_of(f.refund_trade, ["industry"]), is_one_of(f.refund_trade, ["other"])
    six, more = is_one_of(f.refund_trade, ["industry", "services"]), is_one_of(f.refund_trade, ["more"])
    yearly = f.size_sales * 12
    micro = yearly < choose(industry, p.micro_industry, choose(other, p.micro_other, p.line_awaited)) * f.size_months
    small = yearly < choose(any_of(industry, other), p.small_line, p.line_awaited) * f.size_months
    medium = yearly < choose(industry, p.medium_industry, p.line_awaited) * f.size_months
    may, april = f.as_of >= p.may, f.as_of >= p.april
    by_trade = any_of(all_of(six, april), all_of(more, f.as_of >= p.july))
    increase_open = any_of(by_trade, all_of(small, april))
    for_large = any_of(all_of(six, f.as_of >= p.june), all_of(more, f.as_of >= p.july))
    stock_open = any_of(for_large, all_of(micro, april), all_of(small, may), all_of(six, medium, may))
    nothing = 0 * f.end_credit
    incr = step("incr", choose(f.stock_refunded, f.end_credit, greatest(0, f.end_credit - f.base_credit)))
    stock = step("stock", choose(any_of(f.stock_refunded, negate(stock_open)), nothing, least(f.end_credit, f.base_credit)))
    of_incr = step("of_incr", share_of(incr, f.eligible_input, f.all_input, half_up_fen))
    of_stock = step("of_stock", share_of(stock, f.eligible_input, f.all_input, half_up_fen))
    return grant(
        when=[
            condition("grade", is_one_of(f.tax_grade, ["A", "B"])),
            condition("honest", negate(f.invoice_fraud)),
            condition("penalties", f.evasion_penalties < 2),
            condition("no_levy", negate(f.levy_refund)),
            condition("trade", any_of(other, all_of(f.trade_sales * 2 > f.twelve_sales, f.business_months >= p.least_months))),
            condition("started", increase_open),
        ],
        amount=of_incr + of_stock,
    )
