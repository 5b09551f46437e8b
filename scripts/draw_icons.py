"""Draws the icons of the installed application: the shapes of web/static/mark.svg with room to be cut."""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parents[1] / "web" / "static" / "device"
PAPER, VERMILION = "#fffefb", "#c03a00"
SIDE, FINER = 32, 4  # of the mark's own grid; drawn larger and made smaller, so that edges are smooth
SIZES = (192, 512)


def icon(pixels: int) -> Image.Image:
    """The barred ring on paper. A mask may cut a fifth off each side (a maskable icon), and the ring stays whole."""
    scale = pixels * FINER / SIDE
    drawn = Image.new("RGB", (pixels * FINER, pixels * FINER), PAPER)
    pen, width = ImageDraw.Draw(drawn), round(3 * scale)
    low, high = 8 * scale, 24 * scale
    pen.ellipse((low, low, high, high), outline=VERMILION, width=width)
    pen.line((10.5 * scale, 10.5 * scale, 21.5 * scale, 21.5 * scale), fill=VERMILION, width=width)
    return drawn.resize((pixels, pixels), Image.Resampling.LANCZOS).quantize(32)


def main() -> None:
    for pixels in SIZES:
        icon(pixels).save(FOLDER / f"icon-{pixels}.png", optimize=True)


if __name__ == "__main__":
    main()
