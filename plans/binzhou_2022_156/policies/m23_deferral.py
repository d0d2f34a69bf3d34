from yunxing.rules import between, choose, condition, grant, half_up_fen, policy, rdiv, step


@policy("m23_deferral")
def deferral(f, p):
    """制造业中小微企业延缓缴纳税费 (156/23/2): sales ÷ months × 12 against the lines, compared without rounding."""
    yearly = f.sales_of_year * 12
    small = yearly < p.medium_from * f.months_of_sales
    return grant(
        when=[
            condition("manufacturing", f.is_manufacturing),
            condition("size", yearly < p.large_from * f.months_of_sales),
            condition("span", between(f.tax_period_end, p.first_day, p.last_day)),
        ],
        amount=step("deferred", choose(small, f.deferrable_tax, rdiv(f.deferrable_tax * p.share, 1, half_up_fen))),
    )
