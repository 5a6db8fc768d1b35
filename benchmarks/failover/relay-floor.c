// The least that a TCP relay costs at all: a thread for each connection, poll, read, write, nothing looked at. Prints its port;
// ends with its standard input. `cc -O2 -pthread relay-floor.c -o relay-floor; ./relay-floor UPSTREAM_PORT`
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in upstream = {.sin_family = AF_INET};

static int move(int from, int to, char *memory, size_t size) {
  ssize_t count = read(from, memory, size);
  if (count <= 0) return 0;
  for (ssize_t done = 0; done < count;) {
    ssize_t written = write(to, memory + done, count - done);
    if (written <= 0) return 0;
    done += written;
  }
  return 1;
}

static void *relay(void *argument) {
  const size_t size = 256 << 10;
  int one = 1, client = (int)(long)argument, server = socket(AF_INET, SOCK_STREAM, 0);
  char *memory = malloc(size);
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(server, (struct sockaddr *)&upstream, sizeof upstream) == 0) {
    struct pollfd sides[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    while (poll(sides, 2, -1) > 0) {
      if (sides[0].revents && !move(client, server, memory, size)) break;
      if (sides[1].revents && !move(server, client, memory, size)) break;
    }
  }
  free(memory);
  close(client);
  close(server);
  return NULL;
}

static void *accepting(void *argument) {
  int listener = (int)(long)argument;
  for (int client; (client = accept(listener, NULL, NULL)) >= 0;) {
    pthread_t thread;
    pthread_create(&thread, NULL, relay, (void *)(long)client);
    pthread_detach(thread);
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count < 2) return 2;
  signal(SIGPIPE, SIG_IGN);
  upstream.sin_port = htons(atoi(arguments[1]));
  upstream.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof own;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&own, sizeof own) || listen(listener, 64)) return 1;
  getsockname(listener, (struct sockaddr *)&own, &length);
  printf("%d\n", ntohs(own.sin_port));
  fflush(stdout);
  pthread_t thread;
  pthread_create(&thread, NULL, accepting, (void *)(long)listener);
  while (getchar() != EOF) {
  }
  return 0;
}
