/* redis_server.h - a real Redis server on a loopback port, and between it and a test a wire with faults.
 *
 * The server is `redis-server`, or the same program under the name it has in Debian's redis-tools, which starts
 * no service when it is installed. Threads: single, but for `fault`. */
#ifndef INSPYR_TESTS_REDIS_SERVER_H
#define INSPYR_TESTS_REDIS_SERVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

typedef struct redis_server {
    pid_t process;
    int port;
    char folder[64];
} redis_server;

/* 0: there is no such program here, or it does not start, and a line is printed that says so. password: may be
 * NULL. */
int redis_server_start(redis_server *s, const char *password);
void redis_server_stop(redis_server *s);

/* Sends a line of text as a command of its own, and returns the first line of the answer in static memory. */
const char *redis_server_tell(int port, const char *line);

typedef enum redis_fault {
    FAULT_NONE,
    FAULT_SILENT, /* takes everything and answers nothing */
    FAULT_SLOW,   /* a byte at a time, a millisecond apart */
    FAULT_LIES,   /* a bit of each answer is another one */
    FAULT_CUTS,   /* answers end in the middle, and so does the connection */
    FAULT_SHUT,   /* hangs up at once */
    FAULT_BABBLE  /* bytes that are no answer to anything */
} redis_fault;

typedef struct redis_wire {
    int listener, port, server;
    pthread_t thread;
    atomic_int fault;    /* a redis_fault */
    atomic_int position; /* of the bit that lies */
    atomic_bool ends;
    atomic_int connections;
} redis_wire;

void redis_wire_open(redis_wire *w, const redis_server *server);
void redis_wire_close(redis_wire *w);

#endif
