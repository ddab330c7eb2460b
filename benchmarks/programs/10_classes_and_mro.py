"""Classes: method resolution order, super, metaclasses, hooks, slots, abstract classes, operators, data model, weak references."""

import abc
import functools
import gc
import operator
import weakref


def shown(action, *arguments):
    try:
        return action(*arguments)
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


def names(classes):
    return [one.__name__ for one in classes]


print("# resolution order")


class O1: ...


class A(O1):
    def who(self):
        return ["A"] + getattr(super(), "who", list)()


class B(O1):
    def who(self):
        return ["B"] + getattr(super(), "who", list)()


class C(A, B):
    def who(self):
        return ["C"] + super().who()


class D(B):
    def who(self):
        return ["D"] + super().who()


class E(C, D):
    def who(self):
        return ["E"] + super().who()


for one in (A, C, E, bool, type):
    print(names(one.__mro__), names(one.__bases__))
print(E().who(), super(C, E()).who(), super(D, E).who(E()), A.who(E()), C.who(C()))
print(shown(type, "X", (A, O1, B), {}), shown(type, "Y", (O1, A), {}), names(type("Z", (E, D), {}).__mro__), shown(type, "W", (A, A), {}))
print(names(O1.__subclasses__()), issubclass(E, B), isinstance(E(), (int, D)), E.__qualname__, E.__module__)
E.__bases__ = (D, C) if shown(setattr, E, "__bases__", (D, C)) is None else E.__bases__
print(shown(lambda: names(E.__mro__)), shown(lambda: E().who()))

print("# metaclasses and hooks")
log = []


class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases, **options):
        log.append(("prepare", name, sorted(options)))
        return {"order": []}

    def __new__(mcs, name, bases, space, **options):
        space["order"] = [key for key in space if not key.startswith("__")]
        return super().__new__(mcs, name, bases, space)

    def __init__(cls, name, bases, space, **options):
        log.append(("init", name, options))
        super().__init__(name, bases, space)

    def __call__(cls, *arguments, **options):
        log.append(("call", cls.__name__, arguments))
        return super().__call__(*arguments, **options)

    def __getattr__(cls, name):
        return "%s has no %s" % (cls.__name__, name)

    def __instancecheck__(cls, instance):
        return instance == 42 or super().__instancecheck__(instance)

    def __contains__(cls, item):
        return item in vars(cls)

    def __len__(cls):
        return len(cls.order)


class Base(metaclass=Meta):
    registry = {}

    def __init_subclass__(cls, /, tag=None, **options):
        super().__init_subclass__(**options)
        Base.registry[cls.__name__] = tag

    def __class_getitem__(cls, item):
        return "%s[%r]" % (cls.__name__, item)


class Child(Base, tag="first"):
    z = 1
    a = 2

    def method(self): ...


class Grandchild(Child, tag="second"): ...


print(log, Base.registry, Child.order, len(Child), Child.missing, Child[int, 3], isinstance(42, Child), "z" in Child, Child() and log[-1])
print(type(Child), names(type(Child).__mro__), shown(type, "M", (Child, abc.ABC), {}))

print("# creation")


class Interned:
    known = {}

    def __new__(cls, value, *rest):
        if value in cls.known:
            return cls.known[value]
        cls.known[value] = self = super().__new__(cls)
        return self

    def __init__(self, value, *rest):
        self.value, self.rest = value, rest


first, second = Interned("a", 1), Interned("a", 2)
print(first is second, first.rest, vars(first), shown(lambda: O1(1)), shown(lambda: object.__init__(O1(), 1)))


class Text(str):
    def __new__(cls, value, note=""):
        self = super().__new__(cls, value)
        self.note = note
        return self

    def __add__(self, other):
        return Text(str.__add__(self, other), self.note)


text = Text("abc", "kept") + "def"
print(text, text.note, text.upper(), type(text.upper()).__name__, text[1:], Text("x") == "x", {"abcdef": 1}[text])

print("# slots")


class Slotted:
    __slots__ = ("x", "y", "__weakref__")


class Open(Slotted):
    pass


point = Slotted()
point.x = 1
print(shown(lambda: point.y), shown(setattr, point, "z", 1), hasattr(point, "__dict__"), vars(Open()) == {}, shown(lambda: type("S", (Slotted, type("T", (), {"__slots__": "q"})), {})))
del point.x
print(shown(lambda: point.x), Slotted.x, shown(delattr, point, "x"))

print("# operators")


@functools.total_ordering
class Money:
    def __init__(self, cents):
        self.cents = cents

    def __repr__(self):
        return "%d.%02d" % divmod(self.cents, 100)

    def __eq__(self, other):
        return self.cents == other.cents if isinstance(other, Money) else NotImplemented

    def __lt__(self, other):
        return self.cents < other.cents if isinstance(other, Money) else NotImplemented

    def __hash__(self):
        return hash(self.cents)


def made(name):
    def method(self, other):
        return Money(getattr(operator, name)(self.cents, other)) if isinstance(other, int) else NotImplemented

    return method


for name in ("add", "sub", "mul", "floordiv", "mod", "pow", "lshift", "and_", "xor"):
    setattr(Money, "__%s__" % name.strip("_"), made(name))
    setattr(Money, "__r%s__" % name.strip("_"), lambda self, other, name=name: "r%s(%r)" % (name, other))
price = Money(1250)
for name in ("add", "sub", "mul", "floordiv", "mod", "lshift", "and_", "xor", "truediv", "matmul", "eq", "lt", "ge"):
    function = getattr(operator, name)
    print(name, shown(function, price, 3), shown(function, 3, price), shown(function, price, "x"), shown(function, price, Money(3)))
price += 50
print(price, sorted([Money(3), Money(1), Money(2)]), {Money(1): "one"}[Money(1)], Money(1) != Money(2), bool(Money(0)), max(Money(5), Money(9)))


class Everything:
    def __getattr__(self, name):
        return lambda *arguments: (name, arguments)

    def __getitem__(self, item):
        return item

    def __call__(self, *arguments, **options):
        return arguments, options

    def __format__(self, code):
        return "<%s>" % code

    def __bool__(self):
        return False

    def __iter__(self):
        return iter("iter")

    def __missing__(self): ...


every = Everything()
print(every.spam(1), every[1:2, ..., ::3], every(1, *"ab", k=2), f"{every:^9}", bool(every), [*every], "i" in every, shown(len, every), shown(int, every))

print("# abstract and virtual")


class Shape(abc.ABC):
    @property
    @abc.abstractmethod
    def area(self): ...

    @abc.abstractmethod
    def scaled(self, by): ...

    @classmethod
    def __subclasshook__(cls, other):
        return True if hasattr(other, "quacks") else NotImplemented


class Square(Shape):
    def __init__(self, side):
        self.side = side

    area = property(lambda self: self.side**2)

    def scaled(self, by):
        return type(self)(self.side * by)


Shape.register(range)
print(shown(Shape), Square(3).scaled(2).area, isinstance(range(3), Shape), issubclass(type("Duck", (), {"quacks": 1}), Shape), sorted(Shape.__abstractmethods__))

print("# life and death")
gone = []


class Node:
    def __init__(self, name):
        self.name, self.other = name, None

    def __del__(self):
        gone.append(self.name)


gc.disable()
a, b, single = Node("a"), Node("b"), Node("single")
a.other, b.other = b, a
watch = weakref.ref(a, lambda ref: gone.append("watched"))
table = weakref.WeakValueDictionary(a=a, single=single)
del a, b, single
print(gone, sorted(table), watch() is not None)
print(gc.collect() >= 2, sorted(gone), list(table), watch())
gc.enable()
