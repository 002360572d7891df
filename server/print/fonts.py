"""A font that has the Chinese characters, wherever this machine keeps one."""

from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

#: Outlines that can be put into a PDF: TrueType, not PostScript (so not Noto's .otf and .ttc).
USUAL_PLACES = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/wqy-zenhei/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/truetype/arphic-gbsn00lp/gbsn00lp.ttf",
    "/System/Library/Fonts/STHeiti Medium.ttc",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/simhei.ttf",
)
BUILT_IN = "STSong-Light"  # every PDF reader with Chinese support brings it


class BadFont(Exception):  # noqa: N818 - said to the operator
    """The file that the configuration names cannot be used."""


def font_file(configured: str) -> Path | None:
    """The configured file, else the first of the usual places, else None."""
    if configured:
        return Path(configured)
    return next((path for path in map(Path, USUAL_PLACES) if path.exists()), None)


@cache
def font_name(file: Path | None) -> str:
    """Makes the font known to reportlab and gives its name there; None is the built-in one. BadFont."""
    if file is None:
        pdfmetrics.registerFont(UnicodeCIDFont(BUILT_IN))
        return BUILT_IN
    try:
        font = TTFont("hemei", str(file), subfontIndex=0)
    except (TTFError, OSError, ValueError):
        raise BadFont(str(file)) from None
    pdfmetrics.registerFont(font)
    return "hemei"


def chosen_font(configured: str) -> str:
    """As `font_name` of `font_file`; the built-in one where the configured file cannot be used, because a
    page has nobody to tell that to."""
    try:
        return font_name(font_file(configured))
    except BadFont:
        return font_name(None)
