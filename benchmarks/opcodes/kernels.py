"""Code that runs one form of instruction, again and again: `python kernels.py SEED [--forms | --count]` prints one line of JSON.

A kernel is a statement, written down a few times and many times in two functions that are otherwise equal; what one more copy costs is
the slope between them, so that the loop around the copies, the call and the clock cancel. It is measured only after the interpreter's own
tables show that every copy runs the form that the kernel is named for. SEED decides the order.

Without an option: `ns` of one more copy. `--forms`: nothing is timed, but what one copy executes is counted, in `copy`. `--count`: no clock
at all; `posix.getloadavg()` marks where the functions begin and end, for a tool that counts machine instructions from mark to mark.
"""

import gc
import json
import posix
import sys
import time

FEW, MANY = 8, 40
# Enough for every version: 3.11 waits for eight rounds, and none looks at an instruction more than a few times before it decides.
WARM_UP = 64
# Of each function, in turns with all others; the least time of each counts, since what disturbs a process only ever adds to it.
REPETITIONS = 5
# A function of many copies shall run about so long.
AIM_NS = 1_000_000
COUNTED_LOOPS = 25
# Both loops are longer than a jump of one byte reaches, so that both need the same EXTENDED_ARG.
NEVER = ["if _ is None:", "    _" + ".a" * 60]


