"""Seeded random numbers: the twister's state and bits, every distribution, shuffles and samples, seeds of every type."""

import collections
import hashlib
import itertools
import math
import random
import statistics


def shown(action, *arguments, **options):
    try:
        return action(*arguments, **options)
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


def fingerprint(source):
    return hashlib.new("sha256", repr(source.getstate()).encode()).hexdigest()[:16]


def from_text(text):
    """The number that `seed(text)` makes of a text. By hashlib's OpenSSL: `random` itself asks CPython's own `_sha2`, which in a
    distribution's archive may be a stand-in that aborts."""
    data = text.encode() if isinstance(text, str) else bytes(text)
    return int.from_bytes(data + hashlib.new("sha512", data).digest(), "big")


class Own(random.Random):
    """A generator that supplies only `random()`: the methods must then do without bits."""

    def __init__(self):
        self.state = 0.5
        super().__init__()

    def seed(self, *_, **__):
        self.state = 0.5

    def random(self):
        self.state = (self.state * 997.0 + 0.123456789) % 1.0
        return self.state


print("# seeds of every type")
texts = [from_text(text) for text in ("text", "é日🚀", "", b"bytes", bytearray(b"bytes"))]
for seed in (0, 1, -1, 2**32, 2**64 + 1, -(10**40), 0.5, -0.0, float("inf"), True, *texts):
    source = random.Random(seed)
    print(ascii(seed), source.random(), source.getrandbits(70), fingerprint(source))
source.seed("the same text", 1)
print(source.random(), source.getrandbits(32))
print(shown(random.Random, [1]), shown(random.Random, (1,)), shown(random.Random, {1: 2}))

print("# the twister: reference outputs of init_by_array, then the state")
source = random.Random()
source.seed(5489)
words = [source.getrandbits(32) for _ in range(2000)]
print(words[:10], words[623:626], words[-1], sum(words) % 2**61, fingerprint(source))
state = source.getstate()
ahead = [source.random() for _ in range(1000)]
source.setstate(state)
print(
    [source.random() for _ in range(1000)] == ahead,
    state[0],
    len(state[1]),
    state[2],
    math.fsum(ahead),
    shown(source.setstate, (2, (1, 2), None)),
    shown(source.setstate, (9, (), None)),
)
for bits in (0, 1, 31, 32, 33, 64, 100, 1000):
    print(bits, source.getrandbits(bits) % (2**61 - 1), source.getrandbits(bits).bit_length())
print(source.randbytes(37).hex(), shown(source.getrandbits, -1))

print("# distributions")
DISTRIBUTIONS = [
    ("random", ()), ("uniform", (-3, 7.5)), ("triangular", ()), ("triangular", (0, 10, 2)), ("betavariate", (0.5, 2.5)), ("expovariate", (1.5,)), ("gammavariate", (0.3, 2)), ("gammavariate", (1, 2)), ("gammavariate", (9, 0.5)),
    ("gauss", (0, 1)), ("normalvariate", (100, 15)), ("lognormvariate", (0, 0.25)), ("vonmisesvariate", (1, 4)), ("vonmisesvariate", (0, 1e-7)), ("paretovariate", (3,)), ("weibullvariate", (1, 1.5)),
    ("randint", (1, 6)), ("randrange", (10,)), ("randrange", (-5, 100, 7)), ("randrange", (10**30,)), ("randrange", (100, 0, -9)),
]  # fmt: skip
for name, arguments in DISTRIBUTIONS:
    source = random.Random(from_text(name + repr(arguments)))
    drawn = [getattr(source, name)(*arguments) for _ in range(2000)]
    if isinstance(drawn[0], int):
        print(name, arguments, drawn[:6], sum(drawn), min(drawn), max(drawn), fingerprint(source))
    else:
        print(name, arguments, drawn[:4], math.fsum(drawn), statistics.fmean(drawn), statistics.stdev(drawn), fingerprint(source))
for name, arguments in (
    ("randint", (6, 1)),
    ("randrange", (0,)),
    ("randrange", (1, 1)),
    ("randrange", (1, 9, 0)),
    ("choice", ([],)),
    ("sample", ([1], 2)),
    ("sample", ({1, 2}, 1)),
    ("expovariate", (0.0,)),
    ("gammavariate", (0, 1)),
    ("choices", ([1, 2], [0, 0])),
    ("choices", ([1], [1, 2])),
):
    print(name, arguments, shown(getattr(random.Random(1), name), *arguments))

print("# choice, shuffle, sample, choices")
for generator in (random.Random(from_text("picks")), Own()):
    deck = list(range(52))
    generator.shuffle(deck)
    print(deck, [generator.choice("abcdefg") for _ in range(30)])
    print(
        generator.sample(range(10**12), 6),
        generator.sample("abcdef", 6),
        generator.sample(range(60), 20),
        generator.sample(["r", "g"], counts=[3, 4], k=5),
    )
    print(
        generator.choices("xyz", k=20),
        generator.choices("xyz", [1, 10, 100], k=20),
        collections.Counter(generator.choices("ab", cum_weights=[0.25, 1.0], k=1000)),
        [generator.randrange(n) for n in (1, 2, 3, 1000, 2**40)],
    )
source = random.Random(7)
positions = collections.Counter()
for _ in range(2400):
    hand = [0, 1, 2, 3]
    source.shuffle(hand)
    positions[tuple(hand)] += 1
print(len(positions), sorted(positions.values()), positions[0, 1, 2, 3], fingerprint(source))

print("# what is built on it")
source = random.Random(2026)


def maze(width, height):
    """Depth first: a maze as text."""
    walls = {(x, y) for x in range(2 * width + 1) for y in range(2 * height + 1)}
    stack, seen = [(0, 0)], {(0, 0)}
    while stack:
        x, y = stack[-1]
        walls.discard((2 * x + 1, 2 * y + 1))
        steps = [
            (dx, dy)
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))
            if (x + dx, y + dy) not in seen and 0 <= x + dx < width and 0 <= y + dy < height
        ]
        if not steps:
            stack.pop()
            continue
        dx, dy = source.choice(steps)
        walls.discard((2 * x + 1 + dx, 2 * y + 1 + dy))
        seen.add((x + dx, y + dy))
        stack.append((x + dx, y + dy))
    return "\n".join("".join("#" if (x, y) in walls else "." for x in range(2 * width + 1)) for y in range(2 * height + 1))


print(maze(19, 7))
inside = sum(math.hypot(source.random(), source.random()) <= 1 for _ in range(20000))
walk = list(itertools.accumulate(source.choices((-1, 1), k=5000)))
print(inside, min(walk), max(walk), walk[-1], statistics.quantiles(walk), fingerprint(source))
random.seed(from_text("module"))
print(
    random.random(),
    random.gauss(),
    random.randint(1, 100),
    random.sample("abc", 2),
    fingerprint(random._inst),
    random.SystemRandom().random() < 1.0,
)
