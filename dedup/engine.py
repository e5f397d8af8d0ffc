"""Which of the two rungs does the work: plain numpy, or kernels compiled by numba.

A kernel is a plain function over arrays, as a rule of its caller's making. `compiled(kernel)` is the same function compiled,
together with the package's functions that it calls. Both rungs give the same results bit for bit, so the choice is one of
speed alone: small inputs never compile, large ones do where numba can be imported. `DEDUP_ENGINE=numpy` or
`DEDUP_ENGINE=numba` forces one.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from types import FunctionType
from typing import Any
from typing import no_type_check as kernel  # kernels take lists when interpreted, arrays when compiled

import numpy as np

from .errors import ConfigError

__all__ = [
    "announced",
    "choose",
    "compiled",
    "copy_small_64",
    "kernel",
    "load_32",
    "load_64",
    "makes_arrays",
    "numba_works",
    "numbers",
    "ones",
    "prefetch",
    "small_numbers",
    "store_64",
    "text_characters",
    "trailing_zeros",
    "wanted",
    "within_64",
]

# Loading the compiled kernels takes about a second, making them the first time many; this much text pays for it.
COMPILE_FROM = 1 << 19  # characters
_AHEAD = 16  # items of a list that are fetched before they are read
_PATIENCE = 1.5  # seconds until somebody at a terminal is told what takes so long


def wanted(characters: int) -> bool:
    """Whether work on so many characters is to be done by the compiled kernels."""
    forced = os.environ.get("DEDUP_ENGINE", "")
    if forced not in ("", "numpy", "numba"):
        raise ConfigError(f"DEDUP_ENGINE is {forced!r}; expected numpy, numba or nothing")
    if forced == "numba" and not numba_works():
        raise ConfigError("DEDUP_ENGINE is numba, but numba cannot be imported: pip install 'dedup-paragraphs[fast]'")
    return forced == "numba" or (forced == "" and characters >= COMPILE_FROM and numba_works())


@lru_cache(maxsize=1)
def numba_works() -> bool:
    """Whether numba can be imported; a broken installation counts as none."""
    try:
        import numba  # noqa: F401
    except Exception:
        return False
    return True


_one_at_a_time = threading.RLock()  # threads that need the same kernel must not each compile it


def compiled(function: Callable[..., Any], *, nogil: bool = True) -> Callable[..., Any]:
    """A kernel as machine code: releases the GIL if `nogil`, cached on disk where a place can be written."""
    with _one_at_a_time:
        return _compiled(function, nogil)


@cache
def _compiled(function: Callable[..., Any], nogil: bool) -> Callable[..., Any]:
    import numba

    if function in _INTRINSIC:
        return _intrinsic(function)
    function = _COMPILED_AS.get(function, function)
    package = __name__.rpartition(".")[0] + "."
    names = {
        name: compiled(value) if isinstance(value, FunctionType) and value.__module__.startswith(package) else value
        for name, value in function.__globals__.items()
        if name in function.__code__.co_names or name.startswith("__")
    }
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
    copy.__module__, copy.__qualname__ = function.__module__, function.__qualname__
    options: dict[str, Any] = {"nogil": nogil, "_nrt": "makes_arrays" in vars(function)}
    try:
        machine: Callable[..., Any] = numba.njit(cache=True, **options)(copy)
        _stamp(machine)
    except RuntimeError:  # no writable place for the cache: compile in every process
        machine = numba.njit(**options)(copy)
    return machine


def makes_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a kernel that makes arrays. Only in these numba counts who holds an array, and frees what nobody holds.

    Counting takes a locked instruction whenever an array is handed on or cut, which made up a tenth of all time. Other
    kernels work on what their caller holds, and numba refuses to make an array in them. What it would not notice: one
    made for them, as `numbers` does it, is never freed.
    """
    vars(function)["makes_arrays"] = True
    return function


# What numba cannot say: several bytes read at once from any place of a uint8 buffer, as a little-endian number, and a
# place of an array that will be read soon.


@kernel
def load_32(buffer, i):
    """The four bytes from i on as a uint32."""
    return buffer[i : i + 4].view("<u4")[0]


@kernel
def load_64(buffer, i):
    """The eight bytes from i on as a uint64."""
    return buffer[i : i + 8].view("<u8")[0]


@kernel
def store_64(buffer, i, word):
    """Write the eight bytes of a uint64 from i on."""
    buffer[i : i + 8] = np.array([word], dtype="<u8").view(np.uint8)


