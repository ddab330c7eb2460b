"""A heap, written out, and what it sorts."""


def push(heap, value):
    heap.append(value)
    child = len(heap) - 1
    while child:
        parent = (child - 1) // 2
        if heap[parent] <= heap[child]:
            break
        heap[parent], heap[child] = heap[child], heap[parent]
        child = parent


def pop(heap):
    heap[0], heap[-1] = heap[-1], heap[0]
    least = heap.pop()
    parent = 0
    while True:
        child = 2 * parent + 1
        if child >= len(heap):
            return least
        if child + 1 < len(heap) and heap[child + 1] < heap[child]:
            child += 1
        if heap[parent] <= heap[child]:
            return least
        heap[parent], heap[child] = heap[child], heap[parent]
        parent = child


heap = []
for number in range(220):
    push(heap, number * 7919 % 2203)
ordered = [pop(heap) for _ in range(220)]
assert ordered == sorted(ordered)
answer = ordered[::20]
