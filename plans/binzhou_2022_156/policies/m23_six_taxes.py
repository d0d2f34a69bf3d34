from yunxing.rules import all_of, any_of, between, choose, condition, grant, greatest, half_up_fen, is_one_of, negate, policy, rdiv, step


@policy("m23_six_taxes")
def six_taxes(f, p):
    """小微企业“六税两费”减免 (156/23/2): half of what is due after other relief, rounded once."""
    small_scale = is_one_of(f.vat_kind, ["small"])
    fits = all_of(f.tax_staff <= p.staff, f.tax_assets <= p.assets)
    low_profit = all_of(negate(f.restricted_trade), fits, any_of(negate(f.has_settlement), f.taxable_income <= p.income))
    land = f.property_tax + f.land_tax
    exempt = step("exempt", choose(all_of(small_scale, f.tax_period_end <= p.exempt_to), land, 0 * land))
    rest = f.resource_tax + f.construction_tax + f.stamp_tax + f.farmland_tax + f.education_fee + f.local_education_fee
    base = step("base", greatest(0, land + rest - exempt - f.other_relief))
    return grant(
        when=[
            condition("who", any_of(small_scale, f.is_individual, low_profit)),
            condition("span", between(f.tax_period_end, p.first_day, p.last_day)),
        ],
        amount=step("relief", rdiv(base * p.share, 1, half_up_fen)),
    )
