#!/usr/bin/env bash
# Measures texts that several threads ask for at once through dev.lamina.Lamina. Prints a Markdown table.
#
#   bench/threads.sh MODEL [THREADS...]    threads: default 1 8
#
#   TOKENS   of each text (default: 64)
#   ROUNDS   whose best counts, after one that warms up (default: 3)
set -euo pipefail
unset CDPATH # with it, cd prints where it went
model=$(realpath "${1:?the model is missing}")
root=$(cd "$(dirname "$0")/.." && pwd)
threads=("${@:2}")
[ "${#threads[@]}" -gt 0 ] || threads=(1 8)
# shellcheck source=tools/launcher.sh
. "$root/tools/launcher.sh"
find_jdk
"$root/lamina" --version >/dev/null # builds it
# shellcheck source=bench/notes.sh
. "$root/bench/notes.sh"
"$JAVA_HOME/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
  "@$root/tools/jvm.options" -cp "$root/.build/app/*" "$root/bench/Threads.java" "$model" \
  "${TOKENS:-64}" "${ROUNDS:-3}" "${threads[@]}"
echo
notes "$root"
