package io.github.oom4j.cgroup.internal;

/** What the shells do that guard boxes, in the words that every {@code /bin/sh} knows. */
final class GuardScripts {

  /**
   * How to get rid of a box, for up to a minute. Killing PID 0 would hit our own process group; the
   * kernel prints 0 for processes of other PID namespaces. Without cgroup.kill (before 5.14, and
   * v1) processes that fork meanwhile are found in the next round. To kill takes no fork, after
   * whose failure dash would exit: {@code sweep BOX :} does that alone.
   */
  private static final String REMOVE =
      """
      sweep() {
        [ -f "$1/cgroup.kill" ] && echo 1 >"$1/cgroup.kill"
        for d in "$1"/*/ "$1"/.[!.]*/; do
          [ -d "$d" ] && sweep "${d%/}" $2
        done
        while IFS= read -r p; do
          [ "$p" -gt 0 ] && kill -9 "$p"
        done <"$1/cgroup.procs"
        $2 "$1"
      }
      remove() {
        n=0
        while [ -d "$1" ] && [ $n -lt 600 ]; do
          sweep "$1" rmdir
          n=$((n + 1))
          [ -d "$1" ] && { sleep 0.1 || sleep 1; }
        done
      }
      """;

  /**
   * What a {@link ScopeGuard} does. When systemd is told to stop a scope it sends SIGTERM to all
   * that is in there, and SIGKILL some seconds later: the next box must not be put into that scope.
   * Where the JVM was started with SIGTERM ignored, no shell of its can hear it, and a scope serves
   * one box alone. A signal ends a read, too, hence the second look at a pipe that seems to be at
   * its end. SIGPIPE is to be ignored, as the JVM may be dead before it is answered.
   */
  static final String HOLD =
      """
      hold() {
        box=
        stopped=
        trap 'stopped=1' TERM
        kill -TERM "$1"
        hears=$stopped
        stopped=
        while :; do
          if IFS= read -r line <&3; then
            case $line in
              ?*)
                if [ -z "$stopped" ] && { [ -z "$box" ] || [ -n "$hears" ]; }; then
                  box=$line
                  echo "scope-$1 guarded"
                else
                  echo "scope-$1 stopped"
                fi
                ;;
            esac
          elif [ "$stopped" = 1 ]; then
            stopped=2
          else
            break
          fi
        done
      }
      """;

  // The JVM may be dead before it is answered, hence no SIGPIPE.
  // The boxes are its positional parameters; to set them once for each of a thousand boxes would
  // take dash a second. A cgroup's name holds no newline: the kernel takes none.
  // A ScopeGuard is forked from this shell, since starting a program costs ten times as much. It
  // reads a pipe of its own of which this JVM, after it has opened it, holds the only writing end;
  // until then that is at its end, hence the loop, which is left when this shell is gone. It is
  // killed and waited for on request, so that it is no zombie while this shell lives; killed only
  // if it is still this shell's child, since dash may have reaped it, and its PID be another's.
  static final String OF_JVM =
      "trap '' HUP INT QUIT TERM PIPE\n"
          + REMOVE
          + HOLD
          + """
          while IFS= read -r line; do
            word=${line#?}
            case $line in
              +*)
                set -- "$@" "$word"
                echo "$0 guarded"
                ;;
              -*)
                n=0 left=
                for box; do
                  n=$((n + 1))
                  [ "$box" = "$word" ] || left="$left \\"\\${$n}\\""
                done
                eval "set -- $left"
                if [ -d "$word" ]; then remove "$word" >/dev/null & fi
                ;;
              \\?)
                echo "$0 guarded"
                ;;
              F)
                (
                  exec 3<<'LATCH'
          LATCH
                  [ -p /proc/self/fd/3 ] || { echo "$0 none"; exit; }
                  read -r self rest </proc/self/stat
                  echo "$0 $self"
                  n=0
                  until IFS= read -r rest <&3; do
                    read -r rest rest rest parent rest </proc/self/stat
                    [ "$parent" = $$ ] || exit
                    n=$((n + 1))
                    [ $n -lt 5000 ] || sleep 0.1 # the JVM was stopped, it seems
                  done
                  hold "$self"
                  # systemd may have been asked for a scope, and fails one whose process is gone.
                  if [ -n "$box" ]; then remove "$box"; else sleep 2; fi
                ) &
                ;;
              E*)
                parent=
                read -r rest rest rest parent rest <"/proc/$word/stat"
                [ "$parent" != $$ ] || kill -9 "$word"
                wait "$word"
                ;;
            esac
          done
          for box; do
            sweep "$box" :
          done
          while [ $# -gt 1 ]; do
            remove "$1" &
            shift
          done
          [ $# -eq 0 ] || remove "$1"
          """;

  /** Of a {@link ScopeGuard} that is a process of its own. */
  static final String OF_SCOPE =
      "trap '' HUP INT QUIT TERM PIPE\n"
          + REMOVE
          + HOLD
          + """
          exec 3<&0
          hold $$
          [ -z "$box" ] || remove "$box"
          """;

  private GuardScripts() {}
}
