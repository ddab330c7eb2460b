"""Closures: cells, late binding, nonlocal, default values, decorators, class scopes, scopes of comprehensions, recursion."""

import functools
import inspect


def counter(start=0, *, step=1):
    count = start

    def up(by=None):
        nonlocal count
        count += step if by is None else by
        return count

    def peek():
        return count

    def reset():
        nonlocal count
        count = start

    return up, peek, reset


def shown(action, *arguments, **options):
    try:
        return action(*arguments, **options)
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


print("# state that functions share")
up, peek, reset = counter(10, step=3)
other, *_ = counter()
print([up(), up(), up(100), other(), peek()], reset(), peek(), up.__closure__[0].cell_contents, sorted(up.__code__.co_freevars))
up.__closure__[up.__code__.co_freevars.index("count")].cell_contents = -1000
print(peek(), up(), other(), up.__closure__ is not peek.__closure__)

print("# late and early binding")
late = [lambda: n for n in range(5)]
early = [lambda n=n: n for n in range(5)]
made = [(lambda n: lambda: n)(n) for n in range(5)]
print([f() for f in late], [f() for f in early], [f() for f in made], early[2].__defaults__)


def mutable(value, known=[], *, table={}):
    known.append(value)
    table[value] = len(known)
    return known, table


print(mutable(1), mutable(2), mutable(3, []), mutable.__defaults__, mutable.__kwdefaults__)

print("# scopes")
x = "module"


def outer():
    x = "outer"

    class Inner:
        y = x
        x = "class"
        z = [x for _ in range(2)]
        pairs = [(a, b) for a in range(2) for b in range(a + 1)]

        def method(self):
            return x, __class__.__name__

    def unbound():
        print(x)
        x = "too late"

    def reaches_module():
        global x
        return x

    return Inner.y, Inner.x, Inner.z, Inner.pairs, Inner().method(), shown(unbound), reaches_module()


print(outer())


def deleted():
    value = 1

    def read():
        return value

    del value
    return shown(read)


print(deleted(), [y := 5, y**2], [last := n for n in range(3)], last, (lambda *a, **k: (a, k))(1, *[2, 3], b=4, **{"c": 5}))
print([[row * column for column in range(3)] for row in range(3)], {n: (lambda: n)() for n in range(3)}, list((a, b) for a in "ab" for b in a * 2))
exec("def made(): return hidden", {"hidden": "from exec"}, space := {})
print(space["made"](), eval("[n * k for n in range(3)]", {"k": 7}))


def locals_seen(a, b=2, /, c=3, *rest, d, e=5, **more):
    inner = lambda: (a, d)  # noqa: E731
    return sorted(locals().items(), key=lambda entry: entry[0])[:7], inner()


print(locals_seen(1, d=4, z=9)[0][:4], inspect.signature(locals_seen), shown(locals_seen, 1), shown(locals_seen, a=1, d=2), shown(locals_seen, 1, 2, 3, d=1, b=2)[1:])

print("# decorators")
log = []


def traced(prefix, *, depth=[0]):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*arguments, **options):
            log.append("%s%s%s%r" % ("  " * depth[0], prefix, function.__name__, arguments))
            depth[0] += 1
            try:
                return function(*arguments, **options)
            finally:
                depth[0] -= 1

        return wrapper

    return decorate


@traced("> ")
@functools.lru_cache(maxsize=8)
def binomial(n, k):
    """Pascal's triangle."""
    return 1 if k in (0, n) else binomial(n - 1, k - 1) + binomial(n - 1, k)


print(binomial(7, 3), binomial.__name__, binomial.__doc__, binomial.__wrapped__.cache_info(), len(log))
print("\n".join(log[:25]))


def compose(*functions):
    return functools.reduce(lambda f, g: lambda *a: g(f(*a)), functions)


pipeline = compose(lambda a, b: a + b, str, lambda text: text * 2, int, functools.partial(pow, 3, mod=1009))
print(pipeline(2, 3), [compose(*[lambda n, k=k: n * k + 1 for k in range(depth)])(1) for depth in range(1, 9)])

print("# recursion")


def ackermann(m, n):
    return n + 1 if m == 0 else ackermann(m - 1, 1) if n == 0 else ackermann(m - 1, ackermann(m, n - 1))


def church(n):
    return lambda f: lambda x: x if n == 0 else f(church(n - 1)(f)(x))


fixed = lambda f: (lambda x: x(x))(lambda x: f(lambda *a: x(x)(*a)))  # noqa: E731
print(ackermann(2, 9), church(30)(lambda n: n + 2)(0), fixed(lambda me: lambda n: 1 if n < 2 else n * me(n - 1))(25))


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


print(deep(900), shown(deep, 10**6))


def towers(disks, a="a", b="b", c="c"):
    return towers(disks - 1, a, c, b) + [a + c] + towers(disks - 1, b, a, c) if disks else []


print(" ".join(towers(6)), len(towers(10)))
