"""Lend arrays to a kernel without counting references.

Numba counts a reference, with a locked instruction, whenever a tuple of arrays is looked into; in these kernels
that cost five times the work itself. The caller of a kernel holds every array for as long as the kernel runs, so
inside it the arrays are lent: the same memory, nothing to count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

Array = TypeVar("Array")


@intrinsic
def _lend(_typing: Any, array: Any) -> Any:  # noqa: ANN401 - numba hands its own objects over
    """Give the same array with no owner."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401
        given = context.make_array(signature.args[0])(context, builder, args[0])
        given.meminfo = cgutils.get_null_value(given.meminfo.type)  # type: ignore[no-untyped-call]
        given.parent = cgutils.get_null_value(given.parent.type)  # type: ignore[no-untyped-call]
        return given._getvalue()  # noqa: SLF001 - the one way numba gives a struct its value

    if isinstance(array, types.Array):
        return array(array), emit
    return None


lent = cast("Callable[[Array], Array]", _lend)
