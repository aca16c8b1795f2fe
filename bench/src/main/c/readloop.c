/* The floor: what it costs C to read the same kernel files. Prints nanoseconds per round.
 *
 *   readloop meminfo ROUNDS    open, read, close /proc/meminfo
 *   readloop ranking ROUNDS    of every PID: oom_score_adj, stat, status, cgroup, as OomRanking
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char buffer[65536];
static long sum;

static void read_file(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  ssize_t n;
  while ((n = read(fd, buffer, sizeof buffer)) > 0) sum += n;
  close(fd);
}

static void ranking(void) {
  static const char *files[] = {"oom_score_adj", "stat", "status", "cgroup"};
  DIR *proc = opendir("/proc");
  struct dirent *entry;
  while (proc && (entry = readdir(proc))) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    for (int i = 0; i < 4; i++) {
      char path[300];
      snprintf(path, sizeof path, "/proc/%s/%s", entry->d_name, files[i]);
      read_file(path);
    }
  }
  if (proc) closedir(proc);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  long rounds = atol(argv[2]);
  struct timespec a, b;
  clock_gettime(CLOCK_MONOTONIC, &a);
  for (long i = 0; i < rounds; i++) {
    if (strcmp(argv[1], "meminfo") == 0) read_file("/proc/meminfo");
    else ranking();
  }
  clock_gettime(CLOCK_MONOTONIC, &b);
  printf("%.0f\n", ((b.tv_sec - a.tv_sec) * 1e9 + (b.tv_nsec - a.tv_nsec)) / rounds);
  return sum == 0;
}
