# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # names shared with the other files of lib
# Boots a guest with a job and brings its results back. Nothing of it outlives the calling script.

guest_pid=
tail_pid=
run_dir=
work=$(mktemp -d) # for the calling script

# The guest is the first process of a PID namespace: when it is killed, the kernel kills the others
# there too. User-mode Linux has one process for each process of the guest.
end_guest() {
  local jobs
  [[ -z $tail_pid ]] || kill "$tail_pid" 2>/dev/null || true
  if [[ -n $guest_pid ]]; then
    pkill -KILL -P "$guest_pid" || kill -KILL "$guest_pid" || true
    wait "$guest_pid" || true
    guest_pid=
  fi 2>/dev/null
  jobs=$(jobs -p)
  # shellcheck disable=SC2086 # one word a process
  [[ -z $jobs ]] || kill $jobs 2>/dev/null || true
  [[ -z $run_dir ]] || rm -rf "$run_dir"
  run_dir=''
  tail_pid=''
}
trap 'end_guest; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 129' HUP
trap 'exit 143' TERM

# contained COMMAND... : in namespaces of its own, in place of this shell
contained() {
  local namespaces=(--pid --mount --fork --kill-child=KILL)
  ((EUID == 0)) || namespaces+=(--user --map-root-user)
  exec setsid unshare "${namespaces[@]}" -- "$@"
}

# The kernel sees the C library that it was linked with where the machine has its own, in this mount
# namespace only. (Started through that library's loader it finds no place for its memory.)
boot_uml() {
  # The guest's memory is a file in TMPDIR.
  # shellcheck disable=SC2016 # expanded by the inner shell
  TMPDIR=/dev/shm contained sh -c 'mount --bind "$0" /usr/lib/x86_64-linux-gnu && exec "$@"' \
    "$kernel/lib" "$kernel/linux" "mem=$1" "ubd0=$run_dir/cow,$image" \
    "ubd1r=$run_dir/job" "ubd2=$run_dir/out" "ubd3=$run_dir/swap" root=/dev/ubda rw \
    "uml_dir=$run_dir" umid=guest con0=null,fd:1 con=null ssl=null oom4j.disk=/dev/ubd \
    seccomp=auto "${boot_words[@]}"
}

# -cx16: kernels from 6.12 on crash with it under TCG. -erms, -fsrm: REP STOSB is slow there.
boot_qemu() {
  local drive words="console=ttyS0 root=/dev/vda rw mitigations=off psi=1 nokaslr tsc=reliable"
  local size=${1%M} disks=()
  for drive in "a,file=$image,snapshot=on,cache=unsafe" "b,file=$run_dir/job,readonly=on" \
    "c,file=$run_dir/out,cache=unsafe" "d,file=$run_dir/swap,cache=unsafe"; do
    disks+=(-drive "format=raw,if=none,file.locking=off,id=$drive" -device "virtio-blk-pci,drive=${drive%%,*}")
  done
  contained qemu-system-x86_64 -machine q35 -accel tcg,thread=multi,tb-size=512 -smp 2 \
    -cpu max,-erms,-fsrm,-cx16 -m "$1" \
    -object "memory-backend-ram,size=$((size / 2))M,id=m0" -numa node,memdev=m0,cpus=0 \
    -object "memory-backend-ram,size=$((size / 2))M,id=m1" -numa node,memdev=m1,cpus=1 \
    -nodefaults -nic none -no-reboot -display none -serial stdio \
    -kernel "$kernel/vmlinuz" -initrd "$kernel/initrd" \
    -append "$words oom4j.disk=/dev/vd ${boot_words[*]}" "${disks[@]}"
}

# watchdog FILE SECONDS : returns after that time, or when the file has not grown for $silence seconds.
watchdog() {
  local start=$SECONDS pipe now
  exec {pipe}<> <(:) # a sleep would be one more process to end
  while ((SECONDS - start < $2)); do
    read -rt 1 -u "$pipe" || true
    printf -v now '%(%s)T'
    ((now - $(stat -c %Y "$1") < ${silence:-$2})) || break
  done
}

# run_guest KERNEL USERLAND JOB OUT MEMORY SECONDS [BOOTWORD...] : JOB is a folder with a script
# "run" and a file "environment"; what the script leaves in /out arrives in OUT, the console in
# OUT/console.log. Returns the script's status, or 99 when the guest did not come to an end.
run_guest() {
  local name=$1 userland=$2 job=$3 out=$4 memory=$5 seconds=$6 size status=99
  shift 6
  kernel "$name"
  image "$userland"
  run_dir=$(mktemp -d "${TMPDIR:-/tmp}/oom4j-guest.XXXXXX")
  boot_words=(panic=-1 quiet loglevel=1 lsm=capability log_buf_len=4M systemd.show_status=0 systemd.unified_cgroup_hierarchy=1
    cgroup_no_v1=all TERM=dumb "oom4j.name=$name" "$@")

  size=$(du -sm --apparent-size "$job" | cut -f1)
  truncate -s "$((size * 5 / 4 + 16))M" "$run_dir/job"
  mke2fs -q -t ext4 -O '^has_journal' -m 0 -d "$job" "$run_dir/job"
  truncate -s 256M "$run_dir/out"
  truncate -s 128M "$run_dir/swap"
  rm -rf "$out"
  mkdir -p "$out"
  : >"$out/console.log"

  tail -n +1 -s 0.1 -f "$out/console.log" &
  tail_pid=$!
  if [[ -e $kernel/linux ]]; then
    boot_uml "$memory" "$@" &
  else
    boot_qemu "$memory" "$@" &
  fi </dev/null >"$out/console.log" 2>&1
  guest_pid=$!
  watchdog "$out/console.log" "$seconds" &
  wait -n "$guest_pid" "$!" || true
  if kill -0 "$guest_pid" 2>/dev/null; then
    sleep 0.2
    say "the guest $name hangs, or takes over $seconds s; its last console lines:"
    tail -n 20 "$out/console.log" >&2
  else
    guest_pid=
    tar -xf "$run_dir/out" -C "$out" 2>/dev/null || true
    if [[ -s $out/status ]]; then
      status=$(<"$out/status")
    else
      say "the guest $name ended without a result; its last console lines:"
      tail -n 20 "$out/console.log" >&2
    fi
  fi
  sleep 0.2
  end_guest
  return "$status"
}
