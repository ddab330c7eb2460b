"""Sets: the components of a graph."""

edges = {(n, (n * n + 3) % 97) for n in range(97)} | {(n, n * 3 % 97) for n in range(0, 97, 16)}
near = {n: set() for n in range(97)}
for a, b in edges:
    near[a].add(b)
    near[b].add(a)

components = []
unseen = set(near)
while unseen:
    reached, edge = set(), {min(unseen)}
    while edge:
        reached |= edge
        edge = set().union(*(near[n] for n in edge)) - reached
    components.append(reached)
    unseen -= reached
answer = "%d components of %s" % (len(components), sorted(map(len, components), reverse=True)[:5])
