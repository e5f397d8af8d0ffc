"""Kernels as they are, in which every access outside an array fails.

Compiled kernels check no bounds: one that reads behind its array takes whatever stands there. Here they are run by Python
over arrays that refuse it, a thousand times slower, and can be followed in a debugger.
"""

from collections.abc import Callable
from functools import cache, wraps
from types import SimpleNamespace
from typing import Any

import numpy as np

_MAKERS = ("empty", "zeros", "full", "frombuffer")  # with which kernels make arrays


class Checked(np.ndarray[Any, Any]):
    """An array in which no index counts from the end, and no slice is cut short; what is cut from it is checked, too."""

    def __getitem__(self, place: Any) -> Any:
        _check(place, self.shape)
        return super().__getitem__(place)

    def __setitem__(self, place: Any, value: Any) -> None:
        _check(place, self.shape)
        super().__setitem__(place, value)


def _check(place: Any, shape: tuple[int, ...]) -> None:
    """Raise IndexError for what numpy would let pass; an index behind the end it refuses by itself."""
    if isinstance(place, tuple):
        for one, length in zip(place, shape, strict=False):
            _check(one, (length,))
    elif isinstance(place, slice):
        begin = 0 if place.start is None else place.start
        end = shape[0] if place.stop is None else place.stop
        if not 0 <= begin <= end <= shape[0] or place.step is not None:
            raise IndexError(f"slice {begin}:{end} is not inside an array of {shape[0]}")
    elif place < 0:
        raise IndexError(f"index {place} is below 0")


def checking(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is given checked arrays, on their own or in tuples, and returns plain ones, as numba does.

    Integers overflow silently, as they do in machine code.
    """

    @wraps(function)
    def checked(*of: Any) -> Any:
        with np.errstate(over="ignore"):
            return _as(np.ndarray, function(*_as(Checked, of)))

    return checked


def _as(kind: type[np.ndarray[Any, Any]], value: Any) -> Any:
    """Return a value in which every array is a view of that kind, and every number one of Python's."""
    if isinstance(value, np.ndarray):
        return value.view(kind)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple):
        items = [_as(kind, item) for item in value]
        return type(value)._make(items) if hasattr(value, "_make") else tuple(items)
    return value


@cache
def checking_numpy() -> SimpleNamespace:
    """Return numpy, with new arrays checked."""
    return SimpleNamespace(**vars(np) | {name: _made_checked(getattr(np, name)) for name in _MAKERS})


def _made_checked(make: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *of, **options: make(*of, **options).view(Checked)
