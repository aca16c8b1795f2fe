# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # names shared with the other files of lib
# Kernels from the distribution's packages. A kernel is a folder in the cache: for user-mode Linux
# the program "linux", for QEMU "vmlinuz" and "initrd".

all_kernels=(uml uml-7.x 5.10 6.1 6.12 6.18 7.x)

# suite and package of a kernel's name
kernel_source() {
  case $1 in
    uml) echo bookworm user-mode-linux ;;
    uml-6.12) echo trixie user-mode-linux ;;
    uml-7.x) echo forky user-mode-linux ;;
    5.10) echo bullseye 'linux-image-5\.10\.[0-9].*-cloud-amd64' ;;
    6.1) echo bookworm 'linux-image-6\.1\.[0-9].*-cloud-amd64' ;;
    6.12) echo trixie 'linux-image-6\.12\.[0-9].*-cloud-amd64' ;;
    6.18) echo trixie-backports 'linux-image-6\.18\.[0-9].*-cloud-amd64' ;;
    7.x) echo trixie-backports 'linux-image-7\.[0-9].*-cloud-amd64' ;;
    *) die "no such kernel: $1 (there are: ${all_kernels[*]})" ;;
  esac
}

# kernel NAME : sets $kernel to the kernel's folder, fetching it first if need be
kernel() {
  local source
  source=$(kernel_source "$1")
  kernel=$cache/kernel-$1-$(hash "$source" "$(declare -f fetch_uml fetch_linux)" "$guest_dir/lib/initrd")
  # shellcheck disable=SC2086 # two words
  built "$kernel" fetch_kernel $source
}

fetch_kernel() {
  local suite=$1 package=$2 into=$3
  apt_update "$suite"
  if [[ $package == user-mode-linux ]]; then
    fetch_uml "$suite" "$into"
  else
    package=$(newest "$suite" "$package")
    fetch_linux "$suite" "$into" "$package"
  fi
}

# With the C library it was linked with: a newer one's kernel does not run on an older machine's.
fetch_uml() {
  local suite=$1 into=$2
  unpack "$suite" "$into/tree" user-mode-linux libc6 libgcc-s1
  cp "$into/tree/usr/bin/linux.uml" "$into/linux"
  mkdir "$into/lib"
  find "$into/tree" -path '*/x86_64-linux-gnu/*' -name '*.so.*' -exec cp -P {} "$into/lib/" \;
  rm -rf "$into/tree"
}

# From 7.x on linux-image depends on a package with the kernel and one with the modules.
fetch_linux() {
  local suite=$1 into=$2 package=$3 version=${3#linux-image-}
  local tree=$into/tree packages=("$package") part
  for part in linux-binary linux-modules; do
    if apt_in "$suite" apt-cache show "$part-$version" >/dev/null 2>&1; then
      packages+=("$part-$version")
    fi
  done
  unpack "$suite" "$tree" "${packages[@]}"
  # With /usr merged or not, the modules are in one of two places.
  [[ -d $tree/lib/modules ]] || ln -s usr/lib "$tree/lib"
  find "$tree/" "$tree/lib/" -name 'vmlinuz*' -type f -exec cp {} "$into/vmlinuz" \; -quit
  depmod -b "$tree" "$version"
  "$guest_dir/lib/initrd" "$tree/lib/modules/$version" "$into/initrd"
  printf '%s\n' "$version" >"$into/version"
  rm -rf "$tree"
}

# The guests of --all: each kernel, each systemd.
matrix=(uml/bookworm uml/bullseye uml/trixie uml-7.x/trixie 5.10/bullseye 6.1/bookworm 6.12/trixie
  6.18/bookworm 7.x/trixie)

# provides KERNEL root|user : what a guest promises to its tests, as names of the enum Need
provides() {
  local list=LINUX,GUEST,CGROUP_V2,MEMORY_CGROUP,SYSTEMD_SYSTEM_BUS,SWAP
  case $2 in
    root) list+=,ROOT,KMSG,CAP_SYS_RESOURCE ;;
    user) list+=,UNPRIVILEGED,SYSTEMD_USER_BUS,NO_CAP_SYS_RESOURCE ;;
  esac
  # User-mode Linux has one processor, and is built without pressure stall information and cpusets.
  [[ $1 == uml* ]] || list+=,PSI,CPUSET,NUMA,SMP
  printf '%s\n' "$list"
}

# The seconds after which a guest with the tests is taken for hung: in all, and without a word.
limit() { [[ $1 == uml* ]] && echo 3600 || echo 1800; }
silence=300
