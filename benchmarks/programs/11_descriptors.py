"""Descriptors: data and non-data, lookup order, properties, methods and their binding, __set_name__, attribute hooks, cached properties."""

import functools
import types


def shown(action, *arguments):
    try:
        return action(*arguments)
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


log = []


class Data:
    def __init__(self, label):
        self.label = label

    def __set_name__(self, owner, name):
        log.append("named %s.%s" % (owner.__name__, name))
        self.name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return "%s of the class %s" % (self.label, owner.__name__)
        return "%s get %s" % (self.label, vars(instance).get("_" + self.name, "unset"))

    def __set__(self, instance, value):
        log.append("set %s" % self.name)
        vars(instance)["_" + self.name] = value

    def __delete__(self, instance):
        log.append("delete %s" % self.name)
        vars(instance).pop("_" + self.name, None)


class NonData:
    def __get__(self, instance, owner):
        return "non-data of %s" % owner.__name__


class ReadOnly:
    def __get__(self, instance, owner):
        return "read"

    def __set__(self, instance, value):
        raise AttributeError("not to be set to %r" % (value,))


print("# who wins: data descriptor, instance, non-data descriptor, class")


class Host:
    data = Data("data")
    plain = NonData()
    fixed = ReadOnly()
    attribute = "class attribute"


host = Host()
print(host.data, Host.data, host.plain, host.fixed, host.attribute, vars(host))
vars(host).update(data="instance", plain="instance", fixed="instance", attribute="instance")
print(host.data, host.plain, host.fixed, host.attribute)
host.data = 5
print(host.data, shown(setattr, host, "fixed", 1), shown(delattr, host, "fixed"), sorted(vars(host)))
del host.data
print(host.data, log)
Host.data = "replaced"
print(host.data, Host.data, shown(delattr, Host, "missing"))
Host.late = late = Data("late")
print(shown(lambda: host.late), shown(late.__set_name__, Host, "late"), host.late)


class BadName:
    def __set_name__(self, owner, name):
        raise ValueError("will not be called " + name)


for attempt in (lambda: type("Broken", (), {"bad": BadName()}),):
    print(shown(attempt).split(":")[0] in ("RuntimeError", "ValueError"))

print("# properties")


class Temperature:
    def __init__(self, celsius=0.0):
        self.celsius = celsius

    @property
    def celsius(self):
        """Degrees."""
        return self._celsius

    @celsius.setter
    def celsius(self, value):
        if value < -273.15:
            raise ValueError("below absolute zero: %s" % value)
        self._celsius = value

    @celsius.deleter
    def celsius(self):
        self._celsius = 0.0

    fahrenheit = property(lambda self: self.celsius * 9 / 5 + 32, lambda self, value: setattr(self, "celsius", (value - 32) * 5 / 9))

    @property
    def read_only(self):
        return self.missing_inside


class Kelvin(Temperature):
    @property
    def celsius(self):
        return super().celsius + 273.15

    @celsius.setter
    def celsius(self, value):
        Temperature.celsius.fset(self, value - 273.15)


weather = Temperature(20)
weather.fahrenheit = 212
print(weather.celsius, weather.fahrenheit, shown(setattr, weather, "celsius", -300), shown(setattr, weather, "read_only", 1), shown(lambda: weather.read_only))
del weather.celsius
print(weather.celsius, Temperature.celsius.__doc__, Temperature.celsius.fdel.__name__, shown(Temperature, -500), Kelvin(300.0).celsius, Kelvin(300).fahrenheit)

print("# methods")


class Methods:
    def normal(self, *a):
        return "normal", type(self).__name__, a

    @classmethod
    def of_class(cls, *a):
        return "class", cls.__name__, a

    @staticmethod
    def of_nothing(*a):
        return "static", a

    partial = functools.partialmethod(normal, "fixed")

    @functools.singledispatchmethod
    def by_type(self, value):
        return "anything"

    @by_type.register
    def _(self, value: int):
        return "int %d" % value

    @by_type.register(list)
    def _(self, value):
        return "list of %d" % len(value)


class Heir(Methods): ...


one = Heir()
print(one.normal(1), one.of_class(2), Heir.of_class(), one.of_nothing(3), one.partial(4), [one.by_type(value) for value in (1, True, [1], "x")])
bound = one.normal
print(bound.__self__ is one, bound.__func__ is Methods.normal, bound == one.normal, bound is one.normal, Methods.normal(one, 5), type(vars(Methods)["of_class"]).__name__)
one.normal = types.MethodType(lambda self, n: ("patched", self is one, n), one)
print(one.normal(6), Heir().normal(), Methods.normal.__get__(7)(8), shown(Methods.normal), (lambda self: self).__get__(3)())
print(str.upper.__get__("abc")(), [].append.__name__, str.join.__get__("-", str)(["a", "b"]), type(str.join).__name__, type("".join).__name__, vars(dict)["fromkeys"].__get__(None, dict)("ab"))

print("# hooks around every attribute")


class Watched:
    def __init__(self):
        object.__setattr__(self, "seen", [])

    def __getattribute__(self, name):
        if name not in ("seen", "__dict__", "__class__"):
            object.__getattribute__(self, "seen").append("get " + name)
        return object.__getattribute__(self, name)

    def __getattr__(self, name):
        self.seen.append("missing " + name)
        if name.startswith("auto_"):
            return name[5:]
        raise AttributeError("no %s here" % name)

    def __setattr__(self, name, value):
        self.seen.append("set " + name)
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        self.seen.append("delete " + name)
        object.__delattr__(self, name)

    def __dir__(self):
        return ["b", "a"]


watched = Watched()
watched.x = 1
watched.x += 1
print(watched.x, watched.auto_made, shown(lambda: watched.gone), hasattr(watched, "gone"), getattr(watched, "gone", "default"), shown(delattr, watched, "y"), dir(watched))
print(watched.seen)

print("# validated fields, lazy values")


class Field:
    def __set_name__(self, owner, name):
        self.name, self.slot = name, "_" + name
        owner.fields = getattr(owner, "fields", ()) + (name,)

    def __init__(self, kind, check=lambda value: True, default=None):
        self.kind, self.check, self.default = kind, check, default

    def __get__(self, instance, owner):
        return self if instance is None else getattr(instance, self.slot, self.default)

    def __set__(self, instance, value):
        if not isinstance(value, self.kind):
            raise TypeError("%s must be %s, not %s" % (self.name, self.kind.__name__, type(value).__name__))
        if not self.check(value):
            raise ValueError("%s cannot be %r" % (self.name, value))
        setattr(instance, self.slot, value)


class Person:
    name = Field(str, str.isidentifier)
    age = Field(int, lambda value: 0 <= value < 150, default=-1)


class Worker(Person):
    wage = Field(float)


worker = Worker()
print(Worker.fields, Person.fields, worker.age, [shown(setattr, worker, *pair) for pair in (("name", "ada"), ("name", "a b"), ("age", 200), ("age", "x"), ("wage", 1), ("wage", 1.5))])
print({name: getattr(worker, name) for name in Worker.fields}, Worker.age.kind, sorted(vars(worker)))


class Lazy:
    computed = 0

    @functools.cached_property
    def value(self):
        Lazy.computed += 1
        return [Lazy.computed]


lazy = Lazy()
print(lazy.value is lazy.value, lazy.value, vars(lazy), Lazy.computed)
del lazy.value
print(lazy.value, Lazy.value.attrname)
