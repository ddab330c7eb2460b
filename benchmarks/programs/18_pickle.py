"""Pickles: every protocol, sharing and cycles, reduce in all forms, state hooks, refusals, copy, and the pickled bytes themselves."""

import array
import collections
import copy
import copyreg
import datetime
import decimal
import fractions
import hashlib
import io
import operator
import pickle
import pickletools
import random
import types


class Plain:
    def __init__(self, x, y=2):
        self.x, self.y = x, y

    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)

    def __repr__(self):
        return "%s(%s)" % (type(self).__name__, ", ".join("%s=%r" % entry for entry in sorted(vars(self).items())))


class WithState(Plain):
    def __getstate__(self):
        return {"packed": (self.x, self.y)}

    def __setstate__(self, state):
        self.x, self.y = state["packed"]
        self.restored = True


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a

    def __repr__(self):
        return "Slotted(%r, %s)" % (self.a, hasattr(self, "b"))


class NewArguments(str):
    def __new__(cls, text, *, note):
        self = super().__new__(cls, text)
        self.note = note
        return self

    def __getnewargs_ex__(self):
        return (str(self),), {"note": self.note}

    def __repr__(self):
        return "NewArguments(%s, %s)" % (str.__repr__(self), self.note)


class Reduced(list):
    def __reduce__(self):
        return (make_reduced, (len(self),), {"mark": 1}, iter(self), iter([("k", "v")]))

    def __setitem__(self, key, value):
        vars(self).setdefault("items", {})[key] = value

    def __repr__(self):
        return "Reduced(%s, %s)" % (list.__repr__(self), vars(self))


def make_reduced(count):
    made = Reduced()
    made.made_for = count
    return made


class Outer:
    class Inner(Plain):
        def method(self):
            return self.x


class Single:
    def __reduce__(self):
        return "SINGLE"

    def __repr__(self):
        return "SINGLE"


SINGLE = Single()
Point = collections.namedtuple("Point", "x y")


class Shade(int):
    pass


copyreg.pickle(types.MappingProxyType, lambda proxy: (types.MappingProxyType, (dict(proxy),)))


def shown(action, *arguments, **options):
    try:
        return action(*arguments, **options)
    except Exception as error:
        return "%s: %s" % (type(error).__name__, str(error).split(" at 0x")[0])


shared = ["shared"]
cycle = {"list": shared, "again": shared}
cycle["self"] = cycle
ring = Plain(None)
ring.x = [ring, (ring,)]
VALUES = [
    None, True, 0, -1, 255, 256, 65535, 2**31, -(2**63), 2**64, 10**700, 0.1, -0.0, float("inf"), 1 + 2j, "", "text", "é日🚀\ud800\n\\", "long " * 80, b"", b"\x00\xff", b"x" * 300, bytearray(b"ba"),
    (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1, [2, [3]]], {}, {"a": 1, 2: "b"}, set(), {3, 1, 2}, frozenset("a"), range(1, 9, 2), slice(1, None, 2), ..., NotImplemented, type(None),
    int, len, str.upper, Plain, Outer.Inner, operator.attrgetter("a.b"), operator.itemgetter(1, 2), Plain(1), WithState("s", [1]), Slotted(9), NewArguments("n", note="kw"), Reduced([1, 2]), Outer.Inner(5),
    Outer.Inner(6).method, Point(1, 2), Shade(7), decimal.Decimal("1.50"), fractions.Fraction(3, 4), datetime.datetime(2026, 11, 21, 7, 5, tzinfo=datetime.timezone.utc), datetime.timedelta(3, 4, 5), array.array("d", [1.5, 2.5]),
    collections.OrderedDict(b=1, a=2), collections.Counter("aab"), collections.deque([1, 2], maxlen=3), collections.defaultdict(list, {"k": [1]}), types.SimpleNamespace(a=1), types.MappingProxyType({"p": 1}), ValueError("v", 1),
    random.Random(5).getstate()[1][:5], [shared, shared, (shared,)], list(range(1200)), {str(n): n for n in range(1100)},
]  # fmt: skip

