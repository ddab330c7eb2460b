"""The forms that the interpreter gives to instructions while it runs (PEP 659), and how often each is executed.

Read by its path by `executed.py` and `kernels.py`, imported by `trace.py` and `adaptive.py`; for Python 3.11 to 3.15 with the GIL. What one
version does otherwise than another is written here, with the place in CPython that says so.
"""

import dis
import gc
import marshal
import opcode
import os
import sys

VERSION = sys.version_info[:2]
if not (3, 11) <= VERSION <= (3, 15):
    sys.exit("this is Python %d.%d; the forms of instructions are known of 3.11 to 3.15" % VERSION)
# Numbers and names of all instructions, specialised forms included.
NAMES = {number: name for name, number in dis._all_opmap.items() if number < 256}
# What a specialised form is a form of.
BASE = {form: base for base, forms in opcode._specializations.items() for form in forms}


def caches(number):
    """Inline cache entries after an instruction (a list by number up to 3.12, names since)."""
    entries = opcode._inline_cache_entries
    name = NAMES.get(number, "")
    base = BASE.get(name, name)
    return entries[dis._all_opmap[base]] if isinstance(entries, (list, tuple)) else entries.get(base, 0)


CACHES = {number: caches(number) for number in NAMES}


def is_adaptive(base):
    """Whether instructions of that kind are specialised by what they meet: they have an inline cache with a counter. A backward jump
    counts for the JIT compiler, a conditional one keeps its history, and RESUME is rewritten once, whatever runs."""
    return CACHES.get(dis._all_opmap[base], 0) > 0 and base in opcode._specializations and base not in ("JUMP_BACKWARD", "RESUME")


ADAPTIVE = {base for base in opcode._specializations if is_adaptive(base)}
# 3.11 has forms that wait for being specialised; later versions wait in the base form.
SPECIALISED = {form for form, base in BASE.items() if base in ADAPTIVE and not form.endswith("_ADAPTIVE")}


def is_specialisable(form):
    return BASE.get(form, form) in ADAPTIVE


def swallowed():
    """How many of the instructions that follow it a form executes itself.

    Superinstructions of 3.11 and 3.12 are written over the first of two. In 3.11 a specialised PRECALL makes the call, and a comparison
    of two numbers jumps (Python/ceval.c: SKIP_CALL, COMPARE_OP_INT_JUMP). Appending to a list drops its None, and appending to a local
    string stores it, up to 3.14 (Python/bytecodes.c: SKIP_OVER, JUMPBY; in 3.15 both push what the next instruction takes).
    """
    found = {name: 1 for name in BASE if "__" in name}
    if VERSION == (3, 11):
        found |= {name: 1 for name in BASE if name.startswith("PRECALL_") or name.endswith("_JUMP")}
        found |= {"PRECALL_ADAPTIVE": 0, "PRECALL_PYFUNC": 0, "PRECALL_BOUND_METHOD": 0, "PRECALL_NO_KW_LIST_APPEND": 2}
    if VERSION <= (3, 14):
        found["BINARY_OP_INPLACE_ADD_UNICODE"] = 1
    if (3, 12) <= VERSION <= (3, 14):
        found |= {"CALL_LIST_APPEND": 1, "CALL_NO_KW_LIST_APPEND": 1}
    return found


SWALLOWED = swallowed()
# The frame that a specialised call of a class puts below `__init__` has code of its own, which no tool sees (_Py_InitCleanup).
BROUGHT = {"CALL_ALLOC_AND_ENTER_INIT": ("EXIT_INIT_CHECK", "RETURN_VALUE")}


def instructions(code, adaptive=True):
    """(offset, form, argument byte) of every instruction, as the code is now or as it was compiled."""
    raw = code._co_code_adaptive if adaptive else code.co_code
    found = []
    at = 0
    while at < len(raw):
        number = raw[at]
        found.append((at, NAMES.get(number, "UNKNOWN_%d" % number), raw[at + 1]))
        at += 2 + 2 * CACHES.get(number, 0)
    return found


def swallowed_places(adapted):
    """Which instructions are executed as part of one before them, for who comes from above and does not jump between."""
    found, left = set(), 0
    for place, (_, form, _) in enumerate(adapted):
        if left:
            found.add(place)
            left -= 1
        else:
            left = SWALLOWED.get(form, 0)
    return found


def own_counts(adapted, counts):
    """How often each instruction of `adapted` was executed itself, and not as part of one before it, given how often each offset was reached
    when nothing was specialised."""
    taken = [0] * (len(adapted) + 2)
    own = []
    for place, (offset, form, _) in enumerate(adapted):
        times = max(counts.get(offset, 0) - taken[place], 0)
        own.append(times)
        for next_place in range(place + 1, place + 1 + SWALLOWED.get(form, 0)):
            taken[next_place] += times
    return own


