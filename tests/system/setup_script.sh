#!/usr/bin/env bash
# scripts/setup.sh against stand-ins for dpkg-query, apt-cache, apt-get, sudo and id, in a folder with a space in its name.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/a b" "$scratch/bin" "$scratch/tools"
cp "$root/scripts/setup.sh" "$root/scripts/packages.txt" "$scratch/a b/"
for tool in bash cat cut dirname env grep mktemp; do ln -s "$(command -v $tool)" "$scratch/tools/$tool"; done

stand_in() {  # stand_in NAME BODY
  printf '#!/bin/bash\n%s\n' "$2" >"$scratch/bin/$1"
  chmod +x "$scratch/bin/$1"
}
# $MISSING: packages not installed; $UNKNOWN: not in the package lists before an update; apt's calls go to a log.
# shellcheck disable=SC2016  # expanded by the stand-ins
{
  stand_in dpkg-query '[[ " $MISSING " == *" ${@: -1} "* ]] && exit 1; printf installed'
  stand_in apt-cache '[[ " $UNKNOWN " == *" ${@: -1} "* ]] && exit 0; echo "  Candidate: 1.0"'
  stand_in apt-get 'echo "apt-get $*" >>"$LOG"; [[ "$*" == *install* ]] && exit "${APT_EXIT:-0}"; exit 0'
  stand_in sudo 'echo "sudo" >>"$LOG"; exec "$@"'
  stand_in id 'echo "${FAKE_UID:-0}"'
}

failures=0
export LOG=$scratch/log MISSING='' UNKNOWN=''
run_setup() { : >"$LOG"; code=0; said=$(PATH="$scratch/bin:$scratch/tools" "$scratch/a b/setup.sh" "$@" 2>&1) || code=$?; }
expect() {  # expect NAME CONDITION...
  local name=$1
  shift
  if ! "$@"; then
    printf 'failed: %s (exit code %s)\n%s\n%s\n' "$name" "$code" "$said" "$(cat "$LOG")"
    failures=$((failures + 1))
  fi
}
logged() { grep -q -- "$1" "$LOG"; }
silent() { [[ $code -eq 0 && ! -s $LOG && -z $said ]]; }
refused() { [[ $code -eq 1 && ! -s $LOG && $said == *"$1"* ]]; }

cd /
run_setup test
expect 'with all present it calls nothing and says nothing' silent

MISSING='cmake python3' run_setup build
expect 'it installs what is missing' logged 'install .*cmake$'
expect 'it leaves packages of other groups' [ "$(grep -c python3 "$LOG")" = 0 ]
expect 'it needs no update when the lists know the package' [ "$(grep -c update "$LOG")" = 0 ]
expect 'root needs no sudo' [ "$(grep -c sudo "$LOG")" = 0 ]

MISSING='cmake python3' run_setup ci
expect 'ci includes the groups before it' logged 'install .*cmake python3$'

MISSING='cmake' UNKNOWN='cmake' run_setup
expect 'it updates lists that do not know the package' logged ' update$'

MISSING='cmake' APT_EXIT=100 run_setup
expect 'a failed installation is tried again after an update' [ "$(grep -c install "$LOG")" = 2 ]
expect 'a second failure is final' [ "$code" = 1 ]

MISSING='cmake' FAKE_UID=1000 run_setup
expect 'another user goes through sudo' logged '^sudo$'

rm "$scratch/bin/sudo"
MISSING='cmake ccache' FAKE_UID=1000 run_setup
expect 'without sudo it names the command to type' refused 'As root: apt-get install cmake ccache'

run_setup everything
expect 'an unknown group is refused' refused "unknown group 'everything'"

rm "$scratch/bin/apt-get"
run_setup
expect 'another system is told what it needs' refused 'libsystemc-dev'
BITSCALE_SKIP_SETUP=1 run_setup
expect 'set-up can be skipped' silent

if [[ $failures -gt 0 ]]; then exit 1; fi
echo 'setup.sh: as expected'
