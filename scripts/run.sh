#!/usr/bin/env bash
# From a bare Debian 12 to results: installs what is missing, builds a release, runs the main job.
#   scripts/run.sh            bitscale reproduce all
#   scripts/run.sh ARGS...    bitscale ARGS...
set -euo pipefail

scripts=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname -- "$scripts")
bitscale=$root/build/release/bitscale

"$scripts/setup.sh" build
# Standard output belongs to bitscale: a caller may want to redirect it.
"$scripts/build.sh" release bitscale >&2

if [[ $# -gt 0 ]]; then exec "$bitscale" "$@"; fi

"$bitscale" reproduce all
cat >&2 <<'NEXT'

The program is build/release/bitscale; --help names its commands. The whole test suite: scripts/test.sh
NEXT