@kernel
def copy_small_64(target, at, source, i):
    """Copy 64 bytes, in each the bit that makes an ASCII letter small, and that spaces and digits have."""
    target[at : at + 64] = source[i : i + 64] | 32


@kernel
def trailing_zeros(word):
    """How many of a uint64's lowest bits are 0; 64 if all are."""
    return (int(word) & -int(word)).bit_length() - 1 if word else 64


@kernel
def ones(word):
    """How many of a uint64's bits are 1."""
    return int(word).bit_count()


@kernel
def within_64(buffer, i, low, high):
    """A uint64 whose bit k tells whether byte i + k is one of low ... high."""
    return sum(1 << k for k in range(64) if low <= buffer[i + k] <= high)


@kernel
def prefetch(array, i):
    """Have the processor fetch array[i]; returns nothing of meaning."""
    return 0


@kernel
def text_characters(texts, i):
    """The memory of item i of the list at address `texts`: uint8[...], and bytes a character, 0 if all are ASCII, -1 if
    there is no such item, or it is anything but a str (of a subclass, even).

    Compiled only, with the GIL held; valid as long as the list holds the text.
    """
    raise NotImplementedError


# Room to work in. Uncompiled kernels index lists several times faster than arrays.


@kernel
def numbers(length, value):
    """So many integers, all `value`: int64 where compiled."""
    return [value] * length


@makes_arrays
@kernel
def _number_array(length, value):
    return np.full(length, value, dtype=np.int64)


@kernel
def small_numbers(length):
    """So many integers from 0 to 255, all 0: uint8 where compiled."""
    return bytearray(length)


@makes_arrays
@kernel
def _small_number_array(length):
    return np.zeros(length, dtype=np.uint8)


@kernel
def choose(condition, yes, no):
    """`yes` where the condition holds, else `no`: uint32 arrays, and numbers where compiled. Several times np.where."""
    return (yes ^ no) & np.negative(condition.astype(np.uint32)) ^ no


@kernel
def _choose_one(condition, yes, no):
    return yes if condition else no


_COMPILED_AS: dict[Callable[..., Any], Callable[..., Any]] = {
    numbers: _number_array,
    small_numbers: _small_number_array,
    choose: _choose_one,
}


_INTRINSIC = (load_32, load_64, store_64, copy_small_64, trailing_zeros, ones, prefetch, text_characters, within_64)


