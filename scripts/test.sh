#!/usr/bin/env bash
# Installs what is missing, builds a release and runs the whole test suite.
#   scripts/test.sh [ctest options]      for example: scripts/test.sh -L fast
set -euo pipefail

scripts=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname -- "$scripts")

"$scripts/setup.sh" test
"$scripts/build.sh" release
exec ctest --test-dir "$root/build/release" --output-on-failure --no-tests=error \
  --parallel "$(nproc)" "$@" </dev/null
