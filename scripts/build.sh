#!/usr/bin/env bash
# Configures and builds one preset of CMakePresets.json, all targets or those named.
#   scripts/build.sh PRESET [TARGET...]
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
preset=${1:?usage: build.sh PRESET [TARGET...]}
shift

# A clone elsewhere compiles the same files: let it find them in the cache.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

options=()
# The presets compile through ccache; do without where it is not installed.
command -v ccache >/dev/null || options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=)
targets=()
for target in "$@"; do targets+=(--target "$target"); done

cd -- "$root"
cmake --preset "$preset" --log-level=WARNING "${options[@]}"
cmake --build --preset "$preset" --parallel "$(nproc)" "${targets[@]}"
