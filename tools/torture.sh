#!/bin/sh
# Tries thousands of damaged files, command lines and templates, and systems that fail, on all commands; the
# tests do so in short. Prints how many variants of each kind ran. Took 27 minutes on two busy cores.
set -eu
unset CDPATH # with it, cd prints where it went
cd "$(dirname "$0")/.."
exec ./mvnw -B -Pquality -pl cli -am test -Dlamina.torture=true -Dsurefire.failIfNoSpecifiedTests=false \
  -Dtest='DamagedFilesTest,HostileOptionsTest,HostileTemplatesTest,SystemFaultsTest' "$@"
