"""Imports every extension module and every built-in module: prints {"module": "ok" or the reason why not, …}.

`extensions.py` imports them all in one process, `extensions.py NAME…` only these, `extensions.py --list` none: it prints
their names as a list. A module that takes the process down is found by asking for one name at a time.
"""

import importlib
import json
import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES


def names():
    found = set(sys.builtin_module_names)
    for folder in sys.path:
        if os.path.basename(folder) != "lib-dynload":
            continue
        for file in os.listdir(folder):
            # The longest suffix first: `.cpython-313-x86_64-linux-gnu.so`, then `.abi3.so`, then `.so`.
            for suffix in sorted(EXTENSION_SUFFIXES, key=len, reverse=True):
                if file.endswith(suffix):
                    found.add(file[: -len(suffix)])
                    break
    return sorted(found)


def attempt(name):
    try:
        importlib.import_module(name)
    except BaseException as error:
        return "%s: %s" % (type(error).__name__, error)
    return "ok"


def main():
    if sys.argv[1:] == ["--list"]:
        print(json.dumps(names()))
        return
    # Some modules write to the terminal as they are imported (readline does); that must not get between the JSON.
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    answers = {name: attempt(name) for name in sys.argv[1:] or names()}
    print(json.dumps(answers, indent=0), file=output, flush=True)


main()
