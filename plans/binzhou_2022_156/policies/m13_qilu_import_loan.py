from yunxing.rules import condition, grant, is_one_of, policy


@policy("m13_qilu_import_loan")
def qilu_import_loan(f, _p):
    """发挥政策性担保机构作用,支持资源能源性商品、机电高技术装备进口 (156/13/1); the rules add goods of daily need."""
    return grant(
        when=[
            condition("goods", is_one_of(f.import_goods, ["resource", "energy", "equipment", "daily"])),
            condition("real", f.import_from_abroad),
            condition("guarantee", f.policy_guaranteed),
            condition("here", f.registered_in_province),
        ]
    )
