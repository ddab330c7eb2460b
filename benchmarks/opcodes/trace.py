"""Watches how the interpreter rewrites the bytecode of one file while its functions are called: `surtax opcodes` starts it twice.

Called as `trace.py FILE`; reads one JSON request on stdin and answers with lines of JSON on stdout; benchmarks/README.md describes both. In the pass `count` every instruction
of the file is counted as it runs, which hinders specialisation, so that the pass `watch`, a process of its own, counts nothing: it compares the
adaptive code after every call. Python 3.11 to 3.15.
"""

import dis
import importlib
import importlib.machinery
import importlib.util
import inspect
import json
import os
import sys
import time
import traceback

import forms
from adaptive import Watched, name_of, plain

# A file may have modules of these names of its own.
del sys.modules["adaptive"], sys.modules["forms"]
# The request came on the real stdin, the answer goes to the real stdout; what the file prints goes nowhere, and what it says on stderr is kept.
ANSWER = os.dup(1)
PROCESS = os.getpid()
BEGIN = time.monotonic()


def say(kind, **rest):
    # A child that the file forked has nothing to say.
    if os.getpid() != PROCESS:
        os._exit(0)
    data = (json.dumps({kind: rest}) + "\n").encode()
    while data:
        data = data[os.write(ANSWER, data):]


def fail(why, **rest):
    say("failed", why=why, **rest)
    # Whatever threads and exit functions the file has: there is nothing more to hear.
    os._exit(0)


def message(error):
    try:
        text = str(error.msg if isinstance(error, SyntaxError) else error)
    except BaseException:
        text = "(its message cannot be had)"
    name = type(error).__name__
    return plain(name + ": " + text if text else name, 500)


def frames(error):
    """Where it was raised, within what the person wrote."""
    found = traceback.extract_tb(error.__traceback__)
    own = {__file__, importlib.__file__, "<call>"}
    found = [frame for frame in found if frame.filename not in own and "<frozen importlib" not in frame.filename]
    return [plain("%s:%s in %s" % (frame.filename, frame.lineno, frame.name)) for frame in found[-5:]]


class File(importlib.machinery.SourceFileLoader):
    """FILE, compiled afresh and imported under its own name: with its package's, if its folder is one."""

    def __init__(self, path):
        real, folder = os.path.abspath(path), os.path.dirname(os.path.abspath(path))
        parts = [os.path.basename(real).removesuffix(".py").replace(".", "_")]
        while os.path.isfile(os.path.join(folder, "__init__.py")) and os.path.dirname(folder) != folder:
            folder, package = os.path.split(folder)
            parts.insert(0, package)
        if parts[-1] == "__init__":
            del parts[-1]
        super().__init__(".".join(parts), real)
        try:
            data = self.get_data(real)
            self.body = self.source_to_code(data, real)
            self.lines = importlib.util.decode_source(data).splitlines()
        except (SyntaxError, ValueError, OSError, RecursionError, MemoryError) as error:
            fail("file-syntax", message=message(error), line=getattr(error, "lineno", None))
        self.codes = [code for code in nested(self.body) if code is not self.body]
        sys.path[0] = folder
        sys.argv[:] = [path]
        sys.modules.pop(self.name, None)
        sys.meta_path.insert(0, self)
        say("at", call=None)
        try:
            self.module = importlib.import_module(self.name)
        except BaseException as error:
            fail("file-raised", message=message(error), trace=frames(error))

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, name):
        return self.body

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
        """As a person would call them: the functions of the module itself."""
        found = [code for code in self.codes if code.co_qualname.isidentifier() and code.co_flags & inspect.CO_NEWLOCALS]
        return ["%s(%s)" % (code.co_name, ", ".join(code.co_varnames[: code.co_argcount])) for code in found]


def nested(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            yield from nested(constant)


def named(name):
    """`f` of `f.<lambda>.<listcomp>`: what is in a function and has no name of its own is the function's."""
    return name.split(".<")[0]


def run(calls, module, times, seconds, after):
    """Evaluates each call so many times, each within its part of the time; returns how often each was."""
    expressions, completed, clock = [], [], time.monotonic
    for index, call in enumerate(calls):
        try:
            expressions.append(compile(call, "<call>", "eval"))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            fail("call-syntax", call=index, message=message(error))
    for index, expression in enumerate(expressions):
        say("at", call=index)
        deadline = clock() + (seconds - (clock() - BEGIN)) / (len(expressions) - index)
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
    try:
        start, stop, reached = forms.counter([file.codes[index] for index in indices])
    except LookupError:
        fail("no-monitoring")
    start()
    completed = run(request["calls"], file.module, request["times"], request["seconds"], lambda: None)
    stop()
    functions = []
    for index in indices:
        code, counts = reached[id(file.codes[index])]
        if counts:
            forms.complete(code, counts)
            functions.append({"index": index, "counts": counts})
    say("counted", method=forms.COUNTED_BY, completed=completed, functions=functions)


def watch(file, indices, request):
    watched = [Watched(index, file.codes[index]) for index in indices]
    number = 0

    def after():
        nonlocal number
        number += 1
        for one in watched:
            one.look(number)

    completed = run(request["calls"], file.module, request["times"], request["seconds"], after)
    counts = {int(index): {int(offset): times for offset, times in reached.items()} for index, reached in request["counts"].items()}
    functions = [one.described(file.lines, counts.get(one.index, {})) for one in watched]
    say("watched", completed=completed, functions=functions)


def main():
    request = json.load(sys.stdin)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    file = File(sys.argv[1])
    indices = file.chosen(request["functions"])
    if not request["calls"]:
        request["calls"] = [file.call_without_arguments(request["functions"])]
    say("calls", calls=request["calls"])
    if request["only"] is not None:
        indices = [index for index in indices if index in set(request["only"])]
    {"count": count, "watch": watch}[request["pass"]](file, indices, request)
    os._exit(0)


main()