def _intrinsic(function: Callable[..., Any]) -> Callable[..., Any]:
    """The machine instruction in place of one of the functions above."""
    from llvmlite import ir
    from numba import types
    from numba.core import cgutils
    from numba.extending import intrinsic
    from numba.np import arrayobj

    int1, int8, int32, int64 = map(ir.IntType, (1, 8, 32, 64))

    @kernel
    def place(context, builder, array, arguments, bits):
        data = cgutils.create_struct_proxy(array)(context, builder, arguments[0]).data
        return builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(bits).as_pointer())

    @kernel
    def prefetched(builder, pointer):
        shape = ir.FunctionType(ir.VoidType(), [int8.as_pointer(), int32, int32, int32])
        declared = builder.module.declare_intrinsic("llvm.prefetch", [int8.as_pointer()], shape)
        builder.call(declared, [builder.bitcast(pointer, int8.as_pointer()), int32(0), int32(3), int32(1)])

    @kernel
    def little_endian(builder, word):
        return builder.bswap(word) if sys.byteorder == "big" else word

    @kernel
    def load(bits):
        @kernel
        def machine(typing_context, array, i):
            @kernel
            def generate(context, builder, signature, arguments):
                word = builder.load(place(context, builder, array, arguments, bits))
                word.align = 1
                return little_endian(builder, word)

            return getattr(types, f"uint{bits}")(array, types.intp), generate

        return machine

    @kernel
    def store(typing_context, array, i, word):
        @kernel
        def generate(context, builder, signature, arguments):
            pointer = place(context, builder, array, arguments, 64)
            builder.store(little_endian(builder, arguments[2]), pointer, align=1)
            return context.get_dummy_value()

        return types.none(array, types.intp, types.uint64), generate

    @kernel
    def copy_small(typing_context, target, at, source, i):
        @kernel
        def generate(context, builder, signature, arguments):
            vector = ir.VectorType(int8, 64)
            to, origin = (
                builder.bitcast(place(context, builder, array, arguments[k : k + 2], 8), vector.as_pointer())
                for k, array in ((0, target), (2, source))
            )
            read = builder.load(origin)
            read.align = 1
            builder.store(builder.or_(read, ir.Constant(vector, [32] * 64)), to, align=1)
            return context.get_dummy_value()

        return types.none(target, types.intp, source, types.intp), generate

    @kernel
    def within(typing_context, array, i, low, high):
        @kernel
        def generate(context, builder, signature, arguments):
            vector = ir.VectorType(int8, 64)
            data = cgutils.create_struct_proxy(array)(context, builder, arguments[0]).data
            bytes_64 = builder.load(builder.bitcast(builder.gep(data, [arguments[1]]), vector.as_pointer()))
            bytes_64.align = 1
            first, last = (ir.Constant(vector, [value.literal_value] * 64) for value in (low, high))
            inside = builder.icmp_unsigned("<=", builder.sub(bytes_64, first), builder.sub(last, first))
            return builder.bitcast(inside, ir.IntType(64))

        if not isinstance(low, types.IntegerLiteral):
            return None
        return types.uint64(array, types.intp, low, high), generate

    @kernel
    def zeros(typing_context, word):
        @kernel
        def generate(context, builder, signature, arguments):
            return builder.cttz(arguments[0], int1(0))

        return types.uint64(types.uint64), generate

    @kernel
    def count(typing_context, word):
        @kernel
        def generate(context, builder, signature, arguments):
            return builder.ctpop(arguments[0])

        return types.uint64(types.uint64), generate

    @kernel
    def fetch(typing_context, array, i):
        @kernel
        def generate(context, builder, signature, arguments):
            prefetched(builder, place(context, builder, array, arguments, 8))
            return context.get_dummy_value()

        return types.none(array, types.intp), generate

    @kernel
    def characters(typing_context, texts, i):
        @kernel
        def generate(context, builder, signature, arguments):
            python = context.get_python_api(builder)
            listed = builder.inttoptr(arguments[0], python.pyobj)
            array = arrayobj.make_array(signature.return_type[0])(context, builder)
            one = int64(1)
            arrayobj.populate_array(array, array.data.type(None), [int64(0)], [one], one, None)
            width = cgutils.alloca_once_value(builder, int64(-1))
            with builder.if_then(builder.icmp_signed("<", arguments[1], python.list_size(listed))):
                text = python.list_getitem(listed, arguments[1])
                soon = builder.add(arguments[1], int64(_AHEAD))
                with builder.if_then(builder.icmp_signed("<", soon, python.list_size(listed))):
                    prefetched(builder, python.list_getitem(listed, soon))
                kind = python.get_c_object("PyUnicode_Type")
                with builder.if_then(builder.icmp_unsigned("==", python.get_type(text), kind)):
                    _, data, length, bytes_each, is_ascii, _ = python.string_as_string_size_and_kind(text)
                    each = builder.zext(bytes_each, int64)
                    data, size = builder.bitcast(data, array.data.type), builder.mul(length, each)
                    arrayobj.populate_array(array, data, [size], [one], one, None)
                    builder.store(builder.select(builder.trunc(is_ascii, int1), int64(0), each), width)
            return context.make_tuple(builder, signature.return_type, [array._getvalue(), builder.load(width)])

        return types.Tuple([types.Array(types.uint8, 1, "C"), types.intp])(types.intp, types.intp), generate

    machines = {load_32: load(32), load_64: load(64), store_64: store, trailing_zeros: zeros, prefetch: fetch}
    machines |= {text_characters: characters, within_64: within, copy_small_64: copy_small, ones: count}
    return intrinsic(machines[function])


def _stamp(machine: Any) -> None:
    """Make the cache notice a change in any module: numba looks at the kernel's own file only, not at those it calls."""
    machine._cache._cache_file._source_stamp = _stamps()


@cache
def _stamps() -> tuple[tuple[str, int, int], ...]:
    found = ((path.name, path.stat()) for path in Path(__file__).parent.glob("*.py"))
    return tuple(sorted((name, status.st_mtime_ns, status.st_size) for name, status in found))


@contextmanager
def announced() -> Iterator[None]:
    """Tell a person at a terminal why the first large run is slow to start."""

    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return

    timer = threading.Timer(_PATIENCE, _tell)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


_telling = threading.Lock()


def _tell() -> None:
    with _telling:  # several threads may wait for kernels
        _tell_once()


@lru_cache(maxsize=1)
def _tell_once() -> None:
    print("dedup: compiling its kernels (once; later runs load them)", file=sys.stderr)
