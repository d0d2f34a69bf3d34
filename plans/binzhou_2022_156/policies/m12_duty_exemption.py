from yunxing.rules import condition, floor_fen, grant, greatest, least, negate, policy, rdiv, step


@policy("m12_duty_exemption")
def duty_exemption(f, p):
    """鼓励类外商投资企业进口设备减免税政策 (156/12/2); within the total investment of the confirmation letter."""
    room = step("room", greatest(0, f.confirmed_total - f.imported_before))
    counted = step("counted", least(f.cif, room))
    return grant(
        when=[
            condition("encouraged", f.has_confirmation),
            condition("edition", p.catalogue.at(f.confirmed_on) == f.letter_edition),
            condition("own_use", f.self_used),
            condition("listed", f.on_letter_list),
            condition("not_excluded", negate(f.in_exclusion_catalogue)),
        ],
        amount=step("duty", rdiv(counted * f.duty_rate, 10000, floor_fen)),
    )
