#!/usr/bin/env bash
# Makes lamina-linux-x64.tar.xz: Lamina with a Java runtime of its own and the native libraries of
# its GPU backends. Unpack it on any Linux machine with an x86-64 processor and run lamina/lamina.
#
#   tools/bundle.sh [FOLDER]    where to put the archive (default: .build)
set -euo pipefail
unset CDPATH
root=$(cd "$(dirname "$0")/.." && pwd -P)
# shellcheck source=tools/launcher.sh
. "$root/tools/launcher.sh"
find_jdk
out=${1:-$root/.build}
"$root/lamina" --version >/dev/null # builds it if need be
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bundle=$work/lamina
mkdir -p "$bundle/app" "$bundle/native" "$out"

"$JAVA_HOME/bin/jlink" --output "$bundle/runtime" --strip-debug --no-man-pages --no-header-files \
  --compress zip-0 --add-modules \
  java.base,java.desktop,java.logging,java.management,java.net.http,jdk.httpserver,jdk.incubator.vector,jdk.management,jdk.unsupported
cp -R "$root"/.build/app/*.jar "$root/.build/app/tools" "$bundle/app"
# The libraries lie beside the jars that would unpack them at every start; those of other systems, and
# the assembler that only tests use, stay out.
(
  cd "$work"
  "$JAVA_HOME/bin/jar" xf "$bundle"/app/jcuda-natives-*-linux-x86_64.jar
  "$JAVA_HOME/bin/jar" xf "$bundle"/app/jocl-*.jar
  cp lib/libJCudaDriver-*-linux-x86_64.so lib/libJOCL_*-linux-x86_64.so "$bundle/native"
)
rm "$bundle"/app/jcuda-natives-*.jar
cp "$root/tools/jvm.options" "$root/tools/vector.options" "$root/tools/start.sh" "$root/tools/gpu-suite.sh" "$bundle"
cp "$root/tools/bundle-launcher.sh" "$bundle/lamina"
chmod +x "$bundle/lamina" "$bundle/gpu-suite.sh"
# The caches of classes hold the times of these files, which tar makes 0; then what starts fast here does so elsewhere.
touch -d @0 "$bundle/runtime/lib/modules" "$bundle"/app/*.jar
"$bundle/runtime/bin/java" -Xshare:dump -XX:+UseSerialGC -Xlog:disable
# Without profiles, see build.sh.
"$bundle/runtime/bin/java" -XX:AOTCacheOutput="$bundle/app/lamina.aot" -Xlog:disable \
  -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining \
  @"$bundle/jvm.options" -jar "$bundle/app/lamina.jar" warm-up \
  "$root"/cli/src/main/resources/dev/lamina/cli/demo/*.gguf </dev/null
tar -C "$work" --sort=name --owner=0 --group=0 --mtime=@0 -cf - lamina | xz -6 -T0 >"$out/lamina-linux-x64.tar.xz"
echo "$out/lamina-linux-x64.tar.xz: $(($(wc -c <"$out/lamina-linux-x64.tar.xz") / 1048576)) MiB"
