"""What a benchmark executes once the interpreter has specialised its code: `python executed.py WORKLOAD | cells` prints one line of JSON.

`histogram`: instructions per step by the form that they have in the end, the standard library's functions included. The forms are read
after a run in which nothing is traced. How often each instruction runs is counted in forked processes at two sizes, whose difference is
the histogram, so that what runs once cancels. `specialised` and `specialisable`: shares of the executed instructions that are specialised,
and that have a form to be specialised to. `code`: every code object that ran, as it is in the end; equal texts are equal code.
`names`: the forms by opcode number.
"""

import json
import sys

# Steps: until every instruction has decided, and at the two sizes that are counted.
WARM_UP, FEW, MANY = 20_000, 2_000, 6_000
CELLS = 20


def workload(name):
    """Code objects to begin with, and what runs so many steps."""
    path = FOLDER + "../workloads/" + name + ".py"
    try:
        code = read(path)
    except FileNotFoundError:
        sys.exit("executed.py: no workload named " + name)
    namespace = {"__name__": name}
    exec(code, namespace)
    return [code], namespace["run"]


def cells():
    """A step is a cell, compiled once here, and run once before its forms are read: that is all that a cell ever runs."""
    codes = [read(FOLDER + "../cells/cell_%02d.py" % number) for number in range(CELLS)]
    # What they define lives on, so that its code is found.
    alive = []

    def run(size):
        for number in range(size):
            namespace = {"__name__": "cell"}
            exec(codes[number % CELLS], namespace)
            alive.append(namespace)

    return codes, run


def read(path):
    with open(path, "rb") as file:
        return compile(file.read(), path, "exec")


def per_step(few, many, steps):
    """{id: (what it is, {offset: times per step})} of what the larger size runs more."""
    found = {}
    for key, (what, counts) in many.items():
        before = few[key][1] if key in few and few[key][0] == what else {}
        more = {offset: (times - before.get(offset, 0)) / steps for offset, times in counts.items()}
        if any(times > 0 for times in more.values()):
            found[key] = (what, {offset: times for offset, times in more.items() if times > 0})
    return found


def described(code):
    """Where it is from, without the place that the interpreter is installed in, and every instruction as it is."""
    place = "/".join(code.co_filename.split("/")[-2:])
    text = " ".join("%s:%d" % (form, argument) for _, form, argument in FORMS.instructions(code))
    return "%s:%d %s %s" % (place, code.co_firstlineno, code.co_qualname, text)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: executed.py WORKLOAD | cells")
    name = sys.argv[1]
    if name == "cells":
        roots, run = cells()
        warm_up, few, many = CELLS, CELLS, 2 * CELLS
    else:
        roots, run = workload(name)
        warm_up, few, many = WARM_UP, FEW, MANY
    run(warm_up)
    codes = FORMS.known_codes(*roots)
    counted = FORMS.count_apart([(run, few), (run, many)])

    histogram, unknown, texts = {}, 0.0, set()
    for key, (what, counts) in per_step(*counted, many - few).items():
        code = codes.get(key)
        if code is None or code.co_qualname != what:
            # Compiled while it was counted, such as the methods of a dataclass.
            unknown += sum(counts.values())
            continue
        FORMS.add(histogram, FORMS.instructions(code), counts)
        texts.add(described(code))
    executed = sum(histogram.values())
    share = lambda of: sum(times for form, times in histogram.items() if of(form)) / executed
    print(json.dumps({
        "workload": name,
        "histogram": {form: round(times, 6) for form, times in sorted(histogram.items())},
        "unknown": round(unknown, 6),
        "specialised": round(share(FORMS.SPECIALISED.__contains__), 6),
        "specialisable": round(share(FORMS.is_specialisable), 6),
        "code": sorted(texts),
        "names": {str(number): form for number, form in sorted(FORMS.NAMES.items())},
    }))


def load(name):
    """A neighbour by its path: an embedded interpreter does not look for modules here."""
    module = type(sys)(name)
    with open(FOLDER + name, "rb") as file:
        exec(compile(file.read(), FOLDER + name, "exec"), module.__dict__)
    return module


FOLDER = (__file__.rpartition("/")[0] or ".") + "/"
FORMS = load("forms.py")
main()
