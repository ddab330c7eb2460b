"""Dataclasses: generated methods, order, frozen and slotted ones, inheritance, fields, conversion; named tuples, enumerations, match."""

import collections
import dataclasses
import enum
import inspect
import typing
from dataclasses import KW_ONLY, InitVar, dataclass, field


def shown(action, *arguments, **options):
    try:
        return action(*arguments, **options)
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


@dataclass
class Plain:
    x: int
    y: float = 0.5
    tags: list = field(default_factory=list, repr=False, compare=False)
    shared: typing.ClassVar[int] = 7


@dataclass(order=True, frozen=True)
class Version:
    major: int
    minor: int = 0
    label: str = field(default="", compare=False)


@dataclass(slots=True, kw_only=True)
class Slotted:
    a: int
    b: "str" = "text"


@dataclass
class Base:
    first: int
    second: int = 2

    def __post_init__(self):
        self.total = self.first + self.second


@dataclass
class Derived(Base):
    second: int = 20
    third: InitVar[int] = 3
    _: KW_ONLY
    fourth: str = "four"
    secret: int = field(init=False, default=-1)

    def __post_init__(self, third):
        super().__post_init__()
        self.secret = third * 100


@dataclass(unsafe_hash=True, eq=True, match_args=False)
class Hashed:
    key: tuple
    noise: dict = field(default_factory=dict, hash=False)


@dataclass(repr=False, eq=False)
class Bare:
    value: object = None


@dataclass(weakref_slot=True, slots=True)
class Tree:
    name: str
    children: list["Tree"] = field(default_factory=list)

    def walk(self, depth=0):
        yield depth, self.name
        for child in self.children:
            yield from child.walk(depth + 1)


print("# what is generated")
for kind in (Plain, Version, Slotted, Base, Derived, Hashed, Bare, Tree):
    print(kind.__name__, inspect.signature(kind), getattr(kind, "__match_args__", None), getattr(kind, "__slots__", None))
    for one in dataclasses.fields(kind):
        default = one.default if one.default is not dataclasses.MISSING else "-"
        print("  ", one.name, one.type if isinstance(one.type, str) else getattr(one.type, "__name__", one.type), default, one.init, one.repr, one.compare, one.hash, one.kw_only)
print(Plain.__doc__, Plain.__annotations__, Plain.shared, hasattr(Plain, "tags"))

print("# instances")
values = [Plain(1), Plain(1, 0.5, ["a"]), Plain(2, y=1e10), Version(3, 11, "a"), Version(3, 11), Slotted(a=1), Derived(1, third=5, fourth="iv"), Hashed((1, "x"))]
for value in values:
    print(value, dataclasses.asdict(value), dataclasses.astuple(value))
print(values[0] == values[1], values[0] != values[2], values[3] == values[4], Plain(1) == (1, 0.5), Base(1) == Derived(1), values[0].tags is values[1].tags)
print(sorted([Version(3, 9), Version(3, 10), Version(2, 7, "z"), Version(3, 10, "b")]), Version(1) < Version(1, 1), {Version(1), Version(1, 0, "again")}, hash(Hashed((1,))) == hash(Hashed((1,), {"n": 1})))
print(dataclasses.replace(values[3], minor=12), dataclasses.replace(values[0], x=9).tags is values[0].tags, shown(dataclasses.replace, Derived(1), first=2), dataclasses.is_dataclass(Plain), dataclasses.is_dataclass(3))
for action in (
    lambda: setattr(Version(1), "major", 2),
    lambda: delattr(Version(1), "major"),
    lambda: setattr(Slotted(a=1), "z", 2),
    lambda: Slotted(1),
    lambda: Plain(),
    lambda: Plain(1, 2, 3, 4),
    lambda: Version(1) < 2,
    lambda: hash(Plain(1)),
    lambda: dataclass(type("Bad", (), {"__annotations__": {"items": list}, "items": []})),
    lambda: dataclasses.make_dataclass("Order", [("a", int, 1), ("b", int)]),
    lambda: dataclass(frozen=True)(type("Frozen", (Plain,), {"__annotations__": {}})),
    lambda: dataclasses.asdict(Plain),
):
    print(shown(action))
made = dataclasses.make_dataclass("Made", [("x", int, 1), ("y", int, field(default=3))], bases=(Base,), namespace={"sum": lambda self: self.first + self.y}, frozen=False)
print(shown(made, 1), made(5, y=8).sum(), made.__mro__[1].__name__)

tree = Tree("root", [Tree("left", [Tree("leaf")]), Tree("right")])
tree.children[1].children.append(tree.children[0])
print(list(tree.walk()), dataclasses.asdict(tree, dict_factory=lambda pairs: collections.OrderedDict(reversed(pairs))))
loop = Tree("loop")
loop.children.append(loop)
print(loop, repr(Bare()).startswith("<__main__.Bare object"), Bare(1) == Bare(1))

print("# named tuples")


class Point(typing.NamedTuple):
    x: int
    y: int = 0

    def __add__(self, other):
        return Point(*(a + b for a, b in zip(self, other)))


Pair = collections.namedtuple("Pair", "left right", defaults=["r"])
print(Point(1), Point(1, 2) + Point(3, 4), Point(5)._replace(y=6), Point._fields, Point._field_defaults, Point(1, 2)._asdict(), Point(1, 2) == (1, 2), Point(2) > Point(1, 9))
print(Pair("l"), Pair._make("ab"), shown(Pair), shown(collections.namedtuple, "Bad", "class x"), collections.namedtuple("Renamed", "class x x", rename=True)._fields, [*Pair(1, 2)])

print("# enumerations")


class Colour(enum.Enum):
    RED = 1
    GREEN = enum.auto()
    CRIMSON = 1

    @property
    def pretty(self):
        return self.name.title()


class Access(enum.Flag):
    READ = enum.auto()
    WRITE = enum.auto()
    RUN = enum.auto()
    ALL = READ | WRITE | RUN


class Level(enum.IntEnum):
    LOW = 10
    HIGH = 20


print(list(Colour), Colour(2), Colour["CRIMSON"] is Colour.RED, Colour.GREEN.pretty, Colour.__members__, shown(Colour, 9), shown(lambda: Colour["BLUE"]), Colour.RED in Colour)
print(Access.READ | Access.RUN, Access.ALL & ~Access.WRITE, Access(5), list(Access.ALL), bool(Access(0)), Access.READ in Access.ALL, Level.LOW + 1, Level.LOW < Level.HIGH, f"{Level.HIGH:>4}", sorted(Level, reverse=True))

print("# match")


def described(value):
    match value:
        case Plain(x=0):
            return "plain zero"
        case Version(major, minor) if major > 2:
            return "version %d-%d" % (major, minor)
        case Point(x, 0) | Pair(x, "r"):
            return "on the axis at %s" % (x,)
        case Slotted(a=int(a), b=str() as b):
            return "slotted %d %s" % (a, b)
        case {"kind": "list", "items": [first, *_, last], **rest}:
            return "from %s to %s and %s" % (first, last, rest)
        case [] | ():
            return "empty"
        case [Colour.RED, *others]:
            return "red and %d" % len(others)
        case str(text) | bytes(text):
            return "text %r" % (text,)
        case -1 | 2.5 | None | True:
            return "a constant"
        case _:
            return "something else"


for value in (Plain(0), Plain(1), Version(3, 1), Version(1), Point(4), Pair(5), Slotted(a=1), {"kind": "list", "items": [1, 2, 3], "z": 0}, [], [Colour.RED, 1, 2], "s", b"b", -1, 2.5, None, 7):
    print(type(value).__name__, described(value))
