"""Watches how the interpreter rewrites the bytecode of one file while its functions are called: `surtax opcodes` starts it twice.

Reads one JSON request on stdin and answers with lines of JSON on stdout; benchmarks/README.md describes both. In the pass `count` every instruction
of the file is counted as it runs, which hinders specialisation, so that the pass `watch`, a process of its own, counts nothing: it compares the
adaptive code after every call. Python 3.11 to 3.15.
"""

import dis
import importlib.machinery
import importlib.util
import inspect
import json
import opcode
import os
import sys
import threading
import time
import traceback

# The request came on the real stdin, the answer goes to the real stdout; what the file prints goes nowhere, and what it says on stderr is kept.
ANSWER = os.dup(1)
PROCESS = os.getpid()
LONGEST_TEXT = 200
MOST_CHANGES = 200

NAMES = dis._all_opname
BASES = dis.deoptmap
CACHES = opcode._cache_format
# `make_backoff_counter` in pycore_backoff.h, 3.11 and 3.12: ADAPTIVE_BACKOFF_BITS in pycore_code.h.
BACKOFF_BITS = 3 if sys.version_info >= (3, 15) else 4
OLD = sys.version_info < (3, 12)
# What the counter of an instruction begins with when it has been specialised: `miss_counter_start` (3.11), `adaptive_counter_cooldown`.
FULL = 53 if OLD else 52
# What has a counter specialises by what it meets, but for these: the JIT compiler's counters, and the last ways that a branch went, a bit each. Forms
# of instructions without one (`RESUME_CHECK`, `LOAD_CONST_IMMORTAL`) come once and say nothing of operands.
SPECIALISABLE = {name for name, fields in CACHES.items() if "counter" in fields and name not in ("JUMP_BACKWARD", "RESUME")}
SPECIALISABLE = {name for name in SPECIALISABLE if not name.startswith("POP_JUMP")}


def say(kind, **rest):
    # A child that the file forked has nothing to say.
    if os.getpid() != PROCESS:
        os._exit(0)
    text = json.dumps({"kind": kind, **rest}) + "\n"
    data = text.encode()
    while data:
        data = data[os.write(ANSWER, data):]


def fail(why, **rest):
    say("failed", why=why, **rest)
    # Whatever threads and exit functions the file has: there is nothing more to hear.
    os._exit(0)


def plain(text, limit=LONGEST_TEXT):
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def message(error):
    try:
        text = str(error)
    except BaseException:
        text = "(its message cannot be had)"
    name = type(error).__name__
    return plain(name + ": " + text if text else name, 500)


def frames(error):
    """Where it was raised, this script's own frames left out."""
    found = traceback.extract_tb(error.__traceback__)
    found = [frame for frame in found if frame.filename not in (__file__, "<frozen importlib._bootstrap>")]
    return [plain("%s:%s in %s" % (frame.filename, frame.lineno, frame.name)) for frame in found[-5:]]


class File:
    """FILE, compiled afresh and imported under its own name."""

    def __init__(self, path):
        self.path = os.path.abspath(path)
        name = os.path.basename(path).removesuffix(".py")
        loader = importlib.machinery.SourceFileLoader(name, self.path)
        try:
            body = loader.source_to_code(loader.get_data(self.path), self.path)
        except SyntaxError as error:
            fail("file-syntax", message=message(error), line=error.lineno)
        except (ValueError, OSError, RecursionError, MemoryError) as error:
            fail("file-syntax", message=message(error), line=None)
        self.codes = [code for code in nested(body) if code is not body]
        self.module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
        sys.path[0] = os.path.dirname(self.path)
        sys.argv[:] = [path]
        sys.modules[name] = self.module
        say("at", call=None)
        try:
            exec(body, self.module.__dict__)
        except BaseException as error:
            fail("file-raised", message=message(error), trace=frames(error))

    def chosen(self, functions):
        """Indices of what is watched: everything, or the named functions with the comprehensions and lambdas in them."""
        if not functions:
            return list(range(len(self.codes)))
        names = [name_of(code) for code in self.codes]
        for function in functions:
            if function not in names:
                fail("no-such-function", function=plain(function), functions=sorted(set(names))[:500])
        return [index for index, name in enumerate(names) if named(name) in functions or name in functions]

    def call_without_arguments(self, functions):
        if len(functions) == 1:
            found = self.module
            for part in functions[0].split("."):
                found = getattr(found, part, None)
            try:
                inspect.signature(found).bind()
                return functions[0] + "()"
            except (TypeError, ValueError):
                pass
        fail("nothing-to-call", function=functions[0] if len(functions) == 1 else None, functions=self.signatures()[:20])

    def signatures(self):
        """As a person would call them: what can be reached from the module."""
        found = []
        for code in self.codes:
            if code.co_qualname.isidentifier() and code.co_flags & inspect.CO_NEWLOCALS and callable(getattr(self.module, code.co_name, None)):
                found.append("%s(%s)" % (code.co_name, ", ".join(code.co_varnames[: code.co_argcount])))
        return found


