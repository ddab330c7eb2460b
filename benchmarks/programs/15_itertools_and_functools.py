"""itertools, functools, operator and the built-in iterators: order, laziness, exhaustion, caching, dispatch."""

import functools
import itertools
import operator
from itertools import accumulate, chain, combinations, combinations_with_replacement, compress, count, cycle, dropwhile, filterfalse
from itertools import groupby, islice, pairwise, permutations, product, repeat, starmap, takewhile, tee, zip_longest


def shown(action, *arguments, **options):
    try:
        return action(*arguments, **options)
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


class Loud:
    """An iterator that notes what is taken from it."""

    def __init__(self, items, log):
        self.items, self.log = iter(items), log

    def __iter__(self):
        return self

    def __next__(self):
        try:
            item = next(self.items)
        except StopIteration:
            self.log.append("end")
            raise
        self.log.append(item)
        return item


print("# combinatorics")
for size in range(5):
    print(size, *map("".join, permutations("abcd", size)))
    print(size, *map("".join, combinations("abcde", size)), *map("".join, combinations_with_replacement("abc", size)))
print(list(product("ab", range(3), repeat=1)), len(list(product(range(7), repeat=4))), list(product()), list(product("ab", [])), list(permutations([1, 1, 2])))
print(sum(1 for p in permutations(range(8)) if all(p[i] != i for i in range(8))), [list(islice(combinations(range(20), 6), n, n + 1)) for n in (0, 777, 38759)])

print("# infinite ones, cut")
print(list(islice(count(10, -3), 6)), list(islice(count(0.5, 0.25), 5)), list(islice(cycle("abc"), 2, 9, 2)), list(repeat("x", 3)), list(zip(count(), "abc")), list(islice(count(2**62, 2**62), 4)))
print(list(takewhile(lambda n: n < 40, accumulate(count(1)))), list(dropwhile(str.islower, "abCdE")), list(filterfalse(lambda n: n % 3, range(10))), list(compress("abcdef", [1, 0, True, "", "y"])))

print("# accumulate, group, pair")
values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]
print(list(accumulate(values)), list(accumulate(values, max)), list(accumulate(values, operator.mul, initial=100)), list(accumulate([], initial=0)), list(accumulate("abc")))
print([(key, list(group)) for key, group in groupby(values, lambda n: n % 2)], [(key, len(list(group))) for key, group in groupby("mississippi")], list(pairwise("abcd")), list(zip_longest("ab", range(4), "xyz", fillvalue="-")))
groups = [group for _, group in groupby("aabbc")]
print([list(group) for group in groups], list(starmap(pow, [(2, 5), (3, 2)])), list(chain("ab", [1], ())), list(chain.from_iterable(["ab", (c for c in "cd")])), list(map(operator.add, [1, 2, 3], (10, 20))))
print(shown(lambda: list(zip("ab", "abc", strict=True))), shown(lambda: list(islice("abc", -1))), shown(next, iter(())), list(zip()), list(enumerate("ab", 5)), list(reversed(range(0, 10, 3))), shown(reversed, {1}))

print("# laziness")
log = []
first, second, third = tee(Loud(range(6), log), 3)
print(next(first), next(first), next(second), log, list(third), log, list(first), list(second), log)
log.clear()
print(any(n > 2 for n in Loud(range(9), log)), all(n < 4 for n in Loud(range(9), log)), 3 in Loud(range(9), log), list(zip(Loud("ab", log), Loud("xyz", log))), log)
log.clear()
source = Loud(range(12), log)
print(list(zip(source, source, source)), list(islice(source, 2)), next(source, "none"), log[-2:], list(iter([1, 2, 3, 0, 4].__iter__().__next__, 0)))
window = lambda items, size: zip(*(islice(it, n, None) for n, it in enumerate(tee(items, size))))  # noqa: E731
print(list(window(range(7), 3)), next(map(str, filter(None, [0, "", 5]))), operator.length_hint(iter(range(9))), max("bca", key=ord), min([], default="least"), sum([[1], [2]], []), sorted(map(len, [[], [1]])))

print("# reduce, partial, compare")
print(functools.reduce(operator.sub, values), functools.reduce(lambda a, b: a + str(b), values, "="), shown(functools.reduce, operator.add, []), functools.reduce(operator.or_, [{1}, {2}], set()))
inner = functools.partial(int, base=2)
outer = functools.partial(inner, "101")
print(inner("1101"), outer(), outer.func is int, outer.args, outer.keywords, functools.partial(print, "a", sep="-").keywords, shown(inner, "2"), functools.partial(sorted, reverse=True)([1, 3, 2]))
print(sorted(["b10", "a9", "a10"], key=functools.cmp_to_key(lambda a, b: int(a[1:]) - int(b[1:]) or (a > b) - (a < b))))

print("# caches")
calls = []


@functools.lru_cache(maxsize=4, typed=True)
def squared(n, /, power=2):
    calls.append(n)
    return n**power


for n in (1, 2, 3, 1, 4, 5, 1, 2, 2.0, 2, True):
    squared(n)
print(calls, squared.cache_info(), squared.cache_parameters(), squared(2, power=3), squared(2, 3), shown(squared, [1]))
squared.cache_clear()
print(squared.cache_info())


@functools.cache
def partitions(n, largest=None):
    largest = n if largest is None else largest
    if n == 0:
        return 1
    return sum(partitions(n - k, min(k, n - k)) for k in range(1, min(n, largest) + 1))


@functools.cache
def longest(a, b):
    if not a or not b:
        return ""
    if a[0] == b[0]:
        return a[0] + longest(a[1:], b[1:])
    return max(longest(a[1:], b), longest(a, b[1:]), key=len)


print([partitions(n) for n in range(0, 61, 5)], partitions.cache_info(), longest("the quick brown fox jumps", "over the lazy dog quickly"), longest.cache_info())

print("# dispatch by type")


@functools.singledispatch
def told(value, depth=0):
    return "?" + type(value).__name__


@told.register
def _(value: int | float, depth=0):
    return "number %s" % value


@told.register(list)
@told.register(tuple)
def _(value, depth=0):
    return "[" + ", ".join(told(item, depth + 1) for item in value) + "]@%d" % depth


@told.register
def _(value: bool, depth=0):
    return "truth"


print(told([1, (2.5, True, [None, "x"])]), told.dispatch(bool).__annotations__, sorted(kind.__name__ for kind in told.registry), told({1: 2}))

print("# operator")
record = {"a": [10, 20, {"b": "deep"}], "c": 3}
print(operator.itemgetter("a", "c")(record), operator.attrgetter("real", "imag.__class__.__name__")(3 + 4j), operator.methodcaller("split", "-", maxsplit=1)("a-b-c"), operator.itemgetter(slice(1, 3))("abcd"))
for name in "add sub mul truediv floordiv mod pow lshift rshift and_ or_ xor lt le eq ne gt ge is_ contains concat getitem countOf indexOf".split():
    pairs = [(7, 3), (-8, 3), ([1, 2, 3], 2), ("abc", "c"), (2.5, 2)]
    print(name, [shown(getattr(operator, name), *pair) for pair in pairs])
queue = [1, 2]
print(operator.iadd(queue, [3]) is queue, queue, operator.index(True), operator.not_([]), operator.neg(-3), operator.inv(5), operator.matmul.__name__, shown(operator.index, 1.0), shown(operator.itemgetter(5), "ab"))
