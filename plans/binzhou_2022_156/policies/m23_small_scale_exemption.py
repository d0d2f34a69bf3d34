from yunxing.rules import between, condition, grant, is_one_of, policy, step


@policy("m23_small_scale_exemption")
def small_scale_exemption(f, p):
    """2022年度继续免征增值税小规模纳税人房产税和城镇土地使用税 (156/23/1)."""
    return grant(
        when=[
            condition("small", is_one_of(f.vat_kind, ["small"])),
            condition("year", between(f.tax_period_end, p.first_day, p.last_day)),
        ],
        amount=step("exempt", f.property_tax + f.land_tax),
    )
