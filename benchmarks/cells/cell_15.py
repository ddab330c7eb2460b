"""Text to a run-length code and back, on bytes."""


def encode(data):
    out = bytearray()
    place = 0
    while place < len(data):
        end = place
        while end < len(data) and data[end] == data[place] and end - place < 255:
            end += 1
        out += bytes((end - place, data[place]))
        place = end
    return bytes(out)


def decode(data):
    return b"".join(data[place + 1 : place + 2] * data[place] for place in range(0, len(data), 2))


data = b"".join(bytes([n % 5 + 65]) * (n * n % 13 + 1) for n in range(160))
packed = encode(data)
assert decode(packed) == data
check = 0
for byte in packed:
    check = (check * 31 + byte) & 0xFFFFFFFF
answer = "%d bytes to %d, check %08x" % (len(data), len(packed), check)
