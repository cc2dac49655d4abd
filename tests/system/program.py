"""Runs the built bitscale for the tests in this folder: the program's path is the first argument of each script."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = str(pathlib.Path(sys.argv[1]).resolve()) if len(sys.argv) > 1 else "bitscale"
TIMEOUT_s = 300


def environment(**changes):
    result = dict(os.environ, LC_ALL="C.UTF-8")
    result.pop("BITSCALE_PATH", None)
    result.pop("NO_COLOR", None)
    result.update(changes)
    return result


def bitscale(*arguments, cwd=None, **changes):
    """The finished process; `changes` are environment variables."""
    return subprocess.run([BINARY, *map(str, arguments)], cwd=cwd or ROOT, env=environment(**changes), text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=TIMEOUT_s, check=False)


def output(*arguments, cwd=None, **changes):
    """Standard output of a command that must succeed."""
    done = bitscale(*arguments, cwd=cwd, **changes)
    if done.returncode != 0:
        raise AssertionError(f"bitscale {' '.join(map(str, arguments))}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def result(*arguments, cwd=None, **changes):
    """The JSON document that a command prints."""
    return json.loads(output(*arguments, "--format", "json", "--quiet", cwd=cwd, **changes))


def names(kind):
    return output("list", kind, "--names").split()


def main():
    unittest.main(argv=[sys.argv[0]], verbosity=1)
