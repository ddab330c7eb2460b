"""JSON: every type there and back, number texts, escapes, layouts, hooks, own encoders, bad input, the C and the Python paths."""

import decimal
import json
import json.decoder
import json.encoder
import json.scanner
import math
from collections import OrderedDict, namedtuple

VALUES = [
    None, True, False, 0, -0.0, 1, -1, 2**53 + 1, 10**40, 0.1, 1e16, 1e-7, 1.7976931348623157e308, 5e-324, "", "plain", "quote \" back \\ slash / \b\f\n\r\t\x00\x1f\x7f", "é 日本 🚀 \u2028 \ud800",
    [], {}, [[]], [{}], {"": {}}, {"a": [1, {"b": [None, True]}], "z": {"y": {"x": [[], [[]]]}}}, ["nested", ["lists", ["of", ["text"]]]], (1, 2, (3,)), {"k": (1,)},
]  # fmt: skip


def shown(action, *arguments, **options):
    try:
        return action(*arguments, **options)
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


def documents(count):
    """Nested values from a generator of our own."""
    state = 20261121

    def number(limit):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 33) % limit

    def value(depth):
        kind = number(9 if depth else 6)
        if kind == 0:
            return number(2**31) - 2**30
        if kind == 1:
            return (number(2**31) - 2**30) / (number(1000) + 1)
        if kind in (2, 3):
            return "".join(chr((32, 97, 0xE0, 0x4E00, 0x1F600, 9)[number(6)] + number(20)) for _ in range(number(12)))
        if kind == 4:
            return (None, True, False)[number(3)]
        if kind == 5:
            return number(2**31) ** number(9)
        if kind == 6:
            return {str(number(100)): value(depth - 1) for _ in range(number(6))}
        return [value(depth - 1) for _ in range(number(6))]

    return [value(5) for _ in range(count)]


print("# there and back")
for value in VALUES:
    text = json.dumps(value)
    print(text, ascii(json.loads(text)), json.dumps(value, ensure_ascii=False) == text, len(json.dumps(value, indent=2)))
    assert json.loads(text) == (json.loads(json.dumps(value, indent="\t")))
for value in documents(25):
    texts = [json.dumps(value), json.dumps(value, ensure_ascii=False), json.dumps(value, indent=1, sort_keys=True), json.dumps(value, separators=(",", ":"))]
    assert all(json.loads(text) == value for text in texts)
    print(type(value).__name__, [len(text) for text in texts], [sum(place * ord(char) for place, char in enumerate(text)) % 1000003 for text in texts])
    print(texts[0][:100], texts[2][-60:].split("\n"))

print("# layouts")
sample = {"b": [1, 2.50, {"c": None}], "a": {"é": True, "empty": [], "none": {}}, "2": 3}
for options in ({"indent": 0}, {"indent": 3}, {"indent": "--"}, {"sort_keys": True}, {"separators": (" ; ", "=")}, {"indent": 1, "separators": (",", ":")}, {"ensure_ascii": False, "sort_keys": True}):
    print(options, json.dumps(sample, **options), sep="\n")
print("".join(json.JSONEncoder(indent=2).iterencode([1, [2, {"a": 3}]])), list(json.JSONEncoder().iterencode([1, "a", {"b": None}])))

print("# keys")
print(json.dumps({1: "int", 2.5: "float", True: "bool", None: "none", "s": 1, 10**20: 0}), json.loads('{"a":1,"a":2}'), shown(json.dumps, {(1, 2): 3}), json.dumps({(1, 2): 3, "b": 4}, skipkeys=True), shown(json.dumps, {1: 0, "1": 1}, sort_keys=True))

print("# numbers")
for text in ("0", "-0", "-0.0", "1E5", "1e-5", "123456789012345678901234567890", "1.0", "1e400", "-1e400", "NaN", "-Infinity", "Infinity", "0.1e1", "2.2250738585072011e-308"):
    print(text, repr(json.loads(text)), repr(shown(json.loads, text, parse_float=decimal.Decimal, parse_int=str, parse_constant=lambda name: "<%s>" % name)))
