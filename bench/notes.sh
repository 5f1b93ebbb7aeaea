# What a table of measurements needs to be understood later; bash, to be sourced.
# shellcheck shell=bash

# Prints the list items for the machine and for Lamina in folder $1.
notes() {
  local cpu memory version commit
  cpu=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -n 1)
  memory=$(awk '/^MemTotal/ { printf "%.1f GiB of memory", $2 / 1048576 }' /proc/meminfo 2>/dev/null)
  version=$("$1/lamina" --version | paste -sd ';' | sed 's/;/, /g')
  commit=$(git -C "$1" describe --always --dirty 2>/dev/null)
  echo "- Machine: ${cpu:-$(uname -m)}, $(getconf _NPROCESSORS_ONLN) cores, ${memory:-memory unknown}, $(uname -s) $(uname -r | cut -d - -f 1)"
  echo "- $version${commit:+, commit $commit}"
}
