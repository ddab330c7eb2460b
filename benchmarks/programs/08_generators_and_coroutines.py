"""Generators and coroutines: send, throw, close, yield from, asynchronous generators, and an event loop of asyncio."""

import asyncio
import contextlib
import contextvars
import inspect
import types


def shown(action, *arguments):
    try:
        return action(*arguments)
    except BaseException as error:
        return "%s(%s)" % (type(error).__name__, error)


def talker():
    heard = []
    try:
        while True:
            try:
                heard.append((yield len(heard)))
            except ValueError as error:
                heard.append("caught %s" % error)
            if heard[-1] == "stop":
                return heard
    finally:
        print("  closing after", heard)


print("# send, throw, close")
talk = talker()
print(inspect.getgeneratorstate(talk), shown(talk.send, "early"), next(talk), talk.send("a"), talk.throw(ValueError("b")), inspect.getgeneratorstate(talk))
print(shown(talk.send, "stop"), inspect.getgeneratorstate(talk), shown(next, talk), shown(talk.throw, KeyError("k")))
talk = talker()
print(next(talk), talk.close(), talk.gi_frame, shown(talk.send, None))
talk = talker()
next(talk)
print(shown(talk.throw, ZeroDivisionError("not caught")), shown(next, talk))


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


def leaking():
    yield 1
    raise StopIteration("inside")


stuck = stubborn()
next(stuck)
print(shown(stuck.close), shown(list, leaking()), shown(lambda: [next(iter([])) for _ in range(2)]), next(iter([]), "default"))

print("# yield from")


def leaf(name):
    received = []
    while True:
        value = yield name, len(received)
        if value is None:
            return name.upper(), received
        received.append(value)


def trunk(*names):
    results = []
    for name in names:
        results.append((yield from leaf(name)))
    return results


tree = trunk("a", "b")
print(next(tree), tree.send(1), tree.send(2), tree.send(None), tree.gi_yieldfrom is not None, tree.send(3), shown(tree.send, None))


def flatten(items):
    for item in items:
        if isinstance(item, (list, tuple, types.GeneratorType)):
            yield from flatten(item)
        else:
            yield item


print(list(flatten([1, [2, (3, [4, []])], (n * n for n in range(4)), "text"])), sum(flatten([list(range(k)) for k in range(60)])))


def permutations(items):
    if len(items) <= 1:
        yield tuple(items)
    for place, item in enumerate(items):
        if len(items) > 1:
            for rest in permutations(items[:place] + items[place + 1 :]):
                yield (item, *rest)


def primes():
    yield 2
    found = [2]
    candidate = 3
    while True:
        if all(candidate % prime for prime in found if prime * prime <= candidate):
            found.append(candidate)
            yield candidate
        candidate += 2


source = primes()
print(len(list(permutations(list(range(6))))), list(permutations("abc")), [next(source) for _ in range(40)], sum(map(len, zip(source, range(100)))))

print("# context managers made of generators")


@contextlib.contextmanager
def section(name, swallow=()):
    print("  enter", name)
    try:
        yield name
    except swallow as error:
        print("  swallowed", type(error).__name__)
    finally:
        print("  leave", name)


with section("one"), section("two", ZeroDivisionError) as two, contextlib.ExitStack() as stack:
    stack.enter_context(section("three"))
    stack.callback(print, "  callback", two)
    print(1 / 0)
print(shown(lambda: section("x").__enter__()), shown(section("y").__exit__, None, None, None))

print("# coroutines by hand")


class Pause:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        return (yield self.value)


async def steps(name):
    total = 0
    for n in range(3):
        total += await Pause((name, n))
    return name, total


async def both():
    return [await steps("first"), await steps("second")]


routine = both()
print(routine.send(None), [routine.send(n) for n in (10, 20)], inspect.getcoroutinestate(routine), routine.send(30), routine.send(1), routine.send(2), shown(routine.send, 3))
print(shown(routine.send, None), both.__code__.co_flags & inspect.CO_COROUTINE != 0)

print("# asyncio")
who = contextvars.ContextVar("who", default="nobody")
log = []


async def ticker(count):
    try:
        for n in range(count):
            await asyncio.sleep(0)
            yield n
    finally:
        log.append("ticker closed at %d" % n)


async def worker(name, queue, results):
    who.set(name)
    while True:
        item = await queue.get()
        await asyncio.sleep(0)
        results.append((who.get(), item, item * item))
        queue.task_done()


async def fails(after):
    for _ in range(after):
        await asyncio.sleep(0)
    raise LookupError("after %d" % after)


async def main():
    queue, results = asyncio.Queue(maxsize=3), []
    workers = [asyncio.create_task(worker("worker %d" % n, queue, results)) for n in range(3)]
    async for item in ticker(12):
        await queue.put(item)
    await queue.join()
    for task in workers:
        task.cancel()
    print(await asyncio.gather(*workers, return_exceptions=True), who.get())
    print(results)
    print([n async for n in ticker(6) if n % 2], {n: n * n async for n in ticker(4)})
    ticks = ticker(9)
    print(await ticks.__anext__(), await ticks.asend(None), await ticks.aclose(), log)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails(3))
            group.create_task(fails(1))
            group.create_task(asyncio.sleep(60))
    except* LookupError as errors:
        print(repr(errors))
    print(await asyncio.gather(fails(2), asyncio.sleep(0, "slept"), return_exceptions=True))
    lock, order = asyncio.Lock(), []

    async def holds(n):
        async with lock:
            order.append(n)
            await asyncio.sleep(0)
            order.append(-n)

    await asyncio.gather(*(holds(n) for n in range(1, 6)))
    print(order, await asyncio.wait_for(asyncio.sleep(0, "in time"), 60))
    event = asyncio.Event()
    waiting = asyncio.create_task(event.wait())
    await asyncio.sleep(0)
    event.set()
    print(await waiting, waiting.done(), await asyncio.to_thread(sum, range(1000)))


asyncio.run(main())