def nested(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            yield from nested(constant)


def name_of(code):
    return plain(code.co_qualname.replace(".<locals>", ""))


def named(name):
    """`f` of `f.<lambda>.<listcomp>`: what is in a function and has no name of its own is the function's."""
    return name.split(".<")[0]


def run(calls, module, times, seconds, after):
    """Evaluates each call so many times, each within its part of the time; returns how often each was."""
    try:
        expressions = []
        for index, call in enumerate(calls):
            expressions.append(compile(call, "<call>", "eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        fail("call-syntax", call=index, message=message(error))
    completed, clock, begin = [], time.monotonic, time.monotonic()
    for index, expression in enumerate(expressions):
        say("at", call=index)
        deadline = clock() + (seconds - (clock() - begin)) / (len(expressions) - index)
        number = 0
        while number < times and (number == 0 or clock() < deadline):
            number += 1
            try:
                eval(expression, module.__dict__)
            except BaseException as error:
                fail("call-raised", call=index, time=number, message=message(error), trace=frames(error))
            after()
        completed.append(number)
    return completed


def count(file, indices, request):
    counts = {id(file.codes[index]): {} for index in indices}
    start, stop, method = by_monitoring(file, indices, counts) if sys.version_info >= (3, 12) else by_tracing(counts)
    start()
    completed = run(request["calls"], file.module, request["times"], request["seconds"], lambda: None)
    stop()
    functions = []
    for index in indices:
        code = file.codes[index]
        if counts[id(code)]:
            functions.append({"index": index, "counts": completed_counts(code, counts[id(code)])})
    say("counted", method=method, completed=completed, functions=functions)


def completed_counts(code, counts):
    """What no event is told of: cells, frees and generators are made before a frame's first `RESUME`, and 3.11 tells of an `EXTENDED_ARG` alone."""
    instructions = list(dis.get_instructions(code))
    generator = any(one.opname == "RETURN_GENERATOR" for one in instructions)
    prologue, begun = [], False
    for before, one in zip([None] + instructions, instructions):
        if before and before.opname == "EXTENDED_ARG" and before.offset in counts:
            counts.setdefault(one.offset, counts[before.offset])
        generator = generator and one.opname != "RETURN_GENERATOR"
        if not begun and one.opname == "RESUME" and not generator:
            begun = True
            counts.update(dict.fromkeys(prologue, counts.get(one.offset, 0)))
        prologue.append(one.offset)
    return counts


def by_monitoring(file, indices, counts):
    monitoring = sys.monitoring
    tool = next((tool for tool in range(6) if monitoring.get_tool(tool) is None), None)
    if tool is None:
        fail("no-monitoring")

    def seen(code, offset):
        of_code = counts[id(code)]
        of_code[offset] = of_code.get(offset, 0) + 1

    def start():
        monitoring.use_tool_id(tool, "surtax opcodes")
        # `RESUME` is no INSTRUCTION event: it is what the other two are told at.
        events = monitoring.events.INSTRUCTION, monitoring.events.PY_START, monitoring.events.PY_RESUME
        for event in events:
            monitoring.register_callback(tool, event, seen)
        for index in indices:
            monitoring.set_local_events(tool, file.codes[index], sum(events))

    def stop():
        for index in indices:
            monitoring.set_local_events(tool, file.codes[index], 0)

    return start, stop, "sys.monitoring"


def by_tracing(counts):
    def entered(frame, event, argument):
        of_code = counts.get(id(frame.f_code))
        if of_code is None:
            return None

        def seen(frame, event, argument):
            if event == "opcode":
                offset = frame.f_lasti
                of_code[offset] = of_code.get(offset, 0) + 1
            return seen

        # Told at `RESUME`, which is no opcode event.
        of_code[frame.f_lasti] = of_code.get(frame.f_lasti, 0) + 1
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return seen

    def start():
        threading.settrace(entered)
        sys.settrace(entered)

    def stop():
        sys.settrace(None)

    return start, stop, "f_trace_opcodes"


class Watched:
    """One code object's adaptive form over time."""

    def __init__(self, index, code):
        self.index, self.code, self.raw = index, code, code._co_code_adaptive
        self.sites = [Site(instruction, self.raw) for instruction in dis.get_instructions(code)]

    def look(self, call):
        raw, before = self.code._co_code_adaptive, self.raw
        if raw != before:
            self.raw = raw
            for site in self.sites:
                at = site.offset
                if raw[at:at + 4] != before[at:at + 4]:
                    site.changed(call, before, raw)

    def described(self):
        code = self.code
        sites = [site.described(self.raw) for site in self.sites]
        for before, site in zip(sites, sites[1:]):
            site["fused"] = takes_next_along(before["after"])
        return {"index": self.index, "name": name_of(code), "line": code.co_firstlineno, "instructions": sites}


class Site:
    """One instruction: what the compiler wrote, and what the interpreter makes of it."""

    def __init__(self, instruction, raw):
        self.offset, self.opname = instruction.offset, instruction.opname
        self.line = instruction.positions.lineno if instruction.positions else None
        self.argument, self.text = instruction.arg, argument_text(instruction)
        self.target = bool(instruction.is_jump_target)
        self.before = NAMES[raw[self.offset]]
        self.caches = CACHES.get(self.opname, {})
        self.changes, self.kinds = [], {}
        self.failures, self.first_failure, self.last_failure = 0, None, None

    def changed(self, call, before, raw):
        old, new = NAMES[before[self.offset]], NAMES[raw[self.offset]]
        if self.opname in SPECIALISABLE:
            self.count_failures(call, old, new, self.counter(old, before)[0], self.counter(new, raw)[0])
        if old != new:
            kind = kind_of(old, new)
            self.kinds[kind] = self.kinds.get(kind, 0) + 1
            if len(self.changes) < MOST_CHANGES:
                self.changes.append({"call": call, "from": old, "to": new, "kind": kind})

    def count_failures(self, call, old, new, left, now):
        """A guard that fails takes one from the counter of a specialised instruction, and at none left the form is given up.

        3.11 gives it up when the counter arrives at 0; later ones when a guard fails at 0. Of what happened several times within one call, the last
        is seen.
        """
        failed = FULL - now if is_specialised(new) else 0
        if is_specialised(old):
            failed = left - now if old == new and now <= left else failed + left + (0 if OLD else 1)
        if failed > 0:
            self.failures += failed
            self.first_failure = self.first_failure or call
            self.last_failure = call

    def counter(self, form, raw):
        """The first cache entry: how many times more, and the exponent of how long the next attempt waits after one that fails."""
        word = raw[self.offset + 2] | raw[self.offset + 3] << 8
        if OLD and is_specialised(form):
            return word, None
        return word >> BACKOFF_BITS, word & ((1 << BACKOFF_BITS) - 1)

    def described(self, raw):
        after = NAMES[raw[self.offset]]
        failures = None
        if self.failures or self.kinds.get("deoptimised"):
            failures = {
                "guard_failures": self.failures,
                "first_call": self.first_failure,
                "last_call": self.last_failure,
                "to_generic": self.kinds.get("deoptimised", 0),
            }
        return {
            "line": self.line,
            "offset": self.offset,
            "opname": self.opname,
            "argument": self.argument,
            "argument_text": self.text,
            "jump_target": self.target,
            "before": self.before,
            "after": after,
            "specialisable": self.opname in SPECIALISABLE,
            "specialised": is_specialised(after),
            "fused": False,
            "changes": self.changes,
            "changes_left_out": sum(self.kinds.values()) - len(self.changes),
            "deoptimised": failures,
            "caches": list(self.cache_entries(after, raw)),
        }

    def cache_entries(self, after, raw):
        at = self.offset + 2
        for name, words in self.caches.items():
            entry = {"name": name, "words": words, "value": int.from_bytes(raw[at:at + 2 * words], "little"), "left": None, "backoff": None}
            if name == "counter" and self.opname.startswith("POP_JUMP"):
                entry["name"] = "history"
            elif name == "counter":
                entry["left"], entry["backoff"] = self.counter(after, raw)
            yield entry
            at += 2 * words


def argument_text(instruction):
    if inspect.iscode(instruction.argval):
        # Its own text has an address in it.
        return "<code object %s>" % name_of(instruction.argval)
    return plain(instruction.argrepr)


def is_adaptive(form):
    return form.endswith(("_ADAPTIVE", "_QUICK"))


def is_specialised(form):
    return BASES.get(form) in SPECIALISABLE and not is_adaptive(form)


def kind_of(old, new):
    if new == "ENTER_EXECUTOR":
        return "compiled"
    if is_specialised(new):
        return "respecialised" if is_specialised(old) else "specialised"
    if is_specialised(old):
        return "deoptimised"
    return "fused" if "__" in new else "quickened"


def takes_next_along(form):
    """Whether the instruction after it is executed as part of it.

    `SKIP_CALL` and the `JUMPBY`s in 3.11's ceval.c, superinstructions and `SKIP_OVER` in the bytecodes.c of later ones.
    """
    if "__" in form or form == "BINARY_OP_INPLACE_ADD_UNICODE" or form.endswith("LIST_APPEND") and form.startswith(("CALL_", "PRECALL_")):
        return True
    if not OLD:
        return False
    with_call = form.startswith("PRECALL_") and form not in ("PRECALL_ADAPTIVE", "PRECALL_PYFUNC", "PRECALL_BOUND_METHOD")
    return with_call or form.startswith("COMPARE_OP_") and form.endswith("_JUMP")


def watch(file, indices, request):
    watched = [Watched(index, file.codes[index]) for index in indices]
    number = 0

    def after():
        nonlocal number
        number += 1
        for one in watched:
            one.look(number)

    completed = run(request["calls"], file.module, request["times"], request["seconds"], after)
    say("watched", completed=completed, functions=[one.described() for one in watched])


def main():
    request = json.load(sys.stdin)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    file = File(request["file"])
    indices = file.chosen(request["functions"])
    if not request["calls"]:
        request["calls"] = [file.call_without_arguments(request["functions"])]
    say("calls", calls=request["calls"])
    if request["only"] is not None:
        indices = [index for index in indices if index in set(request["only"])]
    {"count": count, "watch": watch}[request["pass"]](file, indices, request)
    os._exit(0)


main()