class Kernel:
    """`forms`: what it is named for, in the words of the versions; the first that this Python knows is what it has to show (`FORM@3.15`: from
    3.15 on). `about`: ns a copy, roughly, which decides how many loops are measured."""

    def __init__(self, name, group, forms, statement, local="", module="", closure="", inner=None, about=15):
        self.name, self.group, self.statement = name, group, statement
        self.local, self.module, self.closure, self.inner, self.about = local, module, closure, inner, about
        self.form = next((form for form in map(known, forms.split()) if form), None)
        self.reason = None if self.form else "this Python has no " + " or ".join(forms.split())
        self.few = self.many = None
        self.copy = {}
        self.ns = None

    @property
    def loops(self):
        return max(10, AIM_NS // (MANY * self.about))

    def function(self, namespace, copies):
        lines = ["def make():"]
        lines += ["    " + line for line in self.closure.splitlines()]
        lines += ["    def kernel(loops):"]
        # `global` and `nonlocal` are part of it.
        lines += ["        " + line for line in self.local.splitlines()]
        lines += ["        for _ in range(loops):"]
        # Neither is the first copy joined to what the loop stores, nor does the last one jump elsewhere than the others.
        lines += ["            " + line for line in [*NEVER, *self.statement.splitlines() * copies, "_ = None"]]
        lines += ["    return kernel"]
        exec(compile("\n".join(lines), "<%s x %d>" % (self.name, copies), "exec"), namespace)
        return namespace.pop("make")()

    def make(self):
        """Two functions that share all that they meet, run until the interpreter has decided."""
        namespace = {"__name__": "kernel"}
        exec(compile(self.module, "<%s>" % self.name, "exec"), namespace)
        self.inner = namespace.get(self.inner)
        self.few, self.many = self.function(namespace, FEW), self.function(namespace, MANY)
        for _ in range(2):
            self.few(WARM_UP // 2)
            self.many(WARM_UP // 2)

    def check(self):
        """Whether every copy runs the form; else `reason` says what was seen instead."""
        if self.inner:
            seen = tally(self.inner)
            if self.form not in seen:
                self.reason = "expected %s, saw %s" % (self.form, ", ".join(sorted(seen)))
            return self.reason is None
        few, many = tally(self.few), tally(self.many)
        more = many.get(self.form, 0) - few.get(self.form, 0)
        if more == 0 or more % (MANY - FEW) or few.get(self.form, 0) < FEW:
            seen = sorted(form for form in many if many[form] - few.get(form, 0) >= (MANY - FEW) // 2)
            family = [form for form in seen if FORMS.BASE.get(form, form) == FORMS.BASE.get(self.form, self.form)]
            self.reason = "expected %s, saw %s" % (self.form, ", ".join(family or seen) or "nothing")
        return self.reason is None

    def line(self):
        return {
            "group": self.group,
            "form": self.form if self.reason is None else None,
            "specialised": self.reason is None and self.form in FORMS.SPECIALISED,
            "copy": self.copy,
            "ns": self.ns,
            "reason": self.reason,
        }


def known(item):
    """The form, if this Python has it."""
    form, _, since = item.partition("@")
    if form not in FORMS.NAMES.values() or since and FORMS.VERSION < tuple(map(int, since.split("."))):
        return None
    return form


def tally(function):
    """How often each form stands in the code, those aside that the one before executes."""
    adapted = FORMS.instructions(function.__code__)
    counts = {}
    FORMS.add(counts, adapted, {offset: 1 for offset, _, _ in adapted})
    return counts


def ready(kernel):
    try:
        kernel.make()
        kernel.check()
    except Exception as error:
        kernel.reason = "%s: %s" % (type(error).__name__, error)
    return kernel.reason is None


def time_all(kernels):
    clock = time.perf_counter_ns
    least = {}
    for _ in range(REPETITIONS):
        for kernel in kernels:
            for function in (kernel.few, kernel.many):
                begin = clock()
                function(kernel.loops)
                took = clock() - begin
                least[function] = min(took, least.get(function, took))
    for kernel in kernels:
        # A guard that failed on the way would have changed the form.
        if kernel.check():
            slope = (least[kernel.many] - least[kernel.few]) / ((MANY - FEW) * kernel.loops)
            if slope > 0:
                kernel.ns = round(slope, 4)
            else:
                kernel.reason = "the time was disturbed: %d copies took no longer than %d" % (MANY, FEW)


def count_copies(kernels):
    """What one copy executes, the functions that it calls included."""
    codes = FORMS.known_codes()
    calls = [(function, 1) for kernel in kernels for function in (kernel.few, kernel.many)]
    counted = FORMS.count_apart(calls)
    for place, kernel in enumerate(kernels):
        few, many = {}, {}
        for histogram, reached in ((few, counted[2 * place]), (many, counted[2 * place + 1])):
            for key, (_, counts) in reached.items():
                if key in codes:
                    FORMS.add(histogram, FORMS.instructions(codes[key]), counts)
        more = {form: times - few.get(form, 0) for form, times in sorted(many.items()) if times != few.get(form, 0)}
        if any(times < 0 or times % (MANY - FEW) for times in more.values()):
            kernel.reason = "no two copies execute the same: %s" % more
        kernel.copy = {form: times // (MANY - FEW) for form, times in more.items()}


def count_all(kernels):
    mark = posix.getloadavg
    for kernel in kernels:
        mark()
        kernel.few(COUNTED_LOOPS)
        mark()
        kernel.many(COUNTED_LOOPS)
        mark()
    for kernel in kernels:
        # As after the clock: a guard that failed on the way would have changed the form.
        kernel.check()


def main():
    option = sys.argv[2:]
    if not 2 <= len(sys.argv) <= 3 or option not in ([], ["--forms"], ["--count"]):
        sys.exit("usage: kernels.py SEED [--forms | --count]")
    kernels = [Kernel(*line[:4], **line[4]) for line in load("catalogue.py").KERNELS]
    order = shuffled(kernels, int(sys.argv[1]))
    # Nothing here makes cycles; a collection in the middle would be charged to whoever is measured.
    gc.disable()
    usable = [kernel for kernel in order if kernel.reason is None and ready(kernel)]
    if option == ["--forms"]:
        count_copies(usable)
    elif option == ["--count"]:
        count_all(usable)
    else:
        time_all(usable)
    lines = {kernel.name: kernel.line() for kernel in kernels}
    if option == ["--count"]:
        for place, kernel in enumerate(usable):
            if kernel.reason is None:
                lines[kernel.name] |= {"loops": COUNTED_LOOPS, "copies": [FEW, MANY], "segment": 3 * place}
    print(json.dumps({"kernels": lines, "names": {str(number): name for number, name in sorted(FORMS.NAMES.items())}}))


def load(name):
    """A neighbour by its path: an embedded interpreter does not look for modules here."""
    path = (__file__.rpartition("/")[0] or ".") + "/" + name
    module = type(sys)(name)
    with open(path, "rb") as file:
        exec(compile(file.read(), path, "exec"), module.__dict__)
    return module


def shuffled(items, seed):
    """Fisher and Yates', with the numbers of a linear congruential generator (Knuth's MMIX): the `random` module would bring half of the
    standard library along."""
    items = list(items)
    state = seed
    for last in range(len(items) - 1, 0, -1):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        other = (state >> 33) % (last + 1)
        items[last], items[other] = items[other], items[last]
    return items


FORMS = load("forms.py")
main()
