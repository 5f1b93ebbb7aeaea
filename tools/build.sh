#!/bin/sh
# Builds Lamina for ./lamina: runs Maven, copies the jars to .build/app and records a class archive
# there, which makes start-up faster. Expects JAVA_HOME. Progress goes to standard error.
set -eu
unset CDPATH

root=$(cd "$(dirname "$0")/.." && pwd -P)
build=$root/.build
app=$build/app
lock=$build/lock
log=$build/build.log
key="$JAVA_HOME $root"

# shellcheck source=tools/launcher.sh
. "$root/tools/launcher.sh"
# shellcheck source=tools/start.sh
. "$root/tools/start.sh"

progress() {
  if [ -t 2 ]; then
    printf '\r\033[K%s' "$1" >&2
  elif [ "$1" != "${progress_shown:-}" ]; then
    [ -z "$1" ] || echo "$1" >&2
    progress_shown=$1
  fi
}

fail() {
  progress ""
  echo "error: $*" >&2
  exit 1
}

# One build at a time; a lock whose process is gone is taken over.
take_lock() {
  waited=0
  while ! mkdir "$lock" 2>/dev/null; do
    [ -d "$lock" ] || fail "cannot write to $build"
    owner=$(cat "$lock/pid" 2>/dev/null || true)
    if { [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; } || { [ -z "$owner" ] && [ "$waited" -ge 5 ]; }; then
      mv "$lock" "$lock.$$" 2>/dev/null && rm -rf "$lock.$$"
      continue
    fi
    progress "Waiting for another build of Lamina to finish ..."
    waited=$((waited + 1))
    sleep 1
  done
  echo $$ >"$lock/pid"
  trap 'release' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

release() {
  [ -z "${maven:-}" ] || kill "$maven" 2>/dev/null || true
  rm -rf "$build/next" "$lock"
}

# What Maven is at, from its log.
phase() {
  module=$(sed -n 's/.*Building Lamina \([a-z-]*\) .*\(\[[0-9]*\/[0-9]*\]\).*/\2 \1/p' "$log" | tail -n 1)
  echo "${module:-fetching what the build needs}"
}

# The part of Maven's log that tells why: errors up to its advice about Maven itself.
report_failure() {
  if grep -q '^\[ERROR\]' "$log"; then
    sed -n -e '/^\[ERROR\] -> /q' -e '/^\[ERROR\]/p' "$log" | tail -n 20 >&2
  else
    tail -n 20 "$log" >&2
  fi
}

compile() {
  first_time=
  [ -d "$app" ] || first_time=" (the first time, this downloads libraries)"
  rm -rf "$root/cli/target/app"
  "$root/mvnw" -f "$root/pom.xml" --batch-mode -pl cli -am package -Dlamina.quick \
    -Dmaven.test.skip=true -Dspotless.check.skip=true >"$log" 2>&1 </dev/null &
  maven=$!
  if [ -t 2 ]; then
    seconds=0
    while kill -0 "$maven" 2>/dev/null; do
      progress "Building Lamina: $(phase), $seconds s"
      sleep 1
      seconds=$((seconds + 1))
    done
  else
    progress "Building Lamina$first_time ..."
  fi
  if ! wait "$maven"; then
    maven=
    progress ""
    report_failure
    fail "the build failed; all of it is in $log"
  fi
  maven=
  mv "$build/next" "$build/next.old" 2>/dev/null && rm -rf "$build/next.old"
  cp -R "$root/cli/target/app" "$build/next"
  "$JAVA_HOME/bin/java" -Xlog:disable "$root/tools/NewClassFiles.java" "$build/next" >>"$log" 2>&1 ||
    fail "could not make the class files of libraries new; why is in $log"
}

# Runs a few commands once and keeps the classes that they loaded, as they were linked.
archive() {
  rm -f "$app/lamina.aot"
  choose_jvm_flags
  # Without profiles: the compiler would begin with what the start of Java called in this run, and the
  # methods of the first tokens would wait.
  # shellcheck disable=SC2086 # flags are split on purpose
  if "$JAVA_HOME/bin/java" -XX:AOTCacheOutput="$build/new.aot" -Xlog:disable \
    -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining \
    @"$root/tools/jvm.options" $jvm_flags -jar "$app/lamina.jar" warm-up \
    "$root"/cli/src/main/resources/dev/lamina/cli/demo/*.gguf >"$build/archive.log" 2>&1 </dev/null &&
    [ -f "$build/new.aot" ]; then
    mv "$build/new.aot" "$app/lamina.aot"
  fi
}

mkdir -p "$build" 2>/dev/null || fail "Lamina is not built yet and $root cannot be written: build it once as a user who can"
take_lock
if ! is_current "$root" "$app"; then
  touch "$build/stamp"
  compile
  mv "$build/stamp" "$build/next/stamp"
  [ ! -d "$app" ] || mv "$app" "$build/old"
  mv "$build/next" "$app"
  rm -rf "$build/old"
fi
if ! is_built_for "$app" "$key"; then
  progress "Building Lamina: preparing a fast start"
  archive
  echo "$key" >"$app/built-for"
fi
[ ! -t 2 ] || progress ""
