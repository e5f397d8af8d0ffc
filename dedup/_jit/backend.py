"""Which of the two backends does the work: plain numpy, or kernels compiled by numba.

A kernel is a plain function over arrays, as a rule of its caller's making. `compiled(kernel)` is the same function compiled,
together with the package's functions that it calls. Both backends give the same results bit for bit, so the choice is one of
speed alone: small inputs take numpy, large ones the kernels once these are on the disk. Nobody waits for a compiler (see
`cache`). `DEDUP_ENGINE=numpy` or `DEDUP_ENGINE=numba` forces one. `DEDUP_ENGINE=interpreted` is for developers: it goes the
way of the compiled kernels, but runs them as they are, by Python, over arrays in which every access out of bounds raises
IndexError (see `interpreted`).
"""

import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache
from types import FunctionType
from typing import Any
from typing import no_type_check as kernel  # kernels take lists when interpreted, arrays when compiled

import numpy as np

from ..errors import ConfigError
from .cache import KernelCache, kernels_version
from .interpreted import checking, checking_numpy
from .intrinsics import INTRINSICS, instruction

__all__ = [
    "choose",
    "compiled",
    "compiled_as",
    "kernel",
    "makes_arrays",
    "numba_works",
    "wanted",
]

# Loading the compiled kernels takes about a second, making them up to a minute; this much text pays for it.
LOAD_FROM = 1 << 22  # characters
MAKE_FROM = 1 << 23
_ENGINES = ("numpy", "numba", "interpreted")
_PACKAGE = __name__.partition(".")[0]
_kernels = KernelCache()


def wanted(characters: int, alone: int = 0) -> bool:
    """Return whether the compiled kernels are to work on so many characters.

    alone: those of a text that is decided in a call of its own, which is counted for all such calls of this process
    """
    characters = max(characters, _kernels.counted(alone))
    forced = os.environ.get("DEDUP_ENGINE", "")
    if forced not in ("", *_ENGINES):
        raise ConfigError(f"DEDUP_ENGINE is {forced!r}; expected {', '.join(_ENGINES)} or nothing")
    if forced == "numba" and not numba_works():
        raise ConfigError(
            "DEDUP_ENGINE is numba, but numba cannot compile: pip install 'dedup-paragraphs[fast]', and unset NUMBA_DISABLE_JIT"
        )
    if forced == "interpreted" and np.lib.NumpyVersion(np.__version__) < "2.0.0":  # whose integers become floats
        raise ConfigError(f"DEDUP_ENGINE is interpreted, and numpy {np.__version__}; expected numpy 2 or later")
    if forced or characters < LOAD_FROM:
        return forced in ("numba", "interpreted")
    if _kernels.ready():
        return numba_works()
    if characters >= MAKE_FROM:
        _kernels.have_made()
    return False


@lru_cache(maxsize=1)
def numba_works() -> bool:
    """Return whether numba is there and compiles; a broken installation counts as none."""
    try:
        import numba
        from numba import types  # noqa: F401  of a folder that is merely called numba nothing can be imported
    except Exception:
        return False
    return not getattr(numba.config, "DISABLE_JIT", 0)


def _interprets() -> bool:
    return os.environ.get("DEDUP_ENGINE") == "interpreted"


_one_at_a_time = threading.RLock()  # threads that need the same kernel must not each compile it


def compiled(function: Callable[..., Any], *, nogil: bool = True) -> Callable[..., Any]:
    """Return a kernel as machine code, which releases the GIL if `nogil`, cached on disk where a place can be written.

    Under `DEDUP_ENGINE=interpreted` it is no machine code: the same functions, which check every access.
    """
    if _interprets():
        return _interpreted(function)
    with _one_at_a_time:
        return _compiled(function, nogil)


