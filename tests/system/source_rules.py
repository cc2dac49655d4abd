#!/usr/bin/env python3
"""Rules about the source tree that no compiler checks. Prints each breach and exits with 1 if there is one."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MAX_LINES = 400
SKIPPED = {".git", "build", "out", ".cache", "third_party"}
TEXT_SUFFIXES = {".cpp", ".hpp", ".cmake", ".txt", ".md", ".yaml", ".yml", ".json", ".py", ".sh", ".js", ".css", ".html", ""}

# The pipeline runs one way: a folder includes only what stands before it. arch/ is one room here.
ORDER = ["core", "config", "netlist", "workload", "import", "arch", "mapping", "kernel", "activity", "power", "precision",
         "report", "sweep", "pipeline", "study", "reproduce", "app"]
# A unit's clocked module and its factory name the kernel's interface of such modules.
BACKWARDS = {("arch", "sim/kernel/pin_unit.hpp")}

# An absolute path that only exists on one person's machine: anything but the standard system folders.
ABSOLUTE = re.compile(r"""(?:^|[\s"'=(`:,])(/[A-Za-z][\w.-]*/[\w.-][\w./-]*)""")
# "OSCI" starts the names of SystemC's reports, which look like paths.
SYSTEM_FOLDERS = {"usr", "bin", "dev", "etc", "proc", "nonexistent", "OSCI"}


def tree_files():
    for path in sorted(ROOT.rglob("*")):
        relative = path.relative_to(ROOT)
        if path.is_file() and relative.name != ".git" and not any(p in SKIPPED or p.startswith("build") for p in relative.parts[:-1]):
            yield relative


def systemc_is_only_in_the_kernel_and_in_modules(files):
    for path in files:
        if path.suffix not in (".cpp", ".hpp"):
            continue
        allowed = path.parts[:2] == ("sim", "kernel") or path.match("arch/*/*_module.hpp")
        text = (ROOT / path).read_text(encoding="utf-8")
        # The stub of sc_main in a main needs no SystemC header, so there is no further exception.
        if not allowed and re.search(r"^\s*#\s*include\s*[<\"]systemc", text, re.MULTILINE):
            yield f"{path}: includes SystemC, which belongs in sim/kernel and arch/*/*_module.hpp"


def room_of(path):
    parts = pathlib.PurePath(path).parts
    return "arch" if parts[0] == "arch" else parts[1] if parts[0] == "sim" and len(parts) > 2 else None


def folders_include_one_way(files):
    for path in files:
        room = room_of(path)
        if path.suffix not in (".cpp", ".hpp") or room is None:
            continue
        if room not in ORDER:
            yield f"{path}: sim/{room} has no place in the order of folders"
            continue
        for include in re.findall(r'^\s*#\s*include\s*"([^"]+)"', (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE):
            other = room_of(include)
            if other in ORDER and ORDER.index(other) > ORDER.index(room) and (room, include) not in BACKWARDS:
                yield f"{path}: includes {include}, which stands after sim/{room} in the order of folders"


def files_stay_short(files):
    for path in files:
        if path.parts[0] in ("sim", "arch") and path.suffix in (".cpp", ".hpp"):
            lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
            if lines > MAX_LINES:
                yield f"{path}: {lines} lines, at most {MAX_LINES}"


def no_path_of_one_machine(files):
    for path in files:
        if path.suffix not in TEXT_SUFFIXES or path.name == ".gitignore" or "corpus" in path.parts:
            continue
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if line.startswith("#!"):
                continue
            for match in ABSOLUTE.finditer(line):
                if match.group(1).split("/")[1] not in SYSTEM_FOLDERS:
                    yield f"{path}:{number}: absolute path {match.group(1)}"


def main():
    files = list(tree_files())
    if not any(path.parts[0] == "sim" for path in files):
        sys.exit("no sources found")
    breaches = []
    for rule in (systemc_is_only_in_the_kernel_and_in_modules, folders_include_one_way, files_stay_short, no_path_of_one_machine):
        breaches += rule(files)
    print("\n".join(breaches) or f"{len(files)} files keep the rules")
    sys.exit(1 if breaches else 0)


if __name__ == "__main__":
    main()
