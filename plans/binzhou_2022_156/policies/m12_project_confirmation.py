from yunxing.rules import condition, grant, policy


@policy("m12_project_confirmation")
def project_confirmation(f, p):
    """鼓励类外商投资企业 (156/12/2): the province issues the letter from 30 million up to, but not at, 300 million US dollars."""
    return grant(
        when=[
            condition("encouraged", f.is_encouraged),
            condition("not_below", f.total_usd >= p.lowest),
            condition("below_state", f.total_usd < p.state_from),
            condition("papers", f.papers_complete),
        ]
    )
