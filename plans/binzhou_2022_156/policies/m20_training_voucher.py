from yunxing.rules import between, condition, grant, least, negate, policy


@policy("m20_training_voucher")
def training_voucher(f, _p):
    """鼓励企业充分利用职业培训券积极开展在职职工岗前培训及在岗培训 (156/20/8)."""
    return grant(
        when=[
            condition("employee", f.is_employee),
            condition("listed", f.training_listed),
            condition("in_time", between(f.voucher_used_on, f.voucher_from, f.voucher_to)),
            condition("unused", negate(f.voucher_used_before)),
        ],
        amount=least(f.voucher_face, f.training_fee),
    )
