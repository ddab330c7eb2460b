"""Life on a torus, for some generations."""

SIZE = 14
live = {(0, 1), (1, 2), (2, 0), (2, 1), (2, 2), (7, 7), (7, 8), (7, 9), (8, 6), (8, 7), (8, 8)}
AROUND = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y]

history = []
for _ in range(12):
    counts = {}
    for x, y in live:
        for right, down in AROUND:
            place = ((x + right) % SIZE, (y + down) % SIZE)
            counts[place] = counts.get(place, 0) + 1
    live = {place for place, count in counts.items() if count == 3 or (count == 2 and place in live)}
    history.append(len(live))
answer = "%s %s" % (history, sorted(live)[:3])
