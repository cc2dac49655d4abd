#!/usr/bin/env bash
# Loads the bash completion into this shell and presses TAB; the other shells' scripts are compared with `--help`.
set -uo pipefail

bitscale=${1:?usage: completion.sh BITSCALE}
PATH=$(dirname -- "$bitscale"):$PATH
failures=0

fail() {
  printf 'failed: %s\n' "$*"
  failures=$((failures + 1))
}

# shellcheck source=/dev/null
source <("$bitscale" completion bash) || fail 'the bash script does not load'

offers() {  # offers EXPECTED WORD... : does TAB behind the last word offer EXPECTED?
  local expected=$1
  shift
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _bitscale
  local reply
  for reply in "${COMPREPLY[@]}"; do [[ $reply == "$expected" ]] && return 0; done
  return 1
}

offers compare "$bitscale" com || fail 'a command'
offers --machine "$bitscale" run --ma || fail 'an option of a command'
offers stripes "$bitscale" run --machine str || fail 'the name of a machine'
offers stripes "$bitscale" run --machine = str || fail 'a name behind an equals sign'
offers dadiannao "$bitscale" run --machine = || fail 'every name behind an equals sign'
offers alexnet "$bitscale" run --workload al || fail 'the name of a workload'
offers dadiannao,stripes "$bitscale" compare --machines dadiannao,str || fail 'a second name behind a comma'
offers lenet,alexnet "$bitscale" compare --workload lenet,alex || fail 'a second network'
offers stripes "$bitscale" reproduce str || fail 'the name of a reproduction'
offers cycles "$bitscale" explain cyc || fail 'the name of a metric'
offers json "$bitscale" run --machine stripes --format js || fail 'one of the words an option takes'
offers machines "$bitscale" list m || fail 'a kind to list'
offers assign "$bitscale" precision as || fail 'a command of a command'
offers gaussian "$bitscale" precision assign lenet_fashion --by ga || fail 'a word of a command of a command'
offers lenet_fashion "$bitscale" precision accumulator lenet_f || fail 'a network for a command of a command'
offers pin "$bitscale" run --fidelity pi || fail 'one of the words that a file could hold too'
offers zsh "$bitscale" completion z || fail 'a shell'
if offers alexnet_stripes "$bitscale" run --set ''; then fail 'free text is not completed'; fi

# Every option in the help of a command is in every script, and the other way round.
zsh=$("$bitscale" completion zsh) fish=$("$bitscale" completion fish)
commands_in() { "$bitscale" "$@" --help | sed -n '/^Subcommands/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'; }
mapfile -t commands < <(commands_in)
[[ ${#commands[@]} -gt 0 ]] || fail 'no commands in --help'
for command in "${commands[@]}"; do
  while read -r inner; do
    if [[ -n $inner ]]; then commands+=("$command $inner"); fi
  done < <(commands_in "$command")
done
for command in "${commands[@]}"; do
  read -ra words <<<"$command"
  helped=$("$bitscale" "${words[@]}" --help | sed -n 's/^  \(-., *\)\?\(--[a-z-]*\).*/\2/p' | sort -u)
  COMP_WORDS=("$bitscale" "${words[@]}" --) COMP_CWORD=$((${#words[@]} + 1)) COMPREPLY=()
  _bitscale
  offered=$(printf '%s\n' "${COMPREPLY[@]}" | sort -u)
  [[ $helped == "$offered" ]] || fail "options of $command: $(diff <(echo "$helped") <(echo "$offered"))"
  for option in $helped; do
    [[ $option == --help ]] && continue
    grep -q -- "$option" <<<"$zsh" || fail "zsh lacks $option"
    grep -q -- " -l ${option#--} " <<<"$fish" || fail "fish lacks $option"
  done
  grep -qw "${words[-1]}" <<<"$zsh" || fail "zsh lacks $command"
  grep -qw "${words[-1]}" <<<"$fish" || fail "fish lacks $command"
done

for shell in zsh fish; do  # only where the shell is installed
  command -v "$shell" >/dev/null || continue
  "$shell" -n <("$bitscale" completion "$shell") || fail "$shell does not read its script"
done

if [[ $failures -gt 0 ]]; then exit 1; fi
echo 'completion: as expected'
