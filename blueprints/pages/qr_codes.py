"""QR codes as images that stand in the page itself. The one module that knows segno."""

import segno


def qr_code(text: str) -> str:
    """A `data:` address of an SVG image, black on white whatever the page's colours, or a camera reads it badly."""
    return str(segno.make(text, micro=False).svg_data_uri(scale=5, border=4, dark="#000", light="#fff"))
