#include "support/redis_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void pause_ms(int ms)
{
    const struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

    nanosleep(&time, NULL);
}

static int listen_somewhere(int *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t size = sizeof at;
    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (file < 0 || bind(file, (struct sockaddr *)&at, sizeof at) || listen(file, 16) ||
        getsockname(file, (struct sockaddr *)&at, &size))
        abort();
    *port = ntohs(at.sin_port);
    return file;
}

static int reach(int port)
{
    const struct sockaddr_in at = { .sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)port),
                                    .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (file >= 0 && connect(file, (const struct sockaddr *)&at, sizeof at)) {
        close(file);
        file = -1;
    }
    return file;
}

const char *redis_server_tell(int port, const char *line)
{
    static char answer[200];
    int file = reach(port);
    ssize_t got = -1;

    answer[0] = '\0';
    if (file >= 0 && dprintf(file, "%s\r\n", line) > 0)
        got = read(file, answer, sizeof answer - 1);
    answer[got > 0 ? got : 0] = '\0';
    answer[strcspn(answer, "\r")] = '\0';
    if (file >= 0)
        close(file);
    return answer;
}

static _Noreturn void become_server(const redis_server *s, const char *password)
{
    static const char *const programs[] = { "/usr/bin/redis-server", "/usr/local/bin/redis-server",
                                            "/usr/bin/valkey-server", "/usr/bin/redis-check-rdb" };
    char port[16];

    snprintf(port, sizeof port, "%d", s->port);
    if (!freopen("/dev/null", "w", stdout))
        _exit(127);
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        execl(programs[i], "redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly",
              "no", "--dir", s->folder, password ? "--requirepass" : "--databases", password ? password : "16",
              (char *)NULL);
    _exit(127);
}

int redis_server_start(redis_server *s, const char *password)
{
    int listener;

    strcpy(s->folder, "/tmp/inspyr-redis.XXXXXX");
    if (!mkdtemp(s->folder))
        abort();
    listener = listen_somewhere(&s->port);
    close(listener);
    s->process = fork();
    if (!s->process)
        become_server(s, password);
    for (;;) {
        int status;

        if (*redis_server_tell(s->port, "PING"))
            return 1;
        if (waitpid(s->process, &status, WNOHANG) == s->process)
            break;
        pause_ms(5);
    }
    rmdir(s->folder);
    printf("skipped: no redis-server here\n");
    return 0;
}

void redis_server_stop(redis_server *s)
{
    kill(s->process, SIGKILL);
    waitpid(s->process, NULL, 0);
    rmdir(s->folder);
}

/* One connection through the wire. */
typedef struct line {
    redis_wire *wire;
    int client, server;
    long answered; /* bytes that came back from the server */
} line;

static bool send_all(int file, const char *bytes, size_t size)
{
    while (size) {
        ssize_t sent = send(file, bytes, size, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool answer(line *l, char *bytes, size_t size)
{
    const int fault = l->wire->fault;

    if (fault == FAULT_LIES)
        bytes[(size_t)l->wire->position++ % size] ^= 1;
    if (fault == FAULT_CUTS) {
        send_all(l->client, bytes, size / 2);
        return false;
    }
    for (size_t i = 0; fault == FAULT_SLOW && i < size && l->wire->fault == FAULT_SLOW && !l->wire->ends; i++) {
        if (!send_all(l->client, bytes + i, 1))
            return false;
        pause_ms(1);
        if (i + 1 == size)
            return true;
    }
    return fault == FAULT_SLOW ? false : send_all(l->client, bytes, size);
}

static bool pass(line *l, bool from_server)
{
    static const char babble[] = "*2147483647\r\n$536870912\r\nwhat?";
    char bytes[4096];
    const int fault = l->wire->fault;
    ssize_t got = read(from_server ? l->server : l->client, bytes, sizeof bytes);

    if (got <= 0 || fault == FAULT_SHUT)
        return false;
    if (fault == FAULT_SILENT)
        return true;
    if (fault == FAULT_BABBLE)
        return send_all(l->client, babble, sizeof babble - 1);
    return from_server ? answer(l, bytes, (size_t)got) : send_all(l->server, bytes, (size_t)got);
}

static void *carry(void *user)
{
    line *l = user;
    struct pollfd both[2] = { { l->client, POLLIN, 0 }, { l->server, POLLIN, 0 } };
    bool good = l->server >= 0;

    while (good && !l->wire->ends) {
        if (poll(both, 2, 5) <= 0)
            continue;
        for (int i = 0; i < 2 && good; i++)
            if (both[i].revents)
                good = pass(l, i);
    }
    close(l->client);
    if (l->server >= 0)
        close(l->server);
    l->wire->connections--;
    free(l);
    return NULL;
}

static void *serve(void *user)
{
    redis_wire *w = user;
    struct pollfd one = { w->listener, POLLIN, 0 };

    while (!w->ends) {
        pthread_t thread;
        line *l;

        if (poll(&one, 1, 5) <= 0)
            continue;
        l = calloc(1, sizeof *l);
        *l = (line){ .wire = w, .client = accept(w->listener, NULL, NULL), .server = reach(w->server) };
        w->connections++;
        if (pthread_create(&thread, NULL, carry, l))
            abort();
        pthread_detach(thread);
    }
    return NULL;
}

void redis_wire_open(redis_wire *w, const redis_server *server)
{
    *w = (redis_wire){ .server = server->port };
    w->listener = listen_somewhere(&w->port);
    if (pthread_create(&w->thread, NULL, serve, w))
        abort();
}

void redis_wire_close(redis_wire *w)
{
    w->ends = true;
    pthread_join(w->thread, NULL);
    while (w->connections)
        pause_ms(1);
    close(w->listener);
}
