"""Runs one benchmark of a pack under the real pyperf, as pyperf's own worker processes run it: `python worker.py FOLDERS SCRIPT OPTION...`.

FOLDERS, with colons between them, come before the standard library on sys.path. Prints the line of JSON that a worker of pyperf hands to its manager.
"""

import os
import runpy
import sys


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: worker.py FOLDERS SCRIPT OPTION...")
    folders, script, *options = sys.argv[1:]
    # What the benchmark itself prints must not mix with the line.
    line = os.dup(1)
    os.dup2(2, 1)
    sys.path[:1] = [os.path.dirname(script), *folders.split(os.pathsep)]
    # Some benchmarks start the interpreter again.
    os.environ["PYTHONPATH"] = folders
    sys.argv = [script, "--worker", "--pipe", str(line), *options]
    runpy.run_path(script, run_name="__main__")


main()