def add(histogram, adapted, counts):
    """Adds to `histogram` how often each form of `adapted` was executed; `counts` as in `own_counts`."""
    for (_, form, _), times in zip(adapted, own_counts(adapted, counts)):
        if not times:
            continue
        for executed in (form, *BROUGHT.get(form, ())):
            histogram[executed] = histogram.get(executed, 0) + times


def count(function, argument):
    """Calls the function and returns {id: (code object, {offset: times reached})} of all Python code that ran."""
    start, stop, reached = counter()
    start()
    try:
        function(argument)
    finally:
        stop()
    # The rest of the functions here that start and stop it.
    reached = {key: known for key, known in reached.items() if known[0].co_filename != count.__code__.co_filename}
    for code, counts in reached.values():
        complete(code, counts)
    return reached


def complete(code, counts):
    """What tools are not shown: what comes before the first RESUME (making cells, making the generator) runs once per start, and what
    follows an EXTENDED_ARG in 3.11 as often as that."""
    listed = instructions(code, adaptive=False)
    generator = any(form == "RETURN_GENERATOR" for _, form, _ in listed)
    before, extended = [], None
    for offset, form, _ in listed:
        if extended in counts:
            counts.setdefault(offset, counts[extended])
        extended = offset if form == "EXTENDED_ARG" else None
        generator = generator and form != "RETURN_GENERATOR"
        if before is not None and form == "RESUME" and not generator:
            counts.update({earlier: counts.get(offset, 0) for earlier in before})
            before = None
        elif before is not None:
            before.append(offset)


COUNTED_BY = "sys.monitoring" if hasattr(sys, "monitoring") else "f_trace_opcodes"


def counter(codes=None):
    """What starts counting, what stops it, and {id: (code object, {offset: times reached})}: of these code objects, or of all Python code.
    LookupError if other tools leave no room for one more."""
    reached = {id(code): (code, {}) for code in codes or ()}

    def seen(code, offset):
        known = reached.get(id(code))
        if known is None:
            if codes is not None:
                return False
            known = reached[id(code)] = (code, {})
        counts = known[1]
        counts[offset] = counts.get(offset, 0) + 1
        return True

    start, stop = (by_monitoring if hasattr(sys, "monitoring") else by_tracing)(seen, codes)
    return start, stop, reached


def by_monitoring(seen, codes):
    monitoring = sys.monitoring
    tool = next((tool for tool in range(6) if monitoring.get_tool(tool) is None), None)
    if tool is None:
        raise LookupError("every tool identifier of sys.monitoring is taken")
    # RESUME has events of its own.
    events = (monitoring.events.INSTRUCTION, monitoring.events.PY_START, monitoring.events.PY_RESUME)

    def listen(wanted):
        if codes is None:
            monitoring.set_events(tool, wanted)
        for code in codes or ():
            monitoring.set_local_events(tool, code, wanted)

    def start():
        monitoring.use_tool_id(tool, "surtax")
        for event in events:
            monitoring.register_callback(tool, event, seen)
        listen(sum(events))

    def stop():
        listen(0)
        monitoring.free_tool_id(tool)

    return start, stop


def by_tracing(seen, codes):
    # Nothing of it is wanted in the processes that count by monitoring, or do not count.
    import threading

    def trace(frame, event, _):
        if event == "call":
            # RESUME has this event, and none as an instruction.
            if not seen(frame.f_code, frame.f_lasti):
                return None
            frame.f_trace_opcodes = True
            frame.f_trace_lines = False
        elif event == "opcode":
            seen(frame.f_code, frame.f_lasti)
        return trace

    def start():
        threading.settrace(trace)
        sys.settrace(trace)

    def stop():
        sys.settrace(None)
        threading.settrace(None)

    return start, stop


def count_apart(calls):
    """Counts each (function, argument) in a forked process, so that nothing here is traced: [{id: (what it is, {offset: times reached})}].

    A code object has the same `id` there as here, if it was there before the fork."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            found = [{key: (known[0].co_qualname, known[1]) for key, known in count(*call).items()} for call in calls]
            with open(writer, "wb") as pipe:
                marshal.dump(found, pipe)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with open(reader, "rb") as pipe:
        data = pipe.read()
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("the process that counts did not end well")
    return marshal.loads(data)


def known_codes(*roots):
    """{id: code object} of `roots` and of every function that lives, with what is nested in them."""
    found = {}
    waiting = list(roots)
    waiting.extend(thing.__code__ for thing in gc.get_objects() if type(thing) is type(known_codes))
    while waiting:
        code = waiting.pop()
        if id(code) not in found:
            found[id(code)] = code
            waiting.extend(constant for constant in code.co_consts if type(constant) is type(code))
    return found
