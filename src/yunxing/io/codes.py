"""QR codes: an address as a picture, the same bytes for the same address."""

from __future__ import annotations

import io


def qr_png(address: str) -> bytes:
    """The address as a QR code (ISO/IEC 18004, level M), with its quiet zone."""
    import segno

    buffer = io.BytesIO()
    segno.make(address, error="m", micro=False).save(buffer, kind="png", scale=3, border=4)
    return buffer.getvalue()
