"""Shows that a program which takes itself for `python` can start itself again: prints one JSON object.

All but `executable` must be equal for all subjects.
"""

import json
import multiprocessing
import os
import signal
import subprocess
import sys


def square(number):
    return number * number, os.path.basename(sys.executable) == os.path.basename(sys._base_executable)


def again(*arguments, **options):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=60, **options)


def main():
    answers = {"executable": sys.executable}
    child = again("-c", "import sys; print(sys.executable); print(sys.argv)", "one", "two words")
    first, second = child.stdout.splitlines()
    answers["child_is_self"] = first == sys.executable
    answers["child_argv"] = second
    answers["module"] = again("-m", "json.tool", input='{"a": [1, 2]}').stdout
    answers["standard_input"] = again("-", "x", input="import sys; print(sys.argv, __name__)").stdout
    answers["prefix_inherited"] = again("-c", "import sys; print(sys.prefix)").stdout.strip() == sys.prefix
    answers["version_option"] = again("--version").stdout == "Python %s\n" % sys.version.split()[0]
    answers["isolated_option"] = again("-I", "-c", "import sys; print(sys.flags.isolated, sys.flags.no_user_site)").stdout
    answers["optimise_option"] = again("-O", "-c", "print(__debug__)").stdout
    answers["exit_code"] = again("-c", "import sys; sys.exit(7)").returncode
    answers["uncaught"] = again("-c", "raise KeyError('gone')").returncode
    answers["syntax_error"] = again("-c", "1 +").returncode
    answers["exit_text"] = again("-c", "import sys; sys.exit('so long')").stderr
    answers["killed"] = again("-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)").returncode
    interrupted = again("-c", "import os, signal; os.kill(os.getpid(), signal.SIGINT)")
    answers["interrupted"] = [interrupted.returncode == -signal.SIGINT, "KeyboardInterrupt" in interrupted.stderr]
    for method in ("spawn", "fork", "forkserver"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            answers["multiprocessing_" + method] = pool.map(square, range(5))
    print(json.dumps(answers, indent=1))


if __name__ == "__main__":
    main()
