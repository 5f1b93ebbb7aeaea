# What ./lamina, ./mvnw and tools/build.sh share; POSIX sh, to be sourced.
# find_jdk finds a JDK 25 or newer and exports it as JAVA_HOME. It reads the `release` file of each
# candidate rather than starting its java: that takes no time.

JDK_WANTED=25

# Sets jdk_found to the feature version (such as 25) of the JDK in folder $1; fails if there is no JDK.
jdk_version() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r jdk_line; do
    case $jdk_line in
      JAVA_VERSION=*)
        jdk_line=${jdk_line#JAVA_VERSION=}
        jdk_line=${jdk_line#\"}
        jdk_line=${jdk_line%%[!0-9]*}
        [ -z "$jdk_line" ] || { jdk_found=$jdk_line && return 0; }
        ;;
    esac
  done <"$1/release"
  return 1
}

jdk_fits() {
  jdk_version "$1" && [ "$jdk_found" -ge "$JDK_WANTED" ]
}

# Prints the file that $1 leads to through symbolic links.
follow_links() {
  link_file=$1
  while [ -L "$link_file" ]; do
    link_to=$(readlink "$link_file")
    case $link_to in
      /*) link_file=$link_to ;;
      *) link_file=$(dirname "$link_file")/$link_to ;;
    esac
  done
  echo "$link_file"
}

# Sets jdk_best to the oldest JDK that fits among the folders given: the nearest to what is tested.
jdk_search() {
  jdk_best=
  jdk_best_version=
  for jdk_home in "$@"; do
    jdk_fits "$jdk_home" || continue
    if [ -z "$jdk_best" ] || [ "$jdk_found" -lt "$jdk_best_version" ]; then
      jdk_best=$jdk_home
      jdk_best_version=$jdk_found
    fi
  done
  [ -n "$jdk_best" ]
}

find_jdk() {
  if [ -n "${JAVA_HOME:-}" ] && jdk_fits "$JAVA_HOME"; then
    export JAVA_HOME
    return 0
  fi
  if jdk_java=$(command -v java); then
    jdk_java=$(follow_links "$jdk_java")
    jdk_home=$(dirname "$(dirname "$jdk_java")")
    if jdk_fits "$jdk_home"; then
      JAVA_HOME=$jdk_home
      export JAVA_HOME
      return 0
    fi
  fi
  if jdk_search /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /opt/* /opt/java/* \
    "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/* \
    "${HOME:-/nonexistent}"/.gradle/jdks/* "${HOME:-/nonexistent}"/.asdf/installs/java/* \
    "${HOME:-/nonexistent}"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-/nonexistent}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec; then
    JAVA_HOME=$jdk_best
    export JAVA_HOME
    return 0
  fi
  if [ -x /usr/libexec/java_home ] &&
    jdk_home=$(/usr/libexec/java_home -v "$JDK_WANTED+" 2>/dev/null) && jdk_fits "$jdk_home"; then
    JAVA_HOME=$jdk_home
    export JAVA_HOME
    return 0
  fi
  echo "error: no JDK $JDK_WANTED or newer found; install one (Debian/Ubuntu: sudo apt install" \
    "openjdk-$JDK_WANTED-jdk; Fedora: sudo dnf install java-$JDK_WANTED-openjdk-devel; macOS: brew" \
    "install openjdk@$JDK_WANTED; Windows: winget install EclipseAdoptium.Temurin.$JDK_WANTED.JDK)" \
    "or from https://adoptium.net, or set JAVA_HOME to one" >&2
  return 1
}

# True if the application in folder $2 was built from the sources in $1 as they are now. One process looks at
# all of them: editing a file does not change its folder.
is_current() {
  [ -f "$2/lamina.jar" ] && [ -z "$(find "$1"/pom.xml "$1"/*/pom.xml "$1"/*/src/main "$1"/tools \
    -newer "$2/stamp" 2>/dev/null)" ]
}

# True if the application in folder $1 has its cache of classes for $2, a JDK and a checkout.
is_built_for() {
  [ -r "$1/built-for" ] || return 1
  built_for=
  while IFS= read -r built_line; do
    built_for=${built_for:+$built_for
}$built_line
  done <"$1/built-for"
  [ "$built_for" = "$2" ]
}
