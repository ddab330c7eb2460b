"""One code object's adaptive bytecode over time, for trace.py: forms, inline caches and what changed, on Python 3.11 to 3.15."""

import dis
import inspect
import opcode
import sys

from forms import ADAPTIVE, SPECIALISED, own_counts, swallowed_places

LONGEST_TEXT = 200
MOST_CHANGES = 200

NAMES = dis._all_opname
CACHES = dict(opcode._cache_format)
if sys.version_info >= (3, 13):
    # `_PyLoadGlobalCache` in pycore_code.h has this order since then; the table behind `dis` kept the old one.
    CACHES["LOAD_GLOBAL"] = {"counter": 1, "module_keys_version": 1, "builtin_keys_version": 1, "index": 1}
# `make_backoff_counter` in pycore_backoff.h, 3.11 and 3.12: ADAPTIVE_BACKOFF_BITS in pycore_code.h.
BACKOFF_BITS = 3 if sys.version_info >= (3, 15) else 4
OLD = sys.version_info < (3, 12)
# What the counter of an instruction begins with when it has been specialised: `miss_counter_start` (3.11), `adaptive_counter_cooldown`.
FULL = 53 if OLD else 52


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

    def described(self, lines, counts):
        """`counts`: how often each offset was reached."""
        code = self.code
        adapted = [(site.offset, NAMES[self.raw[site.offset]], site.argument) for site in self.sites]
        swallowed, own = swallowed_places(adapted), own_counts(adapted, counts)
        sites = [site.described(self.raw) | {"fused": place in swallowed, "own": own[place]} for place, site in enumerate(self.sites)]
        shown = {site["line"] for site in sites if site["line"] and site["line"] <= len(lines)}
        source = {line: plain(lines[line - 1].rstrip()) for line in sorted(shown)}
        return {"index": self.index, "name": name_of(code), "line": code.co_firstlineno, "source": source, "instructions": sites}


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
        if self.opname in ADAPTIVE:
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
        failed = FULL - now if new in SPECIALISED else 0
        if old in SPECIALISED:
            failed = left - now if old == new and now <= left else failed + left + (0 if OLD else 1)
        if failed > 0:
            self.failures += failed
            self.first_failure = self.first_failure or call
            self.last_failure = call

    def counter(self, form, raw):
        """The first cache entry: how many times more, and the exponent of how long the next attempt waits after one that fails."""
        word = raw[self.offset + 2] | raw[self.offset + 3] << 8
        if OLD and form in SPECIALISED:
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
            "specialisable": self.opname in ADAPTIVE,
            "specialised": after in SPECIALISED,
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


def kind_of(old, new):
    if new == "ENTER_EXECUTOR":
        return "compiled"
    if new in SPECIALISED:
        return "respecialised" if old in SPECIALISED else "specialised"
    if old in SPECIALISED:
        return "deoptimised"
    return "fused" if "__" in new else "quickened"


def plain(text, limit=LONGEST_TEXT):
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def name_of(code):
    return plain(code.co_qualname.replace(".<locals>", ""))
