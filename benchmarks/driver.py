"""Times one workload inside the interpreter: `python driver.py WORKLOAD SIZE [mark]` prints one line of JSON.

With `mark`, `posix.getloadavg()` is called right before and right after the workload: the C function of that name is where
callgrind is told to write what it has counted, so that the workload's instructions stand alone.

Imports nothing that the interpreter has not loaded already: start and end of the whole process are measured too.
"""

import sys
import time


def main():
    if len(sys.argv) != 3 and sys.argv[3:] != ["mark"]:
        sys.exit("usage: driver.py WORKLOAD SIZE [mark]")
    workload, size = sys.argv[1], int(sys.argv[2])
    path = (__file__.rpartition("/")[0] or ".") + "/workloads/" + workload + ".py"
    try:
        with open(path, "rb") as file:
            code = compile(file.read(), path, "exec")
    except FileNotFoundError:
        sys.exit("driver.py: no workload named " + workload)
    namespace = {"__name__": workload}
    exec(code, namespace)
    run = namespace["run"]
    clock = time.perf_counter_ns

    if len(sys.argv) == 4:
        import posix

        mark = posix.getloadavg
        begin = clock()
        mark()
        answer = run(size)
        mark()
        end = clock()
    else:
        begin = clock()
        answer = run(size)
        end = clock()

    # By hand: importing json costs more than a start of the interpreter without site.
    print('{"workload":"%s","size":%d,"ns":%d,"answer":"%s"}' % (workload, size, end - begin, answer))


main()
