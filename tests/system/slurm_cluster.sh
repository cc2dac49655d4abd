# shellcheck shell=bash
# A Slurm of one node for a test: sourced; start_cluster FOLDER, and stop_cluster when done. Runs beside any real Slurm
# of the machine, with its own ports, key and folders.

cluster_folder='' cluster_pids=()

start_cluster() {  # start_cluster FOLDER: 1 where it cannot start, with the reason on standard output
  cluster_folder=$1
  local tool host port cpus
  for tool in munged slurmctld slurmd sbatch squeue scancel; do
    PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null || { echo "$tool is not installed (package slurm-wlm)"; return 1; }
  done
  PATH=$PATH:/usr/sbin
  if [[ $(id -u) -ne 0 ]]; then echo 'not root: slurmd starts jobs as their users'; return 1; fi
  host=$(hostname -s) cpus=$(nproc) port=$((20000 + $$ % 20000))
  mkdir -p "$cluster_folder"/{state,spool,munge}
  chmod 755 "$cluster_folder" "$cluster_folder/munge"
  dd if=/dev/urandom of="$cluster_folder/munge/key" bs=128 count=1 status=none
  chmod 600 "$cluster_folder/munge/key"
  cat >"$cluster_folder/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$cluster_folder/munge/socket
CryptoType=crypto/munge
StateSaveLocation=$cluster_folder/state
SlurmdSpoolDir=$cluster_folder/spool
SlurmctldPidFile=$cluster_folder/slurmctld.pid
SlurmdPidFile=$cluster_folder/slurmd.pid
SlurmctldLogFile=$cluster_folder/slurmctld.log
SlurmdLogFile=$cluster_folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_min_interval=100000
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=10 State=UP
CONF
  export SLURM_CONF=$cluster_folder/slurm.conf
  munged --foreground --force --key-file="$cluster_folder/munge/key" --socket="$cluster_folder/munge/socket" \
    --pid-file="$cluster_folder/munge/pid" --log-file="$cluster_folder/munge/log" --seed-file="$cluster_folder/munge/seed" \
    >"$cluster_folder/munge/out" 2>&1 &
  cluster_pids+=($!)
  for _ in {1..50}; do [[ -S $cluster_folder/munge/socket ]] && break; sleep 0.1; done
  slurmctld -D >"$cluster_folder/slurmctld.out" 2>&1 &
  cluster_pids+=($!)
  slurmd -D -N "$host" >"$cluster_folder/slurmd.out" 2>&1 &
  cluster_pids+=($!)
  for _ in {1..150}; do
    [[ $(sinfo -h -o %T 2>/dev/null) == idle ]] && return 0
    sleep 0.2
  done
  echo "the node does not come up: $(tail -n 3 "$cluster_folder"/slurm*.log "$cluster_folder"/*.out "$cluster_folder/munge/out" 2>/dev/null)"
  return 1
}

stop_cluster() {
  scancel -u "$(id -un)" >/dev/null 2>&1
  local pid
  for pid in $(printf '%s\n' "${cluster_pids[@]}" | tac); do kill "$pid" 2>/dev/null; done
  wait "${cluster_pids[@]}" 2>/dev/null
}
