#!/usr/bin/env bash
# Installs the Debian packages of packages.txt that are missing; without a missing one it touches neither
# apt nor the network.
#   scripts/setup.sh [build|test|ci]   test includes build, ci includes both; default: build
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

groups() {
  case "$1" in
    build) echo build ;;
    test) echo build test ;;
    ci) echo build test ci ;;
    *) die "unknown group '$1': expected build, test or ci" ;;
  esac
}

wanted() {  # packages of the groups given
  local group package rest
  while read -r group package rest; do
    if [[ " $* " == *" $group "* ]]; then echo "$package"; fi
  done <"$here/packages.txt"
}

installed() {
  [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || true) == installed ]]
}

available() {  # has every package given a candidate in the package lists?
  local package
  for package in "$@"; do
    apt-cache policy "$package" 2>/dev/null | grep -q 'Candidate: [^(]' || return 1
  done
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" </dev/null
}

install_all() {
  apt_get install --no-install-recommends "$@"
}

main() {
  export LC_ALL=C
  if [[ -n ${BITSCALE_SKIP_SETUP:-} ]]; then return 0; fi
  local group
  group=$(groups "${1:-build}")
  local -a packages=() missing=()
  # shellcheck disable=SC2086  # the groups are separate words
  mapfile -t packages < <(wanted $group)
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "this is not a Debian system, nothing is installed. Debian 12 names of what is needed: ${packages[*]}"
    die 'install their equivalents, then run this again with BITSCALE_SKIP_SETUP=1'
  fi
  local package
  for package in "${packages[@]}"; do
    installed "$package" || missing+=("$package")
  done
  if [[ ${#missing[@]} -eq 0 ]]; then return 0; fi
  say "missing Debian packages: ${missing[*]}"
  if [[ $(id -u) -ne 0 ]] && ! command -v sudo >/dev/null; then
    die "not root, and there is no sudo. As root: apt-get install ${missing[*]}"
  fi
  local updated=no
  if ! available "${missing[@]}"; then
    apt_get update
    updated=yes
  fi
  if ! install_all "${missing[@]}"; then
    # Old package lists name versions that the archive no longer has.
    [[ $updated == no ]] || die 'apt-get could not install them'
    apt_get update
    install_all "${missing[@]}" || die 'apt-get could not install them'
  fi
}

main "$@"
