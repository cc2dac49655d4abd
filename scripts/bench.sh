#!/usr/bin/env bash
# Records the benchmarks: a release build, every benchmark five times, medians to standard output.
#   scripts/bench.sh [ARGS OF GOOGLE BENCHMARK...]     e.g. --benchmark_filter=alexnet
set -euo pipefail

scripts=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname -- "$scripts")
"$scripts/setup.sh" build
"$scripts/build.sh" release bitscale_bench >&2
cd -- "$root"
exec build/release/tests/bench/bitscale_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only=true "$@"
