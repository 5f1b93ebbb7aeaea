#!/usr/bin/env bash
# Measures Lamina beside llama.cpp on synthetic models, one file type after the other, and appends the rows to a
# Markdown table as they come: medians, least and most, and their ratio. Below it are the machine, versions and options.
# An interrupted run keeps what it has: go on with the types that are left.
#
#   bench/compare.sh [SHAPE [TYPES [FOLDER]]]
#     SHAPE   of the models (default: qwen2.5-3b)
#     TYPES   with spaces between (default: the usual ones, see below)
#     FOLDER  for the table, SHAPE.md, and the one model at a time (default: the present one)
#
#   LLAMA_BENCH    how to run llama-bench, as in `lamina bench --llama-bench` (default: llama-bench on the PATH)
#   BENCH_OPTIONS  more options for both, such as "-t 8"; Lamina alone heeds "--cpu-kernels avx2"
#   TURNS          of each test (default: 5)
#   TYPES_DEEP     that are decoded at a depth too, where llama-bench fills the context anew in each turn (default:
#                  Q4_K_M, for attention is the same for all)
#   DEPTH          of that context (default: 4096)
set -uo pipefail
unset CDPATH
shape=${1:-qwen2.5-3b}
types=${2:-Q4_0 Q4_K_M Q5_K_M Q6_K IQ4_NL Q2_K Q3_K_M Q8_0 IQ4_XS IQ3_S IQ3_XXS IQ2_S IQ2_XS IQ2_XXS IQ1_S IQ1_M}
folder=${3:-.}
root=$(cd "$(dirname "$0")/.." && pwd)
lamina=$root/lamina
llama_bench=${LLAMA_BENCH:-llama-bench}
shallow=(-p "512,8" -n 128 -r "${TURNS:-5}")
deep=(-p 0 -n 32 -d "${DEPTH:-4096}" -r "${TURNS:-5}")
types_deep=" ${TYPES_DEEP-Q4_K_M} "
read -ra options <<<"${BENCH_OPTIONS:-}"
read -ra programs <<<"$llama_bench"
if ! command -v "${programs[0]}" >/dev/null; then
  echo "error: there is no ${programs[0]}; put llama.cpp's llama-bench on the PATH or set LLAMA_BENCH" >&2
  exit 1
fi
# shellcheck source=bench/notes.sh
. "$root/bench/notes.sh"
mkdir -p "$folder" || exit 1
table=$folder/$shape.md
model=

# Appends a comparison's rows; the header only if the table has none.
compare() {
  "$lamina" bench "$@" "${options[@]}" --compare llama.cpp --llama-bench "$llama_bench" |
    while IFS= read -r line; do
      case $line in
        '| model '* | '| ---'*) grep -qF -- "$line" "$table" 2>/dev/null || printf '%s\n' "$line" >>"$table" ;;
        '| '*) printf '%s\n' "$line" | tee -a "$table" ;;
        'build: '*) echo "- Builds: ${line#build: }" >>"$table" ;;
      esac
    done
}

# Puts the notes of this run and of earlier ones below the rows, each once.
finish() {
  rm -f "$model"
  [ -f "$table" ] || return
  {
    notes "$root"
    echo "- Options: ${shallow[*]} ${options[*]}, then ${deep[*]} ${options[*]}"
    echo "- Speeds are medians (least to most), ratio is Lamina's by llama.cpp's median, pair ratios those of each turn"
  } >>"$table"
  { grep '^|' "$table" && echo && grep -v '^|' "$table" | awk 'NF && !seen[$0]++'; } >"$table.new"
  mv "$table.new" "$table"
}
trap finish EXIT
trap 'exit 130' INT TERM

failed=()
for type in $types; do
  model=$folder/$shape-$type.gguf
  echo "$shape $type"
  compare --synthetic "$shape:$type" --save "$model" "${shallow[@]}" || failed+=("$type")
  if [[ $types_deep == *" $type "* ]]; then
    compare -m "$model" "${deep[@]}" || failed+=("$type at depth")
  fi
  rm -f "$model"
done
echo "The table is $table."
if [ ${#failed[@]} -gt 0 ]; then
  echo "error: failed: ${failed[*]}" >&2
  exit 1
fi