print(json.dumps([math.nan, math.inf, -math.inf]), shown(json.dumps, math.nan, allow_nan=False), shown(json.dumps, [1e999], allow_nan=False), json.dumps([0.1 + 0.2, 1e22, 1e21, 123456.7, 100000000000000000.0, -0.0]))


class Count(int):
    def __repr__(self):
        return "Count!"


class Ratio(float):
    def __repr__(self):
        return "Ratio!"


print(json.dumps([Count(7), Ratio(0.5), True]), json.dumps(namedtuple("P", "x y")(1, 2)), json.dumps(OrderedDict(z=1, a=2)))

print("# hooks")
text = '{"a": {"b": [1, 2.5], "$date": "2026"}, "c": [{"x": 1}, {}]}'
print(json.loads(text, object_hook=lambda table: tuple(sorted(table))), json.loads(text, object_pairs_hook=list), json.loads(text, object_pairs_hook=OrderedDict), json.loads(text, parse_int=float, parse_float=str))


class Encoder(json.JSONEncoder):
    def default(self, value):
        if isinstance(value, complex):
            return {"re": value.real, "im": value.imag}
        if isinstance(value, (set, frozenset, range)):
            return sorted(value)
        return super().default(value)


print(json.dumps({"z": 1 + 2j, "s": {3, 1, 2}, "r": [range(3), {frozenset("b"): 1} and 5]}, cls=Encoder), shown(json.dumps, object, cls=Encoder), json.dumps(b"x", default=list), shown(json.dumps, [b"x"]))
loop = []
loop.append([loop])
deep = []
for _ in range(100000):
    deep = [deep]
print(shown(json.dumps, loop), shown(json.dumps, {"k": {1, 2}}), shown(json.loads, "[" * 100000).split(":")[0], shown(json.dumps, deep).split(":")[0])
while deep:
    deep = deep.pop()

print("# bad input: what and where")
BAD = ["", " ", "{", "[1,", "[1,]", '{"a"}', '{"a":}', '{"a":1,}', "{'a':1}", "{a:1}", '"abc', '"\\x"', '"\\u12"', '"a\nb"', "01", "1.", ".5", "+1", "--1", "1e", "tru", "nul", "[1 2]", '{"a":1 "b":2}', "1 2", "[]]", '"\\ud800"', '"\\ud83d\\ude80"', "\ufeff[]", "[NaN, nan]", "\x00", "// no", '["é"', "[\n1,\n2\n3]"]
for text in BAD:
    try:
        print(ascii(text), ascii(json.loads(text)))
    except json.JSONDecodeError as error:
        print(ascii(text), error.msg, error.lineno, error.colno, error.pos)
print(json.loads(b'{"bytes": "\xc3\xa9"}'), json.loads('["\x01tab\t"]', strict=False), [json.loads('"é"'.encode(codec)) for codec in ("utf-8", "utf-16", "utf-32-be", "utf-8-sig", "utf-16-le")], shown(json.loads, b'"\xff"'), shown(json.loads, 5))
print(json.JSONDecoder().raw_decode('[1, {"a": 2}] and the rest'), shown(json.JSONDecoder().raw_decode, "rest", 1), json.JSONDecoder().raw_decode("  7", 2))

print("# C and Python agree")
pure_string = json.encoder.py_encode_basestring_ascii
pure_scan = json.decoder.py_scanstring
for value in ("", "a\"b\\c\n\x00é日🚀\ud800", "x" * 100):
    text = json.encoder.encode_basestring_ascii(value)
    print(text, pure_string(value) == text, json.decoder.scanstring(text, 1) == pure_scan(text, 1), json.encoder.encode_basestring(value) == json.encoder.py_encode_basestring(value))
decoder = json.JSONDecoder()
decoder.parse_string = pure_scan
decoder.scan_once = json.scanner.py_make_scanner(decoder)
print([decoder.decode(json.dumps(value)) == json.loads(json.dumps(value)) for value in documents(8)], json.encoder.c_make_encoder is not None, json.scanner.c_make_scanner is not None)
