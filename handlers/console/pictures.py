"""Pictures to be scanned, inside of the page: nothing of a secret lies at an address of its own."""

import base64
import io

import qrcode
from qrcode.constants import ERROR_CORRECT_M


def qr(text: str) -> str:
    """A data URL of a PNG."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=6, border=4)
    code.add_data(text)
    code.make(fit=True)
    kept = io.BytesIO()
    code.make_image().save(kept)
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()
