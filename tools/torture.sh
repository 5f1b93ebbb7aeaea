#!/bin/sh
# Tries many absurd numbers and damaged files on all commands; the tests do so in short.
set -eu
unset CDPATH # with it, cd prints where it went
cd "$(dirname "$0")/.."
exec ./mvnw -B -pl cli -am test -Dtest='HostileInputTest' -Dsurefire.failIfNoSpecifiedTests=false \
  -DargLine='-Dlamina.torture=true' "$@"
