#!/usr/bin/env bash
# Tests and measures a GPU with the bundle that this script is part of, and writes one report.
#
#   gpu-suite.sh REPORT [DEVICE [GOLDEN [SHAPE]]]
#     REPORT  file to write
#     DEVICE  such as cuda:0 (default: cuda:0)
#     GOLDEN  folder with models/NAME.gguf and golden/completions/NAME.json; left out, models are not
#             compared with llama.cpp's log-probabilities
#     SHAPE   synthetic model to measure (default: qwen2.5-3b:Q4_K_M)
set -uo pipefail
unset CDPATH
report=${1:?the report to write is missing}
device=${2:-cuda:0}
golden=${3:-}
shape=${4:-qwen2.5-3b:Q4_K_M}
lamina=$(cd "$(dirname "$0")" && pwd)/lamina
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

section() {
  printf '\n## %s\n\n' "$1"
}

step() {
  printf '$ lamina %s\n' "$*"
  "$lamina" "$@" 2>&1 || failures=$((failures + 1))
  echo
}

{
  echo "# Lamina on $device"
  date -u
  section "Devices"
  step devices
  section "Operations"
  step doctor --device "$device"
  section "Models against llama.cpp"
  if [ -n "$golden" ]; then
    for reference in "$golden"/golden/completions/*.json; do
      name=$(basename "$reference" .json)
      "$lamina" doctor --device "$device" -m "$golden/models/$name.gguf" --reference "$reference" 2>&1 ||
        failures=$((failures + 1))
    done
  else
    echo "no golden data given"
  fi
  section "Speed"
  model=$work/model.gguf
  step bench --synthetic "$shape" --save "$model" --device "$device" -ngl all -p 512 -n 128
  step plan -m "$model" --device "$device" -ngl all
  section "Layers on the GPU"
  layers=$("$lamina" plan -m "$model" --device none --json | grep -c '"kv_cache"')
  layers=$((layers - 1)) # one of them is the device's
  splits=0,$((layers / 4)),$((layers / 2)),$((layers * 3 / 4)),all
  step bench -m "$model" --device "$device" -ngl "$splits" -p 128 -n 32 -r 3
  section "Result"
  echo "$failures commands failed"
} | tee "$report"
grep -q '^0 commands failed$' "$report"
