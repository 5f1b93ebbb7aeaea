#!/usr/bin/env bash
# Quantizes a model with Lamina and llama.cpp, has llama.cpp run each of Lamina's files, and prints a Markdown table of
# both programs' times and sizes.
#
#   bench/quantize.sh F16.gguf [TYPES [IMATRIX [FOLDER]]]
#     TYPES    with spaces between (default: K-quants, then I-quants)
#     IMATRIX  for both; IQ1 and IQ2 need one
#     FOLDER   in which a folder for the files is made and removed (default: the present one)
#
#   LLAMA       how to run a tool of llama.cpp, with {tool} in the place of its name (default: {tool}, on the PATH)
#   LLAMA_ROOT  what FOLDER is called where that runs (default: as here)
set -uo pipefail
unset CDPATH # with it, cd prints where it went
model=$(realpath "$1")
types=${2:-Q2_K Q3_K_M Q4_K_M Q5_K_M Q6_K IQ2_XXS IQ2_XS IQ3_XXS IQ3_S IQ4_XS}
imatrix=${3:-}
outer=$(realpath "${4:-.}")
folder=$(mktemp -d "$outer/quantize.XXXXXX") || exit 1
trap 'rm -rf "$folder"' EXIT
root=$(cd "$(dirname "$0")/.." && pwd)
threads=$(getconf _NPROCESSORS_ONLN)
llama=${LLAMA:-{tool\}}

# Runs a tool of llama.cpp.
peer() {
  local tool=$1
  shift
  local line=${llama//\{tool\}/$tool}
  # shellcheck disable=SC2086 # split on purpose
  $line "$@"
}

# Prints the seconds that a command took; fails if it does.
seconds() {
  local start end
  start=$(date +%s.%N)
  "$@" >"$folder/log" 2>&1 || { tail -2 "$folder/log" >&2; return 1; }
  end=$(date +%s.%N)
  echo "$end $start" | awk '{ printf "%.1f", $1 - $2 }'
}

# Paths as llama.cpp sees them.
there() {
  echo "${LLAMA_ROOT:-$outer}/$(basename "$folder")/$1"
}

ln "$model" "$folder/source.gguf" 2>/dev/null || cp "$model" "$folder/source.gguf" || exit 1
options=()
if [ -n "$imatrix" ]; then
  cp "$imatrix" "$folder/imatrix.gguf" || exit 1
  options=(--imatrix)
fi
"$root/lamina" --version >/dev/null || exit 1 # builds it if need be
sync # else the first run shares the machine with what writes the copy to disk
echo "| type | Lamina s | llama.cpp s | speed, ratio | Lamina MB | llama.cpp MB | llama.cpp runs ours |"
echo "|---|--:|--:|--:|--:|--:|---|"
for type in $types; do
  ours=$folder/ours.gguf
  theirs=$folder/theirs.gguf
  a=$(seconds "$root/lamina" quantize ${options:+"${options[@]}" "$folder/imatrix.gguf"} "$folder/source.gguf" "$ours" "$type" "$threads") || continue
  b=$(seconds peer llama-quantize ${options:+"${options[@]}" "$(there imatrix.gguf)"} "$(there source.gguf)" "$(there theirs.gguf)" "$type" "$threads") || continue
  runs=no
  seconds peer llama-bench -m "$(there ours.gguf)" -p 8 -n 4 -r 1 -t "$threads" >/dev/null && runs=yes
  echo "$a $b" | awk -v type="$type" -v ours="$(stat -c %s "$ours")" -v theirs="$(stat -c %s "$theirs")" -v runs=$runs \
    '{ printf "| %s | %.1f | %.1f | %.2f | %.1f | %.1f | %s |\n", type, $1, $2, $2 / $1, ours / 1e6, theirs / 1e6, runs }'
  rm -f "$ours" "$theirs"
done
