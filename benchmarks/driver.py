"""Times one workload inside the interpreter: `python driver.py WORKLOAD SIZE [mark]` prints one line of JSON.

With `mark`, `posix.getloadavg()` is called right before and right after the workload, for a tool that counts instructions between the two.

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
    if sys.argv[3:]:
        run = marked(run)

    begin = clock()
    answer = run(size)
    end = clock()

    # By hand: importing json costs more than a start of the interpreter without site.
    print('{"workload":"%s","size":%d,"ns":%d,"answer":"%s"}' % (workload, size, end - begin, answer))


def marked(run):
    from posix import getloadavg

    def between_marks(size):
        getloadavg()
        answer = run(size)
        getloadavg()
        return answer

    return between_marks


main()
