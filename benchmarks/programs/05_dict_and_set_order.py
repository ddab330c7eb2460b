"""Dictionaries and sets: insertion order through deletion and growth, key sharing, views, set order under a fixed hash seed."""

import collections
import sys
import types


class Slot:
    """A key whose hash is chosen, to make collisions."""

    def __init__(self, name, value):
        self.name, self.value = name, value

    def __hash__(self):
        return self.value

    def __eq__(self, other):
        return isinstance(other, Slot) and self.name == other.name

    def __repr__(self):
        return self.name


def shown(action):
    try:
        return action()
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


print("# order of insertion")
table = {}
state = 1
for step in range(3000):
    state = (state * 1103515245 + 12345) % 2**31
    key = state >> 20
    if state & 3 == 0 and table:
        table.pop(key, None)
        if step % 50 == 0:
            print(step, table.popitem(), len(table))
    else:
        table[key] = step
    if step % 500 == 499:
        print(step, len(table), list(table.items())[:12], sum(place * key for place, key in enumerate(table)) % 1000003)
print(list(reversed(table))[:10], list(reversed(table.items()))[:5], list(table.values())[-5:])

print("# collisions")
same = [Slot("same%d" % n, 42) for n in range(40)] + [Slot("near%d" % n, 42 + n * 2**20) for n in range(20)]
crowded = {slot: place for place, slot in enumerate(same)}
for slot in same[::3]:
    del crowded[slot]
print(crowded, crowded[Slot("same1", 42)], Slot("same0", 42) in crowded, crowded.get(Slot("same1", 43)))
print({*same[5:25]}, {*same[5:25]} & {*same[15:45]})

print("# set order, which the hash seed fixes")
words = "the quick brown fox jumps over a lazy dog while seven wizards vex quartz judges and pack my box with five dozen jugs".split()
print(set(words))
print(frozenset(words) - {"the", "fox"}, set(words) ^ {"fox", "cat", "émigré", "日本"})
print({hash(word) % 1009 for word in words}, [hash(word) for word in words[:6]], hash(("a", 1, 2.5)), hash(frozenset("abc")))
print({(x, y) for x in range(-3, 4) for y in range(-2, 3)})
print({1.5, 2.0, 2, True, 0.0, -1, -2, 10**20, 2**61 - 1, -(2**61), float("inf")}, {b"a", b"b", "a", "b", ("a",), frozenset()})
grown = set()
for n in range(0, 4000, 7):
    grown.add(n * n % 1009)
    grown.discard(n % 13)
print(len(grown), list(grown)[:30], [grown.pop() for _ in range(10)])

print("# operations of sets")
a, b = set(range(0, 40, 3)), set(range(0, 40, 4))
print(a | b, a & b, a - b, a ^ b, a <= b, {0, 12} < a, a.isdisjoint({1, 2}), a == frozenset(a))
a.update("xy", [7])
a.difference_update({0, 3})
a.intersection_update(range(30))
b.symmetric_difference_update({4, 5})
print(a, b, shown(lambda: a.remove("gone")), shown(lambda: {[]}), shown(lambda: set().pop()), shown(lambda: a | [1]))

print("# views follow the dictionary")
source = dict.fromkeys("abcdef", 0)
keys, items = source.keys(), source.items()
source["g"] = 1
del source["b"]
source["b"] = 2
print(list(keys), keys & {"a", "z"}, keys | {"q"} == {"q", *source}, items - {("a", 0)} == set(items) - {("a", 0)}, keys.isdisjoint("xyz"), keys.mapping)
print(shown(lambda: [source.update({key * 2: 1}) for key in source]), shown(lambda: [source.pop(key) for key in source]), list(source))
print(source | {"a": "new", "zz": 9}, {**source, "c": "last"}, dict(a=1, **{"b": 2}), dict([("x", 1), ("x", 2)]), dict(zip("ab", (1, 2))) == {"b": 2, "a": 1})
print(source.setdefault("new", []), source.setdefault("new", 1), shown(lambda: source["gone"]), shown(lambda: source.pop("gone")), source.pop("gone", "-"))

print("# attributes share their keys")


class Shared:
    def __init__(self, first):
        if first:
            self.a, self.b = 1, 2
        else:
            self.b, self.a = 3, 4
        self.c = 5


for instance in (Shared(True), Shared(False)):
    del instance.b
    instance.d = 6
    instance.b = 7
    print(vars(instance), list(vars(instance)))

print("# kinds of dictionary")
ordered = collections.OrderedDict((n * 7 % 11, n) for n in range(11))
ordered.move_to_end(5)
ordered.move_to_end(3, last=False)
print(ordered, ordered.popitem(last=False), ordered == collections.OrderedDict(reversed(ordered.items())), ordered == dict(ordered))
counts = collections.Counter("abracadabra alakazam")
print(counts, counts.most_common(3), counts - collections.Counter("aaaa"), counts & collections.Counter("abz"), sum(counts.values()), +collections.Counter(a=-1, b=1))
grouped = collections.defaultdict(list)
for word in words:
    grouped[len(word)].append(word)
print(grouped, collections.ChainMap({"a": 1}, {"a": 2, "b": 3}), list(collections.ChainMap({"a": 1}, {"c": 2, "b": 3})), types.MappingProxyType({"x": 1}))


class Missing(dict):
    def __missing__(self, key):
        return "no " + key


print(Missing(a=1)["b"], "%(a)s %(zzz)s" % Missing(a=1), [sys.getsizeof(dict.fromkeys(range(n))) for n in (0, 1, 5, 6, 11, 100, 1000)])
