"""Times one workload inside the interpreter: `python driver.py WORKLOAD SIZE` prints one line of JSON.

Imports nothing that the interpreter has not loaded already: start and end of the whole process are measured too.
"""

import sys
import time


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: driver.py WORKLOAD SIZE")
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

    begin = clock()
    answer = run(size)
    end = clock()

    # By hand: importing json costs more than a start of the interpreter without site.
    print('{"workload":"%s","size":%d,"ns":%d,"answer":"%s"}' % (workload, size, end - begin, answer))


main()
