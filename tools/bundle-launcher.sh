#!/bin/sh
# Runs Lamina with the runtime beside this script; in a bundle its name is lamina.
# LAMINA_JAVA_OPTS holds further flags for the JVM.
set -eu
unset CDPATH
PATH=${PATH:+$PATH:}/usr/bin:/bin
script=$0
[ ! -L "$script" ] || script=$(readlink -f -- "$script")
script=${script%"${script##*/}"}
here=$(cd -- "${script:-.}" && pwd -P)

# shellcheck source=tools/start.sh
. "$here/start.sh"
hold_streams
check_folder
start_jvm "$here/runtime/bin/java" -Djava.library.path="$here/native" "$here/jvm.options" \
  "$here/app/lamina.jar" "$@"
