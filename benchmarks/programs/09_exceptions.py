"""Exceptions: chains, groups, notes, tracebacks, finally in every position, warnings, and errors that the interpreter words."""

import os
import sys
import traceback
import warnings


def told(error):
    """The traceback as Python writes it, with base names for this program's file."""
    text = "".join(traceback.format_exception(error))
    return text.replace(os.path.dirname(os.path.abspath(__file__)) + os.sep, "").replace(__file__, os.path.basename(__file__))


def caught(action, *arguments):
    try:
        return action(*arguments)
    except BaseException as error:
        return error


class Trouble(Exception):
    def __init__(self, what, code=0):
        super().__init__(what, code)
        self.what, self.code = what, code

    def __str__(self):
        return "trouble with %s (%d)" % (self.what, self.code)


class Odd(Trouble, ValueError):
    pass


def fall(depth):
    if depth:
        return fall(depth - 1) + 1
    raise Odd("the ground", 7)


def chained(cause):
    try:
        fall(2)
    except Odd as error:
        if cause == "from":
            raise KeyError("table") from error
        if cause == "none":
            raise KeyError("table") from None
        raise IndexError("list") if cause == "index" else TypeError(f"{cause!r}")


print("# tracebacks")
for action in (lambda: fall(3), lambda: chained("from"), lambda: chained("none"), lambda: chained("index"), lambda: chained("other")):
    print(told(caught(action)))


def in_the_middle(values):
    return [
        value["a"]["b"] + value["c"]
        for value in values
    ]  # fmt: skip


print(told(caught(in_the_middle, [{"a": {"b": 1}, "c": 2}, {"a": None, "c": 2}])))
print(told(caught(lambda: eval("1 +\n(2 *")))[-200:])
print(told(caught(compile, "def f(:\n    pass", "made.py", "exec"))[-120:])
print(told(caught(lambda: exec(compile("x = 1\ny = x / 0\n", "made.py", "exec")))))

print("# repeated frames are folded")


def bottomless(n):
    return bottomless(n + 1)


text = told(caught(bottomless, 0))
print([line for line in text.splitlines() if "Previous line" not in line][-1], "repeated" in text, text.count("\n") < 40)

print("# groups and notes")


def gather(*actions):
    errors = [error for error in map(caught, actions) if isinstance(error, BaseException)]
    raise ExceptionGroup("%d went wrong" % len(errors), errors)


group = caught(gather, lambda: 1 / 0, lambda: fall(0), lambda: gather_inner(), lambda: "fine")


def gather_inner():
    gather(lambda: {}["missing"], lambda: int("x"))


group = caught(gather, lambda: 1 / 0, lambda: fall(0), gather_inner, lambda: "fine")
group.add_note("a note\non two lines")
group.exceptions[0].add_note("a note within")
print(told(group))
matching, rest = group.split((ValueError, ArithmeticError))
print(repr(matching), repr(rest), repr(group.subgroup(lambda error: isinstance(error, Odd))), group.__notes__)
seen = []
try:
    try:
        raise group
    except* Odd as odd:
        seen.append(repr(odd))
    except* (ZeroDivisionError, KeyError) as some:
        seen.append(repr(some))
        raise Trouble("the handler") from some
except BaseException as error:
    print(seen, told(error))
print(repr(caught(ExceptionGroup, "empty", [])), repr(caught(ExceptionGroup, "x", [1])), repr(BaseExceptionGroup("b", [KeyboardInterrupt()])), repr(group.derive([ValueError()])))

print("# finally, else, and which return wins")
order = []


def winding(kind):
    for turn in range(3):
        try:
            order.append("try%d" % turn)
            if kind == "continue":
                continue
            if kind == "break":
                break
            if kind == "return":
                return "returned %d" % turn
            if kind == "raise":
                raise Trouble("turn", turn)
        except Trouble as error:
            order.append(str(error))
        else:
            order.append("else")
        finally:
            order.append("finally%d" % turn)
    else:
        order.append("no break")
    return "end"


for kind in ("continue", "break", "return", "raise", "none"):
    order.clear()
    print(kind, winding(kind), order)


class Manager:
    def __init__(self, swallow):
        self.swallow = swallow

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        print("  exit", kind and kind.__name__, value, trace and trace.tb_lineno > 0)
        return self.swallow


with Manager(True), Manager(False):
    fall(1)
print(repr(caught(lambda: Manager(False).__exit__(None, None, None))), sys.exc_info())
try:
    fall(0)
except Odd as error:
    print(sys.exc_info()[0] is Odd, error.__traceback__.tb_next.tb_frame.f_code.co_name, error.args)
print("error" in dir(), Odd.__mro__[1:4], isinstance(caught(fall, 0), ValueError))

print("# what the interpreter says")
nothing = None
for action in (
    lambda: nothing.thing, lambda: nothing[0], lambda: nothing(), lambda: [][0], lambda: {}["k"], lambda: tuple("ab")["a"], lambda: 1 + "a", lambda: "a" + 1, lambda: -"a",
    lambda: len(5), lambda: undefined_name, lambda: [].appendd, lambda: int("12", 99), lambda: open("no/such/file"), lambda: (lambda a: a)(), lambda: (lambda: 1)(2, x=3),
    lambda: (lambda a, *, b: a)(1), lambda: print(sepp=1), lambda: iter(5), lambda: 5 in 5, lambda: [*5], lambda: {**5}, lambda: range(1.5), lambda: "x" * 2.0, lambda: object() < 1,
    lambda: chr(-1), lambda: bytes(-1), lambda: "{}{}".format(1), lambda: "%d" % "x", lambda: sum(["a"]), lambda: max([]), lambda: dict([1]), lambda: str(b"\xff", "utf-8"),
    lambda: __import__("no_such_module"), lambda: type("X", (int, str), {}), lambda: object.__new__(int), lambda: setattr(5, "x", 1), lambda: 2 ** -1 % 0, lambda: divmod(1, 0.0),
):  # fmt: skip
    error = caught(action)
    print(type(error).__name__, "|", error, "|", getattr(error, "name", "-"))
for values in ([1], [1, 2, 3], 5):
    try:
        a, b = values
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)

print("# warnings, exit, hook")
with warnings.catch_warnings(record=True) as noted:
    warnings.simplefilter("always")
    warnings.warn("one", UserWarning)
    warnings.warn("two", DeprecationWarning, stacklevel=1)
    compile("1 is 1", "made.py", "eval")
print([(warning.category.__name__, str(warning.message)) for warning in noted], repr(caught(sys.exit, 3)), caught(sys.exit, "text").code)
sys.stderr.write(told(caught(chained, "from")).splitlines()[-1] + "\n")
sys.excepthook(*(lambda error: (type(error), error.with_traceback(None), None))(caught(fall, 0)))
