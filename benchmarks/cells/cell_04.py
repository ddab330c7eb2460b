"""Breadth-first search through a maze."""

SIZE = 17
walls = {(x, y) for x in range(SIZE) for y in range(SIZE) if (x * 5 + y * 3) % 7 == 0 and (x + y) % 3}
start, goal = (0, 1), (SIZE - 1, SIZE - 1)
walls -= {start, goal}

distance = {start: 0}
edge = [start]
while edge:
    following = []
    for x, y in edge:
        for place in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
            if place not in walls and place not in distance and 0 <= place[0] < SIZE and 0 <= place[1] < SIZE:
                distance[place] = distance[x, y] + 1
                following.append(place)
    edge = following
answer = "%d steps, %d reached, %d walls" % (distance.get(goal, -1), len(distance), len(walls))
