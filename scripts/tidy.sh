#!/usr/bin/env bash
# clang-tidy over the sources that changed, or over all of them.
#   scripts/tidy.sh [--all | --since COMMIT] [--build-dir DIR]
# Default: what changed since the merge base with origin/main, or, on main itself, in the last five commits. A
# changed header is checked through the sources that include it directly. DIR holds compile_commands.json
# (default: build/clang).
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root"

all=no since='' build=$root/build/clang
while [[ $# -gt 0 ]]; do
  case "$1" in
    --all) all=yes; shift ;;
    --since) since=${2:?--since needs a commit}; shift 2 ;;
    --build-dir) build=${2:?--build-dir needs a folder}; shift 2 ;;
    *) echo "tidy: unknown option '$1'" >&2; exit 64 ;;
  esac
done
if [[ ! -f $build/compile_commands.json ]]; then
  echo "tidy: $build/compile_commands.json is missing; configure first: cmake --preset clang" >&2
  exit 1
fi

base_commit() {
  local head base
  head=$(git rev-parse HEAD)
  base=$(git merge-base origin/main HEAD 2>/dev/null || echo "$head")
  if [[ $base == "$head" ]]; then
    # On main: five commits back, or the oldest commit of a shorter or shallow history.
    base=$(git rev-list --first-parent --max-count=6 HEAD | tail -n 1)
  fi
  echo "$base"
}

changed_sources() {
  local file
  {
    git diff --name-only --diff-filter=d "$1" -- '*.cpp' '*.hpp'
    git ls-files --others --exclude-standard -- '*.cpp' '*.hpp'
  } | while read -r file; do
    case "$file" in
      *.cpp) echo "$file" ;;
      *.hpp) git grep -l --fixed-strings "#include \"$file\"" -- '*.cpp' || true ;;
    esac
  done | sort -u
}

# Only what the build compiles can be checked: fuzz targets, for one, are in no ordinary build.
compiled() {
  local file
  while read -r file; do
    if grep -qF "/$file\"" "$build/compile_commands.json"; then echo "$file"; fi
  done
}

if [[ $all == yes ]]; then
  mapfile -t files < <(git ls-files '*.cpp' | compiled)
else
  mapfile -t files < <(changed_sources "${since:-$(base_commit)}" | compiled)
fi
echo "tidy: ${#files[@]} files"
if [[ ${#files[@]} -eq 0 ]]; then exit 0; fi
# Warnings are errors (.clang-tidy); the count of suppressed ones from system headers is noise.
printf '%s\0' "${files[@]}" |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy --quiet -p "$build" 2> >(grep -v '^[0-9]* warnings\?\( and [0-9]* errors\?\)\? generated\.$' >&2)
