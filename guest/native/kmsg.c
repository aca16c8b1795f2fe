/*
 * kmsg [all] : the records of /dev/kmsg, each as the kernel hands it over, since the last dmesg -C
 * (SEEK_DATA) or from the first one. What the ring has lost is told on standard error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
  char record[8192];
  int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
  if (fd < 0 || (argc < 2 && lseek(fd, 0, SEEK_DATA) < 0)) {
    perror(argv[0]);
    return 1;
  }
  for (;;) {
    ssize_t n = read(fd, record, sizeof record);
    if (n < 0 && errno == EPIPE) fputs("records were overwritten\n", stderr);
    else if (n < 0 && errno == EINTR) continue;
    else if (n <= 0) return n < 0 && errno != EAGAIN;
    else if (write(STDOUT_FILENO, record, n) != n) return 1;
  }
}
