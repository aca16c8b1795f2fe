/*
 * hog MIB [name NAME] [adj N] [idle N] [delay MS] [shared] [stay S]
 * Touches MIB of memory. Prints its pid first. "idle N" forks N children of 1 MiB each that wait.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what) {
  perror(what);
  exit(3);
}

static char *memory(size_t bytes, int sharing) {
  char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) die("mmap");
  return p;
}

static void touch(char *p, size_t bytes) {
  for (size_t i = 0; i < bytes; i += 4096) p[i] = (char)(i >> 12) | 1;
}

static void adjust(const char *value) {
  int fd = open("/proc/self/oom_score_adj", O_WRONLY);
  if (fd < 0 || write(fd, value, strlen(value)) < 0) die("oom_score_adj");
  close(fd);
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  size_t bytes = strtoul(argv[1], NULL, 10) << 20;
  int sharing = MAP_PRIVATE, idle = 0, stay = 0, delay = 0;
  for (int i = 2; i < argc; i++) {
    if (!strcmp(argv[i], "shared")) {
      sharing = MAP_SHARED;
      continue;
    }
    if (i + 1 == argc) return 2;
    const char *value = argv[i + 1];
    if (!strcmp(argv[i], "name")) prctl(PR_SET_NAME, value);
    else if (!strcmp(argv[i], "adj")) adjust(value);
    else if (!strcmp(argv[i], "idle")) idle = atoi(value);
    else if (!strcmp(argv[i], "delay")) delay = atoi(value);
    else if (!strcmp(argv[i], "stay")) stay = atoi(value);
    else return 2;
    i++;
  }
  printf("%d\n", getpid());
  fflush(stdout);
  for (int i = 0; i < idle; i++)
    if (fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      touch(memory(1 << 20, MAP_PRIVATE), 1 << 20);
      pause();
    }
  /* Its own code must stay in memory, or a machine out of memory reads it from the disk for minutes. */
  mlockall(MCL_CURRENT);
  usleep(delay * 1000);
  touch(memory(bytes, sharing), bytes);
  sleep(stay);
  return 0;
}
