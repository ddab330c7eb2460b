"""Asks CPython's own hash modules for digests, with OpenSSL's `_hashlib` out of the way.

Called as `hashlib_answers.py` is, prints what it prints, and has its inputs and published answers. The modules are
`_md5`, `_sha1`, `_sha2` (before 3.12 `_sha256` and `_sha512`), `_sha3` and `_blake2`; HMAC is what `hmac` does with them.
"""

import sys

# Before anything imports hashlib: an import of it fails from here on.
sys.modules["_hashlib"] = None

import hashlib
import importlib

MODULES = ("_md5", "_sha1", "_sha2", "_sha256", "_sha512", "_sha3", "_blake2")


def load():
    """The other probe's functions. No script of this folder imports another; the driver reads its workloads in the same way."""
    path = (__file__.rpartition("/")[0] or ".") + "/hashlib_answers.py"
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec")
    namespace = {"__name__": "hashlib_answers"}
    exec(code, namespace)
    return namespace


def own(answers, name):
    """By the module itself first: what `hashlib` gives must be the same thing."""
    for module in MODULES:
        try:
            constructor = getattr(importlib.import_module(module), name, None)
        except ImportError:
            continue
        if constructor is not None:
            published = OTHER["PUBLISHED"].get(name, (None, None))
            answers.add("abc by " + module, OTHER["finish"](constructor(b"abc")), published[1])
            break
    else:
        raise ValueError("no module of its own has it")
    OTHER["plain"](answers, name)


OTHER = load()
questions = [(name, own, name) for name in sorted(hashlib.algorithms_guaranteed)]
questions += [("hmac-" + name, OTHER["authenticated"], name) for name in OTHER["HMAC"]]
OTHER["main"](questions)
