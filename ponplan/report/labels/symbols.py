"""Bar codes as black and white modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import Fault, LabelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SYMBOLS = {"qr": "QRCode", "datamatrix": "DataMatrix", "code128": "Code128"}
QUIET = {"qr": 4, "datamatrix": 2, "code128": 10}  # modules kept white around it; DataMatrix needs one


def symbol_modules(code: str, kind: str) -> NDArray[np.bool_]:
    """Give (rows, columns) modules of a code, true where black; one row of Code 128 stands for all.

    Raises
    ------
    LabelError
        The code has letters that the bar code cannot carry.
    """
    import zxingcpp

    options: dict[str, object] = {"ec_level": "M"} if kind == "qr" else {}
    try:
        if kind == "code128" and not code.isascii():
            raise ValueError("Code 128 has no such letters")
        made = zxingcpp.create_barcode(code, getattr(zxingcpp.BarcodeFormat, SYMBOLS[kind]), **options)
    except ValueError as error:
        fault = Fault(file="labels", problem=f"no {kind} of this code: {error}", value=code, limit="ASCII letters")
        raise LabelError([fault]) from error
    image: NDArray[np.uint8] = np.asarray(made.to_image(scale=1, add_quiet_zones=False), np.uint8)
    image = image[:1] if kind == "code128" else image
    return np.equal(image, 0)
