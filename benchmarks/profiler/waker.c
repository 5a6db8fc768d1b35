// As waker.mjs, in C: what any watcher takes at least.
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **arguments) {
  char buffer[4096];
  const struct timespec pause = {0, atol(arguments[1]) * 1000000L};
  const int file = count > 2 ? open(arguments[2], O_RDONLY) : -1;
  if (write(1, "waking\n", 7) < 0) return 1;
  for (;;) {
    nanosleep(&pause, NULL);
    if (file >= 0 && pread(file, buffer, sizeof buffer, 0) < 0) return 1;
  }
}
