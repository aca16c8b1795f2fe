# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # names shared with the other files of lib
# Packages of any Debian suite, through a private apt root with verified signatures.

# The mirror that this machine's own apt uses for Debian.
mirror() {
  if [[ -n ${OOM4J_GUEST_MIRROR:-} ]]; then
    printf '%s\n' "$OOM4J_GUEST_MIRROR"
  else
    # shellcheck disable=SC2016 # apt's own placeholder
    apt-get indextargets --format '$(REPO_URI)' | grep -E '/debian/?$' | head -n 1 | sed 's,/$,,' |
      grep . || die 'no Debian mirror in this machine'\''s apt sources: set OOM4J_GUEST_MIRROR'
  fi
}

source_line() { printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$(mirror)" "$1"; }

# apt_in SUITE COMMAND... : an apt command that sees this suite and nothing else
apt_in() {
  local root=$cache/apt/$1
  shift
  APT_CONFIG=$root/apt.conf "$@"
}

# apt_update SUITE : makes the private apt root and fetches the suite's lists
apt_update() {
  local root=$cache/apt/$1
  mkdir -p "$root"/{lists/partial,cache/archives/partial}
  : >"$root/status"
  source_line "$1" >"$root/sources.list"
  cat >"$root/apt.conf" <<END
Dir::Etc::SourceList "$root/sources.list";
Dir::Etc::SourceParts "-";
Dir::Etc::PreferencesParts "-";
Dir::State::Lists "$root/lists";
Dir::State::Status "$root/status";
Dir::Cache "$root/cache";
APT::Architectures { "amd64"; };
APT::Sandbox::User "$(id -un)";
APT::Update::Post-Invoke-Success "";
Acquire::Languages "none";
Acquire::Retries "2";
END
  apt_in "$1" apt-get -q update -o APT::Update::Error-Mode=any
}

# newest SUITE REGEX : the package with the highest version in its name
newest() {
  apt_in "$1" apt-cache pkgnames | grep -E "^$2\$" | sort -V | tail -n 1 | grep . ||
    die "$1 has no package $2"
}

# unpack SUITE DIRECTORY PACKAGE... : downloads (apt checks the hashes), unpacks, removes the archive
unpack() {
  local suite=$1 into=$2 package
  shift 2
  mkdir -p "$into/.deb"
  for package; do
    (cd "$into/.deb" && apt_in "$suite" apt-get -q download "$package")
    dpkg-deb -x "$into"/.deb/*.deb "$into"
    rm "$into"/.deb/*.deb
  done
  rmdir "$into/.deb"
}
