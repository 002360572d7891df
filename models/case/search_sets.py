"""Which cases of a block: numbers within it, written as short as they can be. Pure.

A few are written as two bytes each, many as one bit for each of the block; read, both are one whole number
with a bit for each case, so that to have all of several words is `&`.
"""

from array import array
from collections.abc import Mapping
from sys import byteorder

BLOCK_BITS = 12
BLOCK = 1 << BLOCK_BITS
_WHOLE = BLOCK // 8


def block_of(case_id: int) -> int:
    return case_id >> BLOCK_BITS


def bit_of(case_id: int) -> int:
    return 1 << (case_id & (BLOCK - 1))


def read(written: bytes) -> int:
    if len(written) == _WHOLE:
        return int.from_bytes(written, "little")
    numbers = array("H", written)
    if byteorder == "big":
        numbers.byteswap()
    bits = 0
    for number in numbers:
        bits |= 1 << number
    return bits


def write(bits: int) -> bytes:
    if bits.bit_count() * 2 >= _WHOLE:
        return bits.to_bytes(_WHOLE, "little")
    numbers = array("H", within(bits))
    if byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def within(bits: int) -> list[int]:
    """The numbers of the bits that are set, the lowest first."""
    found = []
    while bits:
        low = bits & -bits
        found.append(low.bit_length() - 1)
        bits ^= low
    return found


def flags(bits: int) -> bytes:
    """The same to be asked for many cases one by one."""
    return bits.to_bytes(_WHOLE, "little")


def is_in(case_id: int, kept: Mapping[int, bytes]) -> bool:
    """`kept`: flags by block, of the case's block at least."""
    place = case_id & (BLOCK - 1)
    return bool(kept[case_id >> BLOCK_BITS][place >> 3] >> (place & 7) & 1)
