"""Edit distance between words, and the nearest word to each."""

WORDS = "kitten sitting mitten fitting knitting sifting kindle middle fiddle riddle".split()


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (left != right))
    return row[-1]


near = []
for word in WORDS[:5]:
    best = min((distance(word, other), other) for other in WORDS if other != word)
    near.append("%s-%s:%d" % (word, best[1], best[0]))
answer = " ".join(near)
