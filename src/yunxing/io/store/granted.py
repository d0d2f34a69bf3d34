"""What was granted before: sums by party of what the ledger holds under a policy, so that limits count what was given and not what was asked.

A grant is a reservation `reserve/<policy>/<party>/…`; one that was voided or ran out does not count, one that was paid still does.
"""

from __future__ import annotations

from typing import Any

from yunxing.io.store.dialect import rows


def reserve_key(policy: str, party: str, period: str, claim: str = "") -> str:
    """The key under which a grant is reserved: asked again, the same claim is the same grant.

    >>> reserve_key("m08_dcmm", "91990000MA00000A0X", "2022")
    'reserve/m08_dcmm/91990000MA00000A0X/2022'
    """
    return "/".join(part for part in ("reserve", policy, party, period, claim) if part)


def granted_before(connection: Any, policy: str) -> dict[str, int]:
    """Fen granted to each party under the policy, reserved or paid."""
    prefix = f"reserve/{policy}/"
    found = rows(
        connection,
        "SELECT t.key, SUM(p.amount) FROM support_transfer t JOIN support_posting p ON p.transfer_id = t.seq "
        "LEFT JOIN support_resolution r ON r.reserve_id = t.id "
        "WHERE t.kind = 'reserve' AND p.amount > 0 AND p.layer = 'hold_in' AND t.key >= %s AND t.key < %s "
        "AND (r.how IS NULL OR r.how NOT IN ('void', 'expire')) GROUP BY t.key",
        [prefix, prefix[:-1] + "0"],  # '0' follows '/'
    )
    sums: dict[str, int] = {}
    for key, amount in found:
        party = str(key).split("/")[2]
        sums[party] = sums.get(party, 0) + int(amount)
    return sums


def keeps_account(connection: Any, account: str) -> bool:
    """Whether the ledger holds the account: only then is nothing granted a zero, and not simply unknown."""
    return bool(rows(connection, "SELECT id FROM support_account WHERE id = %s", [account]))
