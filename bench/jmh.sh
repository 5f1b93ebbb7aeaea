#!/usr/bin/env bash
# Times the matrix products of the CPU backend by type, rows, columns and tokens with JMH, building first what it needs.
# The benches are in src/test; JMH is no part of what runs Lamina.
#
#   bench/jmh.sh [ARGS]    arguments of JMH: -h lists them, -l the benches, -lp their parameters
#
# All benches with all parameters take over an hour. Some:
#
#   bench/jmh.sh -p type=Q4_K,Q6_K -p rows=2048 -p columns=2048
#   bench/jmh.sh packed -p type=Q4_0 -p tokens=1 -prof gc        # allocation too
set -euo pipefail
unset CDPATH
root=$(cd "$(dirname "$0")/.." && pwd -P)
# shellcheck source=tools/launcher.sh
. "$root/tools/launcher.sh"
find_jdk
classpath=$root/bench/target/jmh-classpath
"$root/mvnw" -q -f "$root/pom.xml" -pl bench -am test-compile dependency:build-classpath \
  -Dlamina.quick -Dspotless.check.skip=true -DincludeScope=test -Dmdep.outputFile=target/jmh-classpath >&2
# The kernels are fast with these flags only; JMH gives them to the processes that it measures in.
exec "$JAVA_HOME/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow @"$root/tools/jvm.options" @"$root/tools/vector.options" \
  -cp "$root/bench/target/test-classes:$root/bench/target/classes:$(cat "$classpath")" \
  org.openjdk.jmh.Main "$@"
