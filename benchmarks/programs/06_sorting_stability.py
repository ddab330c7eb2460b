"""Sorting: stability, keys, reverse, nearly sorted runs, comparisons that fail or lie, bisect and heapq."""

import bisect
import functools
import heapq
import operator
import random


class Loud:
    """Counts how often it is compared."""

    comparisons = 0

    def __init__(self, key, place):
        self.key, self.place = key, place

    def __lt__(self, other):
        Loud.comparisons += 1
        return self.key < other.key

    def __repr__(self):
        return "%s@%s" % (self.key, self.place)


def check(values):
    """A number that changes if two elements change places."""
    result = 0
    for value in values:
        result = (result * 1000003 + hash(value)) % (2**61 - 1)
    return result


def shapes(count):
    """Orders that a merge sort treats in different ways."""
    source = random.Random(count)
    yield "ascending", list(range(count))
    yield "descending", list(range(count, 0, -1))
    yield "equal", [7] * count
    yield "random", [source.randrange(count * 4) for _ in range(count)]
    yield "few keys", [source.randrange(4) for _ in range(count)]
    yield "organ pipe", list(range(count // 2)) + list(range(count - count // 2, 0, -1))
    yield "saw", [n % 17 for n in range(count)]
    yield "tail", list(range(count - count // 10)) + [source.randrange(count) for _ in range(count // 10)]
    swapped = list(range(count))
    for _ in range(count // 20 + 1):
        a, b = source.randrange(count), source.randrange(count)
        swapped[a], swapped[b] = swapped[b], swapped[a]
    yield "swaps", swapped


print("# comparisons made, and stability")
for count in (1, 2, 3, 16, 63, 64, 65, 257, 1000):
    for name, keys in shapes(count):
        items = [Loud(key, place) for place, key in enumerate(keys)]
        Loud.comparisons = 0
        forward = sorted(items)
        used = Loud.comparisons
        backward = sorted(items, reverse=True)
        assert all((a.key, a.place) < (b.key, b.place) for a, b in zip(forward, forward[1:]))
        assert all((-a.key, a.place) < (-b.key, b.place) for a, b in zip(backward, backward[1:]))
        print(count, name, used, Loud.comparisons - used, check([item.place for item in forward]), check([item.place for item in backward]))

print("# keys of one kind and of mixed kinds")
source = random.Random(2026)
words = ["".join(source.choice("abcdeäßé日🚀 ") for _ in range(source.randrange(9))) for _ in range(60)]
numbers = [source.choice([source.randrange(-50, 50), source.uniform(-50, 50), 10**20 + source.randrange(9), True]) for _ in range(60)]
tuples = [(source.randrange(3), source.choice("xyz"), source.random()) for _ in range(40)]
print(ascii(sorted(words)))
print(ascii(sorted(words, key=len)))
print(ascii(sorted(words, key=str.casefold, reverse=True)))
print(sorted(numbers), sorted(numbers, key=abs)[:20], sorted(numbers, key=lambda value: value % 1)[:20])
print(sorted(tuples), sorted(tuples, key=operator.itemgetter(1))[:15], sorted(tuples, key=operator.itemgetter(1, 2), reverse=True)[:15])
print(sorted([[3], [1, 2], [], [1]]), sorted([b"b", b"", b"a\xff", b"a"]), sorted({"b": 1, "a": 2}), sorted("hello"), sorted(range(9), key=lambda n: n * 5 % 9))

print("# several passes, the last key first")
rows = [(name, source.choice("ABC"), source.randrange(20)) for name in words[:30]]
for key, reverse in ((0, False), (2, True), (1, False)):
    rows.sort(key=operator.itemgetter(key), reverse=reverse)
print(ascii(rows))
print(ascii(sorted(rows, key=functools.cmp_to_key(lambda a, b: (a[2] > b[2]) - (a[2] < b[2])))) == ascii(sorted(rows, key=operator.itemgetter(2))))

print("# comparisons that fail, lie, or change the list")


class Refuses:
    def __lt__(self, other):
        raise RuntimeError("not to be compared")


def meddle(values):
    def key(value):
        values.append(value)
        return value

    return key


meddled = [3, 1, 2]
for action in (
    lambda: sorted([1, "a", 2]),
    lambda: sorted([Refuses(), Refuses()]),
    lambda: sorted([1 + 2j, 3j]),
    lambda: meddled.sort(key=meddle(meddled)),
    lambda: [1, 2].sort(lambda a: a),
    lambda: sorted([3, 1], key=lambda value: 1 / (value - 1)),
):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, error)
print(meddled, sorted([float("nan"), 1.0, -1.0, float("nan"), 0.0]), sorted([0.0, -0.0, 0]), sorted([True, 1, 1.0, False]))

print("# bisect")
steps = [0, 1, 1, 1, 4, 4, 9]
print([(bisect.bisect_left(steps, n), bisect.bisect_right(steps, n)) for n in range(-1, 11)])
for n in (3, 1, 10, -2, 4):
    bisect.insort(steps, n)
print(steps, bisect.bisect(rows, "B", key=operator.itemgetter(1)), bisect.bisect_left(steps, 4, 2, 6))

print("# heapq")
heap = [Loud(key, place) for place, key in enumerate(source.randrange(12) for _ in range(50))]
Loud.comparisons = 0
heapq.heapify(heap)
print(heap, Loud.comparisons)
print([heapq.heappop(heap) for _ in range(12)], heapq.heapreplace(heap, Loud(5, "new")), heapq.heappushpop(heap, Loud(-1, "low")), Loud.comparisons)
print(heapq.nlargest(5, tuples), heapq.nsmallest(5, words, key=len), list(heapq.merge([1, 4, 7], [2, 4, 6], [], [0, 9])))
print(list(heapq.merge(["aaa", "b"], ["cc", ""], key=len, reverse=True)), min(rows, key=operator.itemgetter(2)), max(rows, key=operator.itemgetter(2)))
