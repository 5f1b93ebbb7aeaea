#!/usr/bin/env bash
# Compiles the device programs to PTX, which is committed: users need a driver and no CUDA toolkit.
# Needs nvcc; called by `./mvnw process-classes -Pptx -pl kernels -am`, after the headers or the
# kernels' Java have changed.
#
#   tools/ptx.sh CLASSES OUT    CLASSES: folder of the compiled module kernels, OUT: of the PTX
set -euo pipefail
unset CDPATH
classes=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
tools=$(cd "$(dirname "$0")" && pwd)

# Written by CUDA 11.4, which drivers of 470 and later load; nvcc's own number would ask for a driver
# as new as itself. Hints that are newer are dropped; that nothing else is newer, the assembler proves.
version=7.4
newer_hints='used_bytes_mask' # PTX 8.3: which bytes of a load are used
targets='sm_75 sm_80 sm_86 sm_89 sm_90 sm_100 sm_120'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "$classes" "$tools/DeviceSources.java" "$work"
# The compiler's output depends on addresses in memory, so they are kept from changing.
fixed=(setarch -R)
"${fixed[@]}" true 2>/dev/null || fixed=()
compiler=$(nvcc --version | sed -n 's/.*release .*, V//p')
known=$(nvcc --list-gpu-code | grep -xF "${targets// /$'\n'}")
rm -f "$out"/*.ptx.gz
cd "$work"
for source in *.cu; do
  name=${source%.cu}
  "${fixed[@]}" nvcc -ptx --fmad=false -arch=compute_75 -diag-suppress 177 "$source" -o "$name.raw"
  {
    echo "// source $(sha256sum <"$source" | cut -d' ' -f1)"
    echo "// nvcc $compiler"
    sed -e '/^\/\//d' -e "/\.pragma \"$newer_hints /d" -e "s/^\.version .*/.version $version/" "$name.raw"
  } >"$name.ptx"
  for target in $known; do
    ptxas -arch="$target" -o /dev/null "$name.ptx"
  done
  gzip -9 -n <"$name.ptx" >"$out/$name.ptx.gz"
done
echo "$(ls "$out" | wc -l) programs, $(du -sk "$out" | cut -f1) KiB in $out"
