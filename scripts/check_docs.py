#!/usr/bin/env python3
"""Runs the commands of the documentation and compares what they print.

  scripts/check_docs.py BITSCALE [FILE.md...]     default: README.md and docs/*.md

In a fenced block marked `console` a line that starts with `$ ` is a command (a `\\` at its end continues it); it must
exit with 0. The lines behind it must be in its output, in this order; a line `...` stands for any lines, and `...` inside a
line for any text. A command without lines behind it may print anything. Commands run in bash, in a scratch folder
that shows the source tree's folders, with `bitscale` on the PATH. Commands that install or build go in `sh` blocks.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TIMEOUT_s = 300


def blocks(text, language):
    """Yields (line number, lines) of each fenced block marked with the language."""
    block, start, wanted = None, 0, False
    for number, line in enumerate(text.splitlines(), 1):
        fence = re.fullmatch(r" *```(\w*)\s*", line)
        if fence and block is None:
            block, start, wanted = [], number + 1, fence.group(1) == language
        elif fence:
            if wanted:
                yield start, block
            block = None
        elif block is not None:
            block.append(line)
    if block is not None:
        raise SystemExit(f"line {start}: a fenced block without an end")


def commands(start, lines):
    """Yields (line number, command, expected output lines)."""
    command, number, expected = None, 0, []
    continued = False
    for offset, line in enumerate(lines):
        if continued:
            command += "\n" + line
        elif line.startswith("$ "):
            if command is not None:
                yield number, command, expected
            command, number, expected = line[2:], start + offset, []
        elif command is None:
            raise SystemExit(f"line {start + offset}: a console block must start with a command")
        else:
            expected.append(line)
        continued = (continued or line.startswith("$ ")) and line.endswith("\\")
    if command is not None:
        yield number, command, expected


def missing_line(expected, output):
    """The first expected line that is not in the output in order, or None."""
    position, anywhere = 0, True
    for line in expected:
        if line.strip() == "...":
            anywhere = True
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in line.rstrip().split("...")))
        last = len(output) if anywhere else min(position + 1, len(output))
        hits = (i for i in range(position, last) if pattern.fullmatch(output[i].rstrip()))
        hit = next(hits, None)
        if hit is None:
            return line
        position, anywhere = hit + 1, False
    return None


def run(command, folder, environment):
    return subprocess.run(["bash", "-c", command], cwd=folder, env=environment, text=True, timeout=TIMEOUT_s,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


def check_file(path, environment):
    """Number of commands run and the list of problems of one file."""
    count, problems = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for entry in ROOT.iterdir():
            if entry.name not in ("build", ".git"):
                os.symlink(entry, pathlib.Path(folder, entry.name))
        text = path.read_text(encoding="utf-8")
        for _, lines in blocks(text, "yaml"):
            if lines and lines[0].startswith("# file: "):
                pathlib.Path(folder, lines[0].removeprefix("# file: ")).write_text("\n".join(lines) + "\n", encoding="utf-8")
        for start, lines in blocks(text, "console"):
            for number, command, expected in commands(start, lines):
                count += 1
                done = run(command, folder, environment)
                where = f"{path.relative_to(ROOT)}:{number}: $ {command}"
                if done.returncode != 0:
                    problems.append(f"{where}\n  exit code {done.returncode}:\n{done.stdout}")
                    continue
                line = missing_line(expected, done.stdout.splitlines())
                if line is not None:
                    problems.append(f"{where}\n  the output has no line (in this place)\n{line}\n  but\n{done.stdout}")
    return count, problems


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    binary = pathlib.Path(sys.argv[1]).resolve()
    files = [pathlib.Path(name).resolve() for name in sys.argv[2:]]
    files = files or [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    environment = dict(os.environ, PATH=f"{binary.parent}:{os.environ['PATH']}", COLUMNS="100")
    total, failures = 0, []
    for path in files:
        count, problems = check_file(path, environment)
        total += count
        failures += problems
    print("\n\n".join(failures))
    print(f"{total} documented commands, {len(failures)} problems")
    sys.exit(1 if failures or total == 0 else 0)


if __name__ == "__main__":
    main()
