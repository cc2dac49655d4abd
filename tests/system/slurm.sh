#!/usr/bin/env bash
# A sweep as an array job on a Slurm of one node: two shards are killed and submitted again, and merge to the bytes of a
# run without Slurm. Skipped, with the reason, where Slurm cannot start.
#   slurm.sh BITSCALE
set -uo pipefail

readonly SKIPPED=77
bitscale=$(realpath -- "${1:?usage: slurm.sh BITSCALE}")
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/system/slurm_cluster.sh
source "$root/tests/system/slurm_cluster.sh"

folder=$(mktemp -d)
trap 'stop_cluster; rm -rf -- "$folder"' EXIT
fail() { echo "failed: $*"; cat "$folder"/slurm-*.out 2>/dev/null; exit 1; }

start_cluster "$folder/cluster" >"$folder/reason" || { echo "skipped: no local Slurm: $(cat "$folder/reason")"; exit $SKIPPED; }

cd -- "$folder" || exit 1
cat >points.yaml <<'YAML'
schema_version: 1
kind: sweep
name: points
experiment: {machine: stripes_dram, workload: alexnet, profile: stripes_100, simulation: {layers: conv}}
axes: [{key: machine.clock, from: 300MHz, to: 1.2GHz, steps: 3000, integer: true}]
YAML
done_points() {  # of both parts, 0 before there is a store
  local sum=0 part count
  for part in parts/part-*.sqlite; do
    count=$("$bitscale" status "$part" --format json 2>/dev/null | sed -n 's/^ *"done": \([0-9]*\),*$/\1/p')
    sum=$((sum + ${count:-0}))
  done
  echo "$sum"
}
submit() { BITSCALE=$bitscale sbatch --parsable --array=1-2 "$@" "$root/scripts/slurm_sweep.sh" 2 parts points.yaml --quiet; }

job=$(submit) || fail 'sbatch'
for _ in {1..300}; do
  done=$(done_points)
  [[ $done -ge 5 ]] && break
  sleep 0.1
done
[[ $done -ge 5 ]] || fail 'the shards stored nothing'
scancel --signal=KILL --full "$job" || fail 'scancel'
scancel "$job"
for _ in {1..300}; do [[ -z $(squeue -h) ]] && break; sleep 0.1; done
before=$(done_points)
[[ $before -lt 3000 ]] || fail 'the shards were done before they were killed'

submit --wait >/dev/null || fail 'the second submission'
[[ $(done_points) -eq 3000 ]] || fail "only $(done_points) of 3000 points after the second submission"
"$bitscale" merge all.sqlite parts/part-*.sqlite || fail 'merge'
"$bitscale" query all.sqlite --format csv --output merged.csv || fail 'query'
"$bitscale" sweep points.yaml --store whole.sqlite --csv whole.csv --quiet || fail 'the run without Slurm'
cmp merged.csv whole.csv || fail 'the merged table differs from that of one run'
echo "slurm: killed at $before of 3000 points, submitted again, merged to the same bytes"
