from yunxing.rules import between, condition, floor_fen, grant, greatest, is_one_of, least, negate, policy, rdiv, step


@policy("m13_import_discount")
def import_discount(f, p):
    """将专精特新、单项冠军、瞪羚、独角兽等创新型中小企业进口符合条件的设备纳入进口贴息支持范围 (156/13/2)."""
    discount = step("discount", rdiv(f.import_value * p.lpr_1y.at(f.notice_on) * f.import_coefficient, 10000, floor_fen))
    left = step("left", greatest(0, p.cap - f.import_aid_before))
    return grant(
        when=[
            condition("innovative", is_one_of(f.innovative_tag, ["specialised", "champion", "gazelle", "unicorn"])),
            condition("catalogue", f.in_import_catalogue),
            condition("year", between(f.cleared_on, f.window_from, f.window_to)),
            condition("consignee", f.is_consignee),
            condition("clean", negate(f.import_violation)),
            condition("single", negate(f.import_other_discount)),
        ],
        amount=least(discount, left),
    )
