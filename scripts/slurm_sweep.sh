#!/usr/bin/env bash
# One shard of a sweep as a task of a Slurm array job. Submit from the folder that the sweep is named in:
#   sbatch --array=1-N scripts/slurm_sweep.sh N FOLDER SWEEP [OPTION...]
# Each task writes FOLDER/part-I-of-N.sqlite, a store of its own, so that tasks need nothing from each other nor from the
# file system they share. Submit again what was killed (also a part: --array=3,7): done points stay done. Then
#   bitscale merge all.sqlite FOLDER/part-*.sqlite
# BITSCALE names the program where it is not on the PATH.
#SBATCH --job-name=bitscale-sweep
#SBATCH --cpus-per-task=1
#SBATCH --requeue
set -euo pipefail

parts=${1:?usage: sbatch --array=1-N slurm_sweep.sh N FOLDER SWEEP [OPTION...]}
folder=${2:?a folder for the parts}
sweep=${3:?a sweep}
shift 3
part=${SLURM_ARRAY_TASK_ID:?not a task of an array job: sbatch --array=1-$parts ...}

mkdir -p -- "$folder"
exec "${BITSCALE:-bitscale}" sweep "$sweep" --shard "$part/$parts" --jobs "${SLURM_CPUS_PER_TASK:-1}" \
  --store "$folder/part-$part-of-$parts.sqlite" "$@"
