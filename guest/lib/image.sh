# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # names shared with the other files of lib
# The guest's root file system: packages by mmdebstrap, our files on top, an ext4 image by mke2fs -d.

userlands=(bookworm bullseye trixie)

packages() {
  local common=systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd,procps,kmod,attr,numactl,stress-ng,busybox
  case $1 in
    bullseye) echo "$common,openjdk-17-jre-headless" ;;
    bookworm) echo "$common,systemd-oomd,openjdk-17-jre-headless" ;;
    trixie) echo "$common,systemd-oomd,openjdk-21-jre-headless" ;;
    *) die "no such userland: $1 (there are: ${userlands[*]})" ;;
  esac
}

# image USERLAND : sets $image to the root image, building it first if need be
image() {
  local list tar
  list=$(packages "$1")
  tar=$cache/root-$1-$(hash "$list" "$(declare -f make_tar)").tar
  image=$cache/root-$1-$(hash "${tar##*/}" "$guest_dir/rootfs" "$guest_dir/native" \
    "$guest_dir/lib/customize").ext4
  if [[ ! -e $image ]]; then
    built "$tar" make_tar "$1" "$list"
    built "$image" make_image "$tar"
  fi
}

# The JRE's scripts fail without a folder for man pages, which minbase leaves out.
make_tar() {
  # shellcheck disable=SC2016 # mmdebstrap sets $1
  mmdebstrap --mode=auto --variant=minbase --skip=check/empty --include="$2" \
    --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --essential-hook='mkdir -p "$1/usr/share/man/man1"' \
    --format=tar "$1" "$3" "$(source_line "$1")"
}

make_image() {
  as_root "$guest_dir/lib/customize" "$1" "$guest_dir/rootfs" "$guest_dir/native" "$2"
}
