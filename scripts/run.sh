#!/usr/bin/env bash
# From a bare Debian 12 to results: installs what is missing, builds a release, runs the main job.
#   scripts/run.sh            bitscale reproduce all, then a page of its figures beside a comparison of machines
#   scripts/run.sh ARGS...    bitscale ARGS...
set -euo pipefail

scripts=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname -- "$scripts")
bitscale=$root/build/release/bitscale

"$scripts/setup.sh" build
# Standard output belongs to bitscale: a caller may want to redirect it.
"$scripts/build.sh" release bitscale >&2

if [[ $# -gt 0 ]]; then exec "$bitscale" "$@"; fi

results=$root/build/results
"$bitscale" reproduce all --output "$results"
"$bitscale" compare --machines dadiannao_dram,stripes_dram --workload alexnet,lenet,convnet --profile stripes_100 \
  --layers conv --output "$results" --quiet >/dev/null
"$bitscale" compare --workload lenet --precision-sweep 2,4,8,16 --output "$results" --quiet >/dev/null
"$bitscale" report "$results" --output "$root/build/report.html" --title 'Published results, derived anew' >/dev/null
cat >&2 <<NEXT

All of it as one page, to open in a browser: $root/build/report.html
The program is build/release/bitscale; --help names its commands. The whole test suite: scripts/test.sh
NEXT
