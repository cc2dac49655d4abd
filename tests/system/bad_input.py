#!/usr/bin/env python3
"""Runs one case of bad_input and compares standard error and exit code exactly.

  bad_input.py BITSCALE CASE_FOLDER [--update]

A case folder holds `command` (the arguments of bitscale, as a shell would split them), `expected` (standard error),
`exit_code`, and the files the command names. It is copied to a scratch folder, where the command runs; the run must
print nothing on standard output and leave no file behind. In the expected text <source> stands for the source tree.
--update rewrites `expected` and `exit_code`; read the change before you commit it.
"""
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OWN_FILES = ("command", "expected", "exit_code")
TIMEOUT_s = 60


def listing(folder):
    return sorted((str(p.relative_to(folder)), p.stat().st_size) for p in folder.rglob("*"))


def run_case(binary, case):
    """Exit code, standard error, standard output and the files that appeared or changed."""
    arguments = shlex.split((case / "command").read_text(encoding="utf-8"), comments=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch, case.name)
        shutil.copytree(case, folder, ignore=shutil.ignore_patterns(*OWN_FILES))
        before = listing(folder)
        environment = dict(os.environ, LC_ALL="C.UTF-8", NO_COLOR="1")
        environment.pop("BITSCALE_PATH", None)
        done = subprocess.run([binary, *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=TIMEOUT_s, check=False)
        changed = [entry for entry in listing(folder) if entry not in before]
        error = done.stderr.decode("utf-8", "backslashreplace")
        error = error.replace(str(folder), "<case>").replace(str(ROOT), "<source>")
        return done.returncode, error, done.stdout.decode("utf-8", "backslashreplace"), changed


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    case = pathlib.Path(sys.argv[2]).resolve()
    code, error, output, changed = run_case(binary, case)
    if "--update" in sys.argv[3:]:
        (case / "expected").write_text(error, encoding="utf-8")
        (case / "exit_code").write_text(f"{code}\n", encoding="utf-8")
    expected_error = (case / "expected").read_text(encoding="utf-8")
    expected_code = int((case / "exit_code").read_text(encoding="utf-8"))
    problems = []
    if code != expected_code or code <= 0:
        problems.append(f"exit code {code}, expected {expected_code} (never 0 and never a signal)")
    if error != expected_error or not error:
        problems.append(f"standard error was\n{error}\nexpected\n{expected_error}")
    if output:
        problems.append(f"standard output should be empty, was\n{output}")
    if changed:
        problems.append(f"files were written: {changed}")
    print("\n".join(problems) or f"{case.name}: as expected")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
