#!/usr/bin/env bash
# Measures Lamina beside llama.cpp from the start of the process to its end after one token, the file being in the page
# cache, and the most memory that was resident; then Lamina's start with its embedded model, and the speed of its first
# 64 tokens beside that of a program that has run for a while. Prints a Markdown table.
# Needs GNU time as /usr/bin/time.
#
#   bench/start.sh MODEL
#
#   LLAMA_COMPLETION  how to run llama-completion; {folder} and {name} in it stand for the model's, and without {name}
#                     -m FILE is added (default: llama-completion on the PATH)
#   START_OPTIONS     more options for both, such as "-t 8"
#   TURNS             of both programs (default: 5), after one that does not count
set -euo pipefail
unset CDPATH # with it, cd prints where it went
model=$(realpath "${1:?the model is missing}")
root=$(cd "$(dirname "$0")/.." && pwd)
turns=${TURNS:-5}
# shellcheck source=bench/notes.sh
. "$root/bench/notes.sh"
read -ra options <<<"${START_OPTIONS:-}"
read -ra llama <<<"${LLAMA_COMPLETION:-llama-completion}"
case ${llama[*]} in *'{name}'*) ;; *) llama+=(-m "$model") ;; esac
llama=("${llama[@]//'{folder}'/$(dirname "$model")}")
llama=("${llama[@]//'{name}'/$(basename "$model")}")
[ -x /usr/bin/time ] || { echo "error: there is no /usr/bin/time (Debian's package time)" >&2; exit 1; }
prompt=(-p "Once upon a time" -n 1 --temp 0)
lamina=("$root/lamina" run)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Runs the command $2... once and appends its seconds and its KiB to the file $1.
measure() {
  if ! /usr/bin/time -f '%e %M' -o "$work/turn" "${@:2}" >"$work/log" 2>&1 </dev/null; then
    tail -n 5 "$work/log" >&2
    echo "error: failed: ${*:2}" >&2
    exit 1
  fi
  cat "$work/turn" >>"$1"
}

# Median and range of column $2 of file $1, multiplied by $3 and printed as $4 says.
summary() {
  awk -v column="$2" -v factor="$3" '{ print $column * factor }' "$1" | sort -g |
    awk -v format="$4 ($4 to $4)" '{ v[NR] = $1 }
      END { printf format, NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2, v[1], v[NR] }'
}

# A row $1 of both programs' column $2, as for summary.
row() {
  local ours theirs
  ours=$(summary "$work/lamina" "${@:2}")
  theirs=$(summary "$work/llama" "${@:2}")
  echo "| $1 | $ours | $theirs | $(awk "BEGIN { printf \"%.2f\", ${ours%% *} / ${theirs%% *} }") |"
}

both=("${prompt[@]}" -c 4096 "${options[@]}")
# No chat, and no run before the first prompt: that is its fastest way to a token.
peer=("${both[@]}" -no-cnv --no-warmup)
cat "$model" >/dev/null
for ((i = 0; i <= turns; i++)); do
  measure "$work/lamina" "${lamina[@]}" -m "$model" "${both[@]}"
  measure "$work/llama" "${llama[@]}" "${peer[@]}"
  measure "$work/demo" "${lamina[@]}" "${prompt[@]}" "${options[@]}"
  measure /dev/null "${lamina[@]}" -p "Once upon a time" -n 64 --temp 0 --ignore-eos "${options[@]}"
  # The tokens after the prompt, a second.
  tr -d '\r' <"$work/log" | awk '/^ *eval time =/ { print 1000 * $7 / $4 }' >>"$work/first"
  [ "$i" -gt 0 ] || rm "$work/lamina" "$work/llama" "$work/demo" "$work/first"
done

echo "| $(basename "$model") | Lamina | llama.cpp | ratio |"
echo "| --- | ---: | ---: | ---: |"
row "start to first token, s" 1 1 %.2f
row "peak resident memory, MiB" 2 0.0009765625 %.0f
echo "| embedded model, start to first token, s | $(summary "$work/demo" 1 1 %.2f) | | |"
first=$(summary "$work/first" 1 1 %.0f)
"$root/lamina" bench -p 0 -n 64 -r "$turns" -o json "${options[@]}" 2>/dev/null |
  sed -n 's/.*"samples_ts": \[ *\(.*[0-9]\) *\].*/\1/p' | tr -d ' ' | tr , '\n' >"$work/steady"
steady=$(summary "$work/steady" 1 1 %.0f)
echo "| embedded model, tokens 2 to 64, t/s | $first | | |"
echo "| the same in a program that has run for a while (bench), t/s | $steady | | $(awk "BEGIN { printf \"%.2f\", ${first%% *} / ${steady%% *} }") |"
echo
notes "$root"
echo "- llama.cpp: $("${llama[@]}" --version 2>&1 | sed -n 's/^version: //p')"
echo "- Options: ${both[*]}; llama.cpp's also -no-cnv --no-warmup"
echo "- Medians of $turns turns (least to most), ratio of medians; memory includes the file's pages that are mapped"