print("# every value by every protocol")
for value in VALUES:
    sizes, check = [], hashlib.new("sha256")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        packed = shown(pickle.dumps, value, protocol)
        if isinstance(packed, str):
            sizes.append(packed)
            continue
        check.update(packed)
        sizes.append(len(packed))
        back = pickle.loads(packed)
        same = repr(back) == repr(value)
        assert same or isinstance(value, (WithState, Outer.Inner, types.MethodType, Slotted, Reduced)), (value, back)
        assert pickle.loads(pickletools.optimize(packed)).__class__ is back.__class__
    print(ascii(repr(back))[:90].split(" at 0x")[0], sizes, check.hexdigest()[:16])

print("# identity and cycles")
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    back, circle, single = pickle.loads(pickle.dumps((cycle, ring, SINGLE), protocol))
    print(protocol, back["self"] is back, back["list"] is back["again"], circle.x[0] is circle, circle.x[1][0] is circle, single is SINGLE, hashlib.new("sha256", pickle.dumps(cycle, protocol)).hexdigest()[:12])

print("# the bytes")
for protocol in (0, 2, 4, 5):
    out = io.StringIO()
    pickletools.dis(pickle.dumps([Plain(1), (1, "é"), {"k": {2.5}}], protocol), out)
    print(out.getvalue())

print("# streams, persistent names, tables, buffers outside")


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        return "id-%s" % value["id"] if isinstance(value, dict) and "id" in value else None

    def reducer_override(self, value):
        return (complex, (value.x, value.y)) if type(value) is Plain else NotImplemented


class Unpickler(pickle.Unpickler):
    def persistent_load(self, name):
        return "loaded " + name

    def find_class(self, module, name):
        if (module, name) not in {("builtins", "complex"), ("builtins", "set")}:
            raise pickle.UnpicklingError("%s.%s is forbidden" % (module, name))
        return super().find_class(module, name)


stream = io.BytesIO()
pickler = Pickler(stream, 4)
for value in ([{"id": 5}, {"no": 1}], Plain(3, 4), {1, 2}, Slotted(1)):
    pickler.dump(value)
    pickler.clear_memo()
stream.seek(0)
print([shown(Unpickler(stream).load) for _ in range(4)], shown(pickle.load, io.BytesIO(b"")))
buffers = []
packed = pickle.dumps([pickle.PickleBuffer(bytearray(b"outside" * 3)), b"in"], 5, buffer_callback=buffers.append)
print(len(packed), [bytes(buffer) for buffer in buffers], pickle.loads(packed, buffers=[b"replaced"]), shown(pickle.loads, packed))

print("# refusals and damage")
for value in (lambda: 1, (n for n in ()), io.StringIO().write, types, type("Local", (), {})(), memoryview(b"")):
    print(str(shown(pickle.dumps, value)).split(":")[0])
good = pickle.dumps(Plain([1, "two"]), 4)
print([shown(pickle.loads, good[:cut]).split(":")[0] if isinstance(shown(pickle.loads, good[:cut]), str) else "ok" for cut in range(0, len(good), 6)])
for bad in (b"garbage", b"\x80\x09.", b"(lp0\n", b"cno_module\nx\n.", b"cbuiltins\nno_name\n.", b"I1x\n.", b".", b"\x80\x04h\x05."):
    print(bad, shown(pickle.loads, bad))

print("# copies")
for value in (cycle, ring, [shared, shared], WithState(1, [2]), Slotted([1]), Reduced([[1]]), SINGLE, Point([1], 2), collections.defaultdict(list, a=[1])):
    flat, deep = copy.copy(value), copy.deepcopy(value)
    print(type(value).__name__, flat is value, deep is value, type(deep) is type(value), "x" if isinstance(value, (Plain, dict)) and value in (cycle, ring) else ascii(repr(deep)))
twice = copy.deepcopy([shared, (shared, {"k": shared})])
print(twice[0] is twice[1][0] is twice[1][1]["k"], twice[0] is not shared, shown(copy.deepcopy, types), copy.copy(len) is len)
