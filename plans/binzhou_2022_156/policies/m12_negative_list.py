from yunxing.rules import all_of, any_of, condition, grant, is_listed, listed_value, negate, policy


@policy("m12_negative_list")
def negative_list(f, p):
    """落实好外商投资准入负面清单 (156/12/2): free where the list of the day has no item, else below its limit."""
    limited = is_listed(f.access_item, p.limits, on=f.established_on)
    within = f.foreign_share < listed_value(f.access_item, p.limits, on=f.established_on)
    return grant(
        when=[
            condition("access", all_of(p.edition.at(f.established_on) >= 2021, any_of(negate(limited), within))),
        ]
    )
