"""QR codes on paper: drawn as lines of squares, so that they are sharp at any size."""

from typing import Any

import qrcode
from qrcode.constants import ERROR_CORRECT_Q
from reportlab.pdfgen.canvas import Canvas

QUIET = 4  # modules of white that a scanner needs around a code


def matrix_of(url: str) -> list[list[bool]]:
    """Level Q: a quarter of the code may be scratched off or painted over."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=0)
    code.add_data(url)
    code.make(fit=True)
    matrix: list[list[bool]] = code.get_matrix()
    return matrix


def draw_code(
    canvas: Canvas, matrix: list[list[bool]], x: float, bottom: float, size: float, colour: Any
) -> None:
    """The code with its white border in a square of `size` points whose lower left corner is (x, bottom)."""
    side = size / (len(matrix) + 2 * QUIET)
    left, top = x + QUIET * side, bottom + size - QUIET * side
    canvas.setFillColor(colour)
    path = canvas.beginPath()
    for row, modules in enumerate(matrix):
        start = None
        for column, dark in enumerate([*modules, False]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                path.rect(left + start * side, top - (row + 1) * side, (column - start) * side, side)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)
