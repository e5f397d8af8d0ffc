"""What numba cannot say in Python: single instructions of the machine, and what stands in the memory of a str.

Each is a plain function, which does the same where kernels run as they are, and `instruction` gives what is compiled in its
place.
"""

import ctypes
import sys
from collections.abc import Callable
from typing import Any
from typing import no_type_check as kernel

import numpy as np

_AHEAD = 16  # items of a list that are fetched before they are read


@kernel
def load_32(buffer, i):
    """Return the four bytes from i on as a uint32."""
    return buffer[i : i + 4].view("<u4")[0]


@kernel
def load_64(buffer, i):
    """Return the eight bytes from i on as a uint64."""
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
def move(array, to, begin, end):
    """Move array[begin:end], of bytes, to another place; the two may overlap."""
    array[to : to + end - begin] = array[begin:end]


@kernel
def trailing_zeros(word):
    """Return how many of a uint64's lowest bits are 0, as a uint64; 64 if all are."""
    return np.uint64((int(word) & -int(word)).bit_length() - 1 if word else 64)


@kernel
def ones(word):
    """Return how many of a uint64's bits are 1, as a uint64."""
    return np.uint64(int(word).bit_count())


@kernel
def within_64(buffer, i, low, high):
    """Return a uint64 whose bit k tells whether byte i + k is one of low ... high."""
    bytes_64 = buffer[i : i + 64]
    return np.packbits((low <= bytes_64) & (bytes_64 <= high), bitorder="little").view("<u8")[0]


@kernel
def prefetch(array, i):
    """Have the processor fetch array[i]; returns nothing of meaning."""
    return 0


@kernel
def text_characters(texts, i):
    """Return the memory of item i of the list at address `texts`: uint8[...], and bytes a character, 0 if all are ASCII, -1 if
    there is no such item, or it is anything but a str (of a subclass, even).

    Takes the GIL; where compiled it is valid as long as the list holds the text, else a copy.
    """
    listed = ctypes.cast(texts, ctypes.py_object).value
    if i >= len(listed) or type(listed[i]) is not str:
        return np.zeros(0, dtype=np.uint8), -1
    text, order = listed[i], sys.byteorder[0]
    highest = max(map(ord, text), default=0)
    if highest < 0x80:
        width, encoding = 0, "ascii"
    elif highest < 0x100:
        width, encoding = 1, "latin-1"
    elif highest < 0x10000:
        width, encoding = 2, f"utf-16-{order}e"
    else:
        width, encoding = 4, f"utf-32-{order}e"
    return np.frombuffer(text.encode(encoding, "surrogatepass"), dtype=np.uint8), width


INTRINSICS = (
    load_32,
    load_64,
    store_64,
    move,
    copy_small_64,
    trailing_zeros,
    ones,
    prefetch,
    text_characters,
    within_64,
)


def instruction(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return what is compiled in place of one of INTRINSICS."""
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
    def memmove(typing_context, array, to, begin, end):
        @kernel
        def generate(context, builder, signature, arguments):
            data = cgutils.create_struct_proxy(array)(context, builder, arguments[0]).data
            target, source = (builder.gep(data, [arguments[k]]) for k in (1, 2))
            cgutils.raw_memmove(builder, target, source, builder.sub(arguments[3], arguments[2]), 1)
            return context.get_dummy_value()

        return types.none(array, types.intp, types.intp, types.intp), generate

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

    machines = {
        load_32: load(32),
        load_64: load(64),
        store_64: store,
        move: memmove,
        trailing_zeros: zeros,
        prefetch: fetch,
    }
    machines |= {text_characters: characters, within_64: within, copy_small_64: copy_small, ones: count}
    return intrinsic(machines[function])
