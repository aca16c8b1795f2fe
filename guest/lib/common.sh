# shellcheck shell=bash
# shellcheck disable=SC2034 # names shared with the other files of lib
# Sourced by every command here: strict mode, paths, the cache, messages.
set -euo pipefail
export LC_ALL=C.UTF-8

guest_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
project_dir=$(dirname "$guest_dir")
cache=${OOM4J_GUEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/oom4j-guest}
keyring=${OOM4J_GUEST_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
mkdir -p "$cache"

# mke2fs, mkswap and depmod live in sbin, which an unprivileged user's PATH may lack.
PATH=$PATH:/usr/sbin:/sbin

say() { printf 'guest: %s\n' "$*" >&2; }
die() { say "$*"; exit 2; }

# hash WORD... : one hash of some words and of the files and folders among them, by content
hash() {
  local item
  for item; do
    if [[ -d $item ]]; then
      (cd "$item" && find . -type f -o -type l | LC_ALL=C sort | while read -r f; do
        printf '%s %s ' "$f" "$(readlink "$f" || stat -c %a "$f")"
        [[ -L $f ]] || sha256sum <"$f"
      done)
    elif [[ -f $item ]]; then
      sha256sum <"$item"
    else
      printf '%s\n' "$item"
    fi
  done | sha256sum | cut -c1-16
}

# Runs a command with uid 0 over the files it makes: as root, or in a user namespace.
as_root() {
  if ((EUID == 0)); then "$@"; else unshare --map-root-user --map-auto -- "$@"; fi
}

# built PATH COMMAND... : makes PATH by COMMAND $tmp, once; two callers at a time do not meet
built() {
  local path=$1 t0=$SECONDS
  shift
  if [[ ! -e $path ]]; then
    exec {lock}>"$cache/lock"
    flock "$lock"
    if [[ ! -e $path ]]; then
      say "building ${path##*/} (once)"
      as_root rm -rf "$path.new"
      "$@" "$path.new" >"$cache/build.log" 2>&1 </dev/null || {
        tail -n 25 "$cache/build.log" >&2
        die "could not build ${path##*/}"
      }
      mv "$path.new" "$path"
      say "built ${path##*/} in $((SECONDS - t0)) s"
    fi
    exec {lock}>&-
  fi
}
