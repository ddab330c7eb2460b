"""Bytes: bytes, bytearray, memoryview, struct and array; layouts, alignment, byte order, views that share memory."""

import array
import binascii
import struct
import sys

DATA = bytes(range(256))


def shown(action):
    try:
        return action()
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


print("# methods of bytes, and the same of bytearray")
for kind in (bytes, bytearray):
    text = kind(b"  The quick\tbrown fox\r\njumps over\x0bthe \xe9lazy dog\x00  ")
    for action in (kind.upper, kind.title, kind.swapcase, kind.strip, kind.split, kind.splitlines, kind.isalpha, kind.expandtabs, kind.hex):
        print(action.__name__, action(text))
    print(text.find(b"o"), text.rindex(b"o"), text.count(b" "), text.partition(b"fox"), text.rsplit(None, 2), text.translate(None, b"aeiou"))
    print(text.replace(b"o", b"00", 2), text.center(60, b"."), text.startswith((b"a", b"  T")), text.hex(" ", -4)[:40], repr(text * 2)[:50])
    print(kind.fromhex("de ad BE ef"), kind(5), kind([1, 2, 255]), kind("é", "latin-1"), kind.maketrans(b"ab", b"xy")[96:100], b"%d %s %a %08.3f" % (5, b"x", "é", 2.5))
print(DATA[::-17], DATA[250:], DATA[-1], b"ab" < b"b", b"a" in DATA, 300 in [*DATA], hash(b"bytes"), b"-".join([b"a", bytearray(b"b"), memoryview(b"c")]))

print("# bytearray as a buffer that changes")
buffer = bytearray(b"0123456789")
buffer[2:5] = b"abcdefgh"
buffer[::3] = b"#" * len(buffer[::3])
print(buffer, buffer.pop(), buffer.pop(0))
del buffer[1:9:2]
buffer.insert(3, 64)
buffer.extend(range(97, 100))
buffer += b"tail"
buffer.reverse()
buffer.remove(64)
print(buffer, len(buffer), buffer.index(b"c"))
view = memoryview(buffer)
print(shown(lambda: buffer.append(1)))
view[0:3] = b"XYZ"
view.release()
print(buffer, shown(lambda: view[0]), shown(lambda: bytes([256])), shown(lambda: bytearray(b"a")[5]), shown(lambda: bytes.fromhex("abc")))

print("# struct: sizes and alignment")
for code in "xcbB?hHiIlLqQnNefdsp":
    print(code, [shown(lambda order=order: struct.calcsize(order + code)) for order in "@=<>!"], end="; ")
print()
for code in ("bhilq", "cxxq", "b0q", "3sH", "qb", "iqbhd", "10p2I", "?e?f?d"):
    print(code, struct.calcsize(code), struct.calcsize("=" + code), struct.calcsize("b" + code))

print("# struct: there and back")
CASES = [
    ("bBhHiIqQ", (-128, 255, -32768, 65535, -(2**31), 2**32 - 1, -(2**63), 2**64 - 1)),
    ("efd", (0.1, 0.1, 0.1)),
    ("efd", (65504.0, 3.4028234663852886e38, 1.7976931348623157e308)),
    ("efd", (float("-inf"), float("inf"), -0.0)),
    ("efd", (5.960464477539063e-08, 1e-45, 5e-324)),
    ("5s3p2x?c", (b"abc", b"pascal", True, b"z")),
    ("3h2q", (1, -2, 3, 4, -5)),
]
for code, values in CASES:
    for order in "@<>":
        packed = struct.pack(order + code, *values)
        print(order + code, packed.hex(), struct.unpack(order + code, packed))
record = struct.Struct("<HxB4s")
table = bytearray(record.size * 4)
for row in range(4):
    record.pack_into(table, row * record.size, row * 1000, row, b"r%d" % row)
print(table.hex(), list(record.iter_unpack(table)), record.unpack_from(table, 8), record.format)
for code, values in (("b", (128,)), ("H", (-1,)), ("q", (2**63,)), ("f", (1e40,)), ("e", (70000.0,)), ("2s", ("str",)), ("i", ()), ("zz", ()), ("B", (1.5,))):
    print(code, shown(lambda: struct.pack("<" + code, *values)))
print(shown(lambda: struct.unpack("<i", b"abc")), shown(lambda: struct.unpack_from("<q", b"1234567890", 4)))

print("# memoryview")
numbers = array.array("i", range(24))
cube = memoryview(numbers).cast("B").cast("i", (2, 3, 4))
print(cube.shape, cube.strides, cube.nbytes, cube.format, cube.contiguous, cube[1, 2, 3], cube.tolist())
cube[0, 0, 0] = -99
flat = memoryview(numbers)[4:20:5]
print(numbers[0], flat.tolist(), flat.strides, flat.contiguous, bytes(flat).hex(), flat == array.array("q", [4, 9, 14, 19]), flat[::-1].tolist())
print(shown(lambda: cube[2, 0, 0]), shown(lambda: memoryview(b"ro").__setitem__(0, 1)), memoryview(b"abc").toreadonly().readonly, hash(memoryview(b"abc")) == hash(b"abc"))
print(shown(lambda: memoryview(numbers).cast("q", (5,))), memoryview(DATA).cast("d")[3], memoryview(DATA).cast("f").tolist()[40:44], memoryview(b"\x00\xff").cast("?").tolist())

print("# array")
for code in "bBhHiIlLqQfd":
    items = array.array(code, [1, 2, 100])
    items.append(7)
    items[1:2] = array.array(code, [9, 8])
    swapped = array.array(code, items)
    swapped.byteswap()
    print(code, items.itemsize, items, items.tobytes().hex(), swapped.tobytes().hex(), items.count(9), items.index(100), shown(lambda: array.array(code, [10**30])))
restored = array.array("d")
restored.frombytes(struct.pack("3d", 0.1, 0.2, 0.3))
print(restored, restored * 2, restored[::-1].tolist(), shown(lambda: restored.frombytes(b"abc")), sys.byteorder, array.array("B", "aé🚀".encode()).tolist())

print("# hexadecimal, base64, quoted, checksums")
for data in (b"", b"f", b"foobar", DATA):
    print(binascii.hexlify(data)[-24:], binascii.b2a_base64(data)[-30:], binascii.b2a_qp(data)[:60], binascii.crc32(data), binascii.crc_hqx(data, 7), binascii.b2a_uu(data[:45]))
    assert binascii.a2b_base64(binascii.b2a_base64(data)) == data and binascii.unhexlify(binascii.hexlify(data)) == data
print(shown(lambda: binascii.unhexlify(b"xy")), shown(lambda: binascii.a2b_base64(b"abc", strict_mode=True)))
