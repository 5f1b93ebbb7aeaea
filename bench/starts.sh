#!/usr/bin/env bash
# Measures how long commands take with the embedded model, beside another build of Lamina. Prints a Markdown table.
# Needs GNU time as /usr/bin/time.
#
#   bench/starts.sh OTHER    OTHER: another checkout, such as an older commit
#
#   TURNS   of both programs (default: 11), after one that does not count
set -euo pipefail
unset CDPATH # with it, cd prints where it went
other=$(realpath "${1:?the other checkout is missing}")
root=$(cd "$(dirname "$0")/.." && pwd)
turns=${TURNS:-11}
# shellcheck source=bench/notes.sh
. "$root/bench/notes.sh"
[ -x /usr/bin/time ] || { echo "error: there is no /usr/bin/time (Debian's package time)" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Runs the command $2... once and appends its seconds to the file $1.
measure() {
  /usr/bin/time -f %e -o "$work/turn" "${@:2}" >"$work/log" 2>&1 </dev/null || {
    tail -n 5 "$work/log" >&2
    echo "error: failed: ${*:2}" >&2
    exit 1
  }
  cat "$work/turn" >>"$1"
}

# The median of a file, in ms, and its range.
summary() {
  sort -g "$1" | awk '{ v[NR] = 1000 * $1 } END { printf "%.0f (%.0f to %.0f)", v[int((NR + 1) / 2)], v[1], v[NR] }'
}

echo "| command | ms | ms of the other build | ratio |"
echo "| --- | ---: | ---: | ---: |"
while read -ra command; do
  for ((i = 0; i <= turns; i++)); do
    measure "$work/this" "$root/lamina" "${command[@]}"
    measure "$work/other" "$other/lamina" "${command[@]}"
    [ "$i" -gt 0 ] || rm "$work/this" "$work/other"
  done
  this=$(summary "$work/this")
  that=$(summary "$work/other")
  echo "| ${command[*]} | $this | $that | $(awk "BEGIN { printf \"%.2f\", ${this%% *} / ${that%% *} }") |"
  rm "$work/this" "$work/other"
done <<'COMMANDS'
--version
run --help
tokenize -p hello
inspect
devices
plan
run -p hello -n 1
run -p hello -n 64 --temp 0
COMMANDS
echo
notes "$root"
echo "- The other build: $(git -C "$other" rev-parse --short HEAD)"
echo "- Medians of $turns turns (least to most), ratio of medians"
