"""What programs do between their loops: globals, attributes, methods, and objects, tuples, strings, dict and list updates.

One step allocates and drops some objects; what lives on (`TABLE`, `RECENT`) has a fixed size, so memory does not grow
with the number of steps. No hash of a string or an address reaches the answer.
"""

SLOTS = 256
MODULUS = 1000003
SCALE = 17
TABLE = {}
RECENT = []
COUNTER = 0


class Item:
    def __init__(self, key, weight):
        self.key = key
        self.weight = weight

    def score(self, scale):
        return self.key * scale + self.weight


class Doubled(Item):
    def score(self, scale):
        return self.key * scale + self.weight + self.weight


def mixed(pair, text):
    key, score = pair
    return (key * 31 + score + len(text)) % MODULUS


def run(size):
    global COUNTER
    COUNTER = 0
    TABLE.clear()
    RECENT[:] = [0] * SLOTS
    state = 1
    for i in range(size):
        kind = Doubled if i & 1 else Item
        item = kind(state % SLOTS, i & 1023)
        pair = (item.key, item.score(SCALE))
        text = "k" + str(item.key)
        TABLE[text] = TABLE.get(text, 0) + pair[1]
        RECENT[i % SLOTS] = pair
        state = mixed(pair, text) + state % 997
        COUNTER += 1
    # Everything that the loop left behind goes into the answer: no step of it can be skipped.
    answer = state + COUNTER
    for key in range(SLOTS):
        answer = (answer * 131 + TABLE.get("k" + str(key), 0)) % 2147483647
    for entry in RECENT:
        if entry:
            answer = (answer * 137 + entry[0] * 7 + entry[1]) % 2147483647
    return answer
