# How ./lamina and the launcher of a bundle start the JVM, whatever surrounds them; POSIX sh, to be sourced.

# The next file that a program opens would take the place of a standard stream that is closed, and be read
# as input or written to. What takes it here fails like a closed stream: it is open in the other direction.
hold_streams() {
  { command : 3<&0; } 2>/dev/null || exec 0>/dev/null
  { command : 3>&1; } 2>/dev/null || exec 1</dev/null
  command : 3>&2 2>/dev/null || exec 2</dev/null
}

# Java does not start in a folder that is gone.
check_folder() {
  [ "${PWD:-}" -ef . ] && return
  echo "error: the current folder does not exist any more; change to another one (cd)" >&2
  exit 1
}

# Java reads arguments and names of files in the encoding of the locale, and loses what that does not
# have: in locales of Latin-1 and ASCII, and in those that are named but not installed.
use_utf8() {
  if [ -e /usr/lib/locale/C.utf8 ] || [ -e /usr/lib/locale/C.UTF-8 ] ||
    [ "$(locale charmap 2>/dev/null)" != UTF-8 ]; then
    export LC_ALL=C.UTF-8
  fi
}

# Sets jvm_flags to those that depend on the surroundings; they go behind jvm.options.
choose_jvm_flags() {
  jvm_flags=
  jvm_heap=
  # shellcheck disable=SC2086 # flags are split on purpose
  for jvm_flag in ${JDK_JAVA_OPTIONS:-} ${JAVA_TOOL_OPTIONS:-} ${_JAVA_OPTIONS:-} ${LAMINA_JAVA_OPTS:-}; do
    case $jvm_flag in
      -XX:+UseSerialGC) ;;
      -XX:+Use[A-Z]*GC) jvm_flags=-XX:-UseSerialGC ;; # two collectors are an error
      -Xmx* | -XX:MaxHeapSize=* | -XX:MaxRAMPercentage=*) jvm_heap=chosen ;;
    esac
  done
  jvm_space=$(ulimit -v 2>/dev/null) || jvm_space=unlimited
  case $jvm_space in
    '' | *[!0-9]*) return ;;
  esac
  if [ "$jvm_space" -lt 786432 ]; then
    echo "error: the address space is limited to $((jvm_space / 1024)) MiB (ulimit -v);" \
      "Lamina takes 768 MiB, and the model's size besides" >&2
    exit 1
  elif [ "$jvm_space" -lt 16777216 ]; then
    # By default the JVM reserves more than there is, and ends when it does not get it.
    export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
    jvm_flags="$jvm_flags -XX:CompressedClassSpaceSize=48m -XX:ReservedCodeCacheSize=64m"
    [ -n "$jvm_heap" ] || jvm_flags="$jvm_flags -Xmx$((jvm_space / 4096))m"
    # Drivers for OpenCL abort the process where they get no memory; so they are not loaded.
    [ "$jvm_space" -ge 1500000 ] || export OCL_ICD_VENDORS=/nonexistent
  fi
}

# Whether a command runs models. Such ones start without the jars of those that measure and quantize.
runs_models() {
  for jvm_word; do
    [ "$jvm_word" != --completion-bash ] || return 1
  done
  case ${1:-} in
    run | chat | tokenize | inspect | plan | devices | doctor | --version) ;;
    *) return 1 ;;
  esac
}

# Whether a command computes in machine code only, by its arguments and what the processor can do.
is_machine_code() {
  case ${LAMINA_JAVA_OPTS:-} in *native-access=deny*) return 1 ;; esac
  for jvm_word; do
    case $jvm_word in vector | *=vector | vector,* | *,vector | *,vector,*) return 1 ;; esac
  done
  # The first checks all kernels, the others compute with activations in floats.
  case ${1:-} in doctor | perplexity | quality | choose) return 1 ;; esac
  while read -r jvm_word jvm_line; do
    case $jvm_word in
      flags)
        case " $jvm_line " in *' avx2 '*) return 0 ;; esac
        return 1
        ;;
    esac
  done 2>/dev/null </proc/cpuinfo
  return 1
}

# Becomes the JVM, after hold_streams and check_folder: start_jvm JAVA FLAG OPTIONS-FILE JAR [ARGUMENT ...]
# The cache of classes lies beside the JAR.
start_jvm() {
  use_utf8
  set -f # patterns in flags are no names of files
  choose_jvm_flags
  jvm_java=$1
  jvm_own_flag=$2
  jvm_options=$3
  jvm_jar=$4
  jvm_tools=${jvm_jar%/*}/tools
  jvm_cache=${jvm_jar%.jar}.aot
  shift 4
  jvm_vectors=${jvm_options%/*}/vector.options
  if is_machine_code "$@"; then
    jvm_vectors=
    # The optimizing compiler would take the time of its threads and keep the slower code that it learns from:
    # 0.1 s of the first second, on two cores. The other one compiles what makes tokens before what starts Java.
    case ${1:-} in
      run | chat)
        jvm_flags="$jvm_flags -XX:TieredStopAtLevel=1 -XX:CompileCommand=quiet"
        jvm_flags="$jvm_flags -XX:CompileCommand=CompileThresholdScaling,dev.lamina.*::*,0.3"
        ;;
    esac
  fi
  if [ ! -d "$jvm_tools" ] || runs_models "$@"; then
    set -- -jar "$jvm_jar" "$@"
  else
    case $jvm_jar in
      *:*)
        echo "error: a class path cannot hold ${jvm_jar%/*}, for its ':'; rename the folder" >&2
        exit 1
        ;;
    esac
    # lamina.jar comes first, as in the cache of classes. Here its manifest gives no rights.
    set -- --enable-native-access=ALL-UNNAMED \
      --add-exports=java.base/jdk.internal.module=ALL-UNNAMED \
      -cp "$jvm_jar:$jvm_tools/*" dev.lamina.cli.Lamina "$@"
  fi
  # Named and not there, it would cost the archive of the JDK too.
  [ -f "$jvm_cache" ] || jvm_cache=
  # The JVM does not see that a jar was changed since, and would run the classes of the old one.
  set +f
  for jvm_word in "${jvm_jar%/*}"/*.jar; do
    [ ! "$jvm_word" -nt "$jvm_cache" ] || jvm_cache=
  done
  set -f
  # Messages of the JVM go to standard error, and none tells of a cache that no longer fits.
  # shellcheck disable=SC2086 # flags are split on purpose
  exec "$jvm_java" "$jvm_own_flag" ${jvm_cache:+"-XX:AOTCache=$jvm_cache"} -XX:+DisplayVMOutputToStderr \
    -Xlog:disable -Xlog:all=warning:stderr -Xlog:aot*=off:stderr -Xlog:cds*=off:stderr \
    @"$jvm_options" ${jvm_vectors:+"@$jvm_vectors"} $jvm_flags ${LAMINA_JAVA_OPTS:-} "$@"
}
