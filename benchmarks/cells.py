"""Runs small programs one after the other in one process: `python cells.py FIRST COUNT` prints {"answers":[…]}.

Each cell is a file of `cells/`, run in a fresh namespace, and leaves its result in `answer`. Cells are counted on past
the last one from the first again, so any COUNT is possible.
"""

import sys

CELLS = 20


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: cells.py FIRST COUNT")
    first, count = int(sys.argv[1]), int(sys.argv[2])
    folder = (__file__.rpartition("/")[0] or ".") + "/cells/"
    answers = []
    for number in range(first, first + count):
        name = "cell_%02d" % (number % CELLS)
        path = folder + name + ".py"
        with open(path, "rb") as file:
            code = compile(file.read(), path, "exec")
        namespace = {"__name__": name}
        exec(code, namespace)
        answer = str(namespace["answer"])
        if '"' in answer or "\\" in answer or not answer.isprintable():
            sys.exit(name + ": an answer must be plain text, since it is put into JSON as it is")
        answers.append('"' + answer + '"')
    print('{"answers":[' + ",".join(answers) + "]}")


main()
