# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # names shared with the other files of lib
# What a guest gets of the project: its tree with the built classes and jars, and the jars that the
# tests depend on.

# build_project : builds classes, jars and test classpaths, unless nothing has changed since; two
# callers at a time do not meet
build_project() (
  stamp=$project_dir/target/guest.built
  mkdir -p "$project_dir/target"
  exec {lock}>"$project_dir/target/guest.lock"
  flock "$lock"
  if [[ -e $stamp && -z $(find "$project_dir"/pom.xml "$project_dir"/*/pom.xml \
    "$project_dir"/*/src "$project_dir"/*/*/{pom.xml,src} -newer "$stamp" -print -quit) ]]; then
    return
  fi
  say 'building the project'
  touch "$stamp.new"
  mvn -q -B -f "$project_dir/pom.xml" -DskipTests -Dspotless.check.skip -Dmaven.javadoc.skip \
    -Dmaven.source.skip package \
    org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath -Dmdep.includeScope=test \
    -Dmdep.outputFile=target/test.classpath >&2 || die 'the project does not build'
  mv "$stamp.new" "$stamp"
)

# stage_project JOB : fills JOB/project
stage_project() {
  mkdir -p "$1/project"
  # Status 1: a file changed meanwhile, as when a build goes on in another terminal.
  { tar -C "$project_dir" --exclude=./.git --exclude=./target --exclude='./*/target/*-reports' \
    --exclude='./*/target/maven-*' --exclude='./*/target/*sources.jar' \
    --exclude='./*/target/*javadoc*' --exclude='./*/target/apidocs' --exclude='./*/target/reports' \
    -cf - . || (($? == 1)); } | tar -C "$1/project" -xf -
  chmod -R a+rX "$1"
  printf 'export OOM4J_GUEST\n' >"$1/environment"
}

# stage_tests JOB : fills JOB/jars, and the files JOB/classpath and JOB/roots: one classpath with all
# modules, since starting a JVM is dear in a guest, and the folders in it that hold an *IT.
stage_tests() {
  local module path entry line='' roots=()
  mkdir -p "$1/jars"
  for path in "$project_dir"/*/target/test.classpath; do
    module=$(basename "${path%/target/test.classpath}")
    [[ -d $project_dir/$module/target/test-classes ]] || continue
    line+=/project/$module/target/test-classes:/project/$module/target/classes:
    if [[ -n $(find "$project_dir/$module/target/test-classes" -name '*IT.class' -print -quit) ]]; then
      roots+=("/project/$module/target/test-classes")
    fi
    while IFS= read -r -d: entry; do
      case $entry in
        '' | "$project_dir"/*) ;;
        *) cp -n "$entry" "$1/jars/" ;;
      esac
    done <<<"$(<"$path"):"
  done
  ((${#roots[@]})) || die 'no module has an *IT class'
  printf '%s/job/jars/*\n' "$line" >"$1/classpath"
  (IFS=: && printf '%s\n' "${roots[*]}") >"$1/roots"
}
