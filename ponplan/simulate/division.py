"""Divide by a number that is known beforehand with one multiplication of integers, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

_SHIFT = 62


def inverse_of(divisor: int) -> int:
    """Give what `divided` multiplies by: 2 ** 62 / divisor, rounded up (Granlund and Montgomery 1994)."""
    return -(-(1 << _SHIFT) // divisor)


@intrinsic
def _divided(_typing: Any, value: Any, inverse: Any) -> Any:  # noqa: ANN401 - numba hands its own objects over
    """Multiply in 128 bits and keep the upper ones."""

    def emit(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        wide = ir.IntType(128)
        product = builder.mul(builder.sext(args[0], wide), builder.sext(args[1], wide))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, _SHIFT)), ir.IntType(64))

    if isinstance(value, types.Integer) and isinstance(inverse, types.Integer):
        return types.int64(types.int64, types.int64), emit
    return None


divided = cast("Callable[[int, int], int]", _divided)
"""(value, inverse): the quotient rounded down, exact for 0 <= value < 2 ** 62 / divisor."""