@cache
def _compiled(function: Callable[..., Any], nogil: bool, inner: bool = False) -> Callable[..., Any]:
    import numba

    if function in INTRINSICS:
        return instruction(function)
    function = vars(function).get("compiled_as", function)
    copy = _copy(function, lambda value: _compiled(value, True, inner=True) if _is_ours(value) else value)
    options: dict[str, Any] = {"nogil": nogil, "_nrt": "makes_arrays" in vars(function), "no_cfunc_wrapper": True}
    machine: Callable[..., Any]
    if inner:  # called by kernels alone, and on disk as part of those
        machine = numba.njit(**options | {"no_cpython_wrapper": True})(copy)
        dispatcher: Any = machine
        dispatcher.get_call_template = _whatever_the_values(dispatcher.get_call_template)
        return machine
    try:
        machine = numba.njit(cache=True, **options)(copy)
        _own_cache(machine)
    except RuntimeError:  # no writable place for the cache: compile in every process
        machine = numba.njit(**options)(copy)
    dispatcher = machine
    dispatcher._compile_for_args = _quietly(dispatcher._compile_for_args)
    return machine


def _whatever_the_values(get_call_template: Callable[..., Any]) -> Callable[..., Any]:
    """Have a kernel compiled once for all numbers that it is called with, not once more for every literal."""
    from numba.core.types import unliteral

    def found(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
        return get_call_template(tuple(map(unliteral, args)), kws)

    return found


def _quietly(compile_for_args: Callable[..., Any]) -> Callable[..., Any]:
    """Have a compiler that says nothing below a warning, however talkative the host program's logging is."""
    numba_logger = logging.getLogger("numba")

    def quiet(*of: Any, **named: Any) -> Any:
        level = numba_logger.level
        numba_logger.setLevel(max(level, logging.WARNING))
        try:
            return compile_for_args(*of, **named)
        finally:
            numba_logger.setLevel(level)

    return quiet


@cache
def _interpreted(function: Callable[..., Any]) -> Callable[..., Any]:
    return checking(_linked(function))


@cache
def _linked(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a kernel that calls the compiled forms of what it calls, and makes checked arrays."""

    def linked(value: Any) -> Any:
        return checking_numpy() if value is np else _linked(value) if _is_ours(value) else value

    return _copy(vars(function).get("compiled_as", function), linked)


def _copy(function: Callable[..., Any], replace: Callable[[Any], Any]) -> FunctionType:
    """Return a kernel whose global names stand for what `replace` makes of their values."""
    names = {
        name: replace(value)
        for name, value in function.__globals__.items()
        if name in function.__code__.co_names or name.startswith("__")
    }
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
    copy.__module__, copy.__qualname__ = function.__module__, function.__qualname__
    return copy


def _is_ours(value: Any) -> bool:
    return isinstance(value, FunctionType) and value.__module__.startswith(_PACKAGE + ".")


def makes_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a kernel that makes arrays. Only in these numba counts who holds an array, and frees what nobody holds.

    Counting takes a locked instruction whenever an array is handed on or cut, which made up a tenth of all time. Other
    kernels work on what their caller holds, and numba refuses to make an array in them. What it would not notice: one
    made for them, as `numbers` does it, is never freed.
    """
    vars(function)["makes_arrays"] = True
    return function


def compiled_as(machine: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Have another kernel compiled in the place of a function that is faster, or possible, in Python alone."""

    def marked(function: Callable[..., Any]) -> Callable[..., Any]:
        vars(function)["compiled_as"] = machine
        return function

    return marked


@kernel
def _choose_one(condition, yes, no):
    return yes if condition else no


@kernel
@compiled_as(_choose_one)
def choose(condition, yes, no):
    """Return `yes` where the condition holds, else `no`: uint32 arrays, and numbers where compiled; faster than np.where."""
    return (yes ^ no) & np.negative(condition.astype(np.uint32)) ^ no


def _own_cache(machine: Any) -> None:
    """Make the cache notice a change in any module, and cost time at most.

    numba looks at the kernel's own file only, not at those it calls; and as it writes an index before the data, the data's
    names tell the version, too, in case the disk is full then. What cannot be loaded, as a file cut short, is compiled
    again, and what cannot be saved stays in the process.
    """
    cache = machine._cache
    files = cache._cache_file
    version = kernels_version()
    files._source_stamp = version
    files._data_name_pattern = files._data_name_pattern.replace("{number", version + ".{number")
    cache.load_overload = _or_without(cache.load_overload, cache.flush)
    cache.save_overload = _or_without(cache.save_overload, cache.flush)


def _or_without(step: Callable[..., Any], begin_again: Callable[[], None]) -> Callable[..., Any]:
    def tried(*of: Any) -> Any:
        try:
            return step(*of)
        except Exception:
            with suppress(Exception):
                begin_again()
            return None

    return tried
