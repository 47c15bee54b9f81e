#define _GNU_SOURCE /* P_PIDFD, POSIX_SPAWN_SETSID */
#include "image/box_child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/status.h"

/* From the last word of a helper to its end. */
#define DEATH_MS 1000.0

/* Waits until there is something to read; the process's end counts. False: it took too long. */
static bool wait_for(const box_child *child, bool socket_too, double until)
{
    struct pollfd files[] = { { child->process, POLLIN, 0 }, { child->socket, POLLIN, 0 } };

    for (;;) {
        double left = until - clock_ms();
        int ready = poll(files, socket_too ? 2 : 1, left < 0 ? 0 : left > 1e9 ? 1000000000 : (int)left + 1);

        if (ready > 0)
            return true;
        if (ready == 0 && left <= 0)
            return false;
        if (ready < 0 && errno != EINTR && errno != EAGAIN)
            return false;
    }
}

bool box_child_lives(const box_child *child)
{
    return !wait_for(child, false, clock_ms());
}

/* The library's own search path for shared libraries holds for the helper, too; it gets nothing else of the
 * environment. */
static inspyr_status spawn(pid_t *pid, const char *program, int socket, inspyr_error *error)
{
    char libraries[4096] = "", *environment[] = { libraries, NULL };
    char *const arguments[] = { (char *)program, NULL };
    const char *path = secure_getenv("LD_LIBRARY_PATH");
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int reason;

    if (!path || snprintf(libraries, sizeof libraries, "LD_LIBRARY_PATH=%s", path) >= (int)sizeof libraries)
        environment[0] = NULL;
    sigemptyset(&none);
    sigfillset(&all);
    if (posix_spawn_file_actions_init(&actions))
        return failed(error, INSPYR_ERR_MEMORY, "no room for a decoder's process");
    if (posix_spawnattr_init(&attributes)) {
        posix_spawn_file_actions_destroy(&actions);
        return failed(error, INSPYR_ERR_MEMORY, "no room for a decoder's process");
    }
    /* A session of its own: what a terminal says is not for it. */
    reason = posix_spawnattr_setflags(&attributes,
                                      POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
    if (!reason)
        reason = posix_spawnattr_setsigmask(&attributes, &none);
    if (!reason)
        reason = posix_spawnattr_setsigdefault(&attributes, &all);
    if (!reason)
        reason = posix_spawn_file_actions_adddup2(&actions, socket, BOX_SOCKET);
    if (!reason)
        reason = posix_spawn(pid, program, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (!reason)
        return INSPYR_OK;
    return failed(error, reason == EAGAIN || reason == ENOMEM ? INSPYR_ERR_THREAD : INSPYR_ERR_UNSUPPORTED,
                  "%.150s could not be started: %s", program, strerror(reason));
}

static inspyr_status greet(const box_child *child, const char *program, const box_setup *setup,
                           inspyr_error *error)
{
    box_hello hello;
    int file = -1;

    if (!box_send(child->socket, setup, sizeof *setup, -1) ||
        !wait_for(child, true, clock_ms() + (double)setup->deadline_ms) ||
        box_receive(child->socket, &hello, sizeof hello, &file) != sizeof hello || file >= 0 ||
        hello.magic != BOX_MAGIC) {
        if (file >= 0)
            close(file);
        return failed(error, INSPYR_ERR_UNSUPPORTED,
                      "%.140s is not the decoder of this version of the library, or cannot run", program);
    }
    hello.failed[sizeof hello.failed - 1] = '\0';
    if (hello.reason)
        return failed(error, INSPYR_ERR_UNSUPPORTED, "no sandbox on this system: %s: %s", hello.failed,
                      strerror(hello.reason));
    return INSPYR_OK;
}

inspyr_status box_child_start(box_child *child, const char *program, const box_setup *setup,
                              inspyr_error *error)
{
    inspyr_status status;
    int pair[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
        return failed(error, INSPYR_ERR_THREAD, "no socket for a decoder: %s", strerror(errno));
    status = spawn(&pid, program, pair[1], error);
    close(pair[1]);
    if (status) {
        close(pair[0]);
        return status;
    }
    child->next = NULL;
    child->served = false;
    child->socket = pair[0];
    child->process = (int)syscall(SYS_pidfd_open, pid, 0);
    if (child->process < 0) {
        status =
            failed(error, INSPYR_ERR_UNSUPPORTED, "no sandbox on this system: pidfd_open: %s", strerror(errno));
        close(child->socket); /* at whose end it goes */
        waitpid(pid, NULL, 0);
        return status;
    }
    status = greet(child, program, setup, error);
    if (status)
        box_child_stop(child);
    return status;
}

bool box_child_ask(const box_child *child, const box_request *request, int file)
{
    return box_send(child->socket, request, sizeof *request, file);
}

/* Why there will be no answer. */
static inspyr_status bury(const box_child *child, inspyr_error *error)
{
    siginfo_t how;

    memset(&how, 0, sizeof how);
    if (!wait_for(child, false, clock_ms() + DEATH_MS) ||
        waitid((idtype_t)P_PIDFD, (id_t)child->process, &how, WEXITED | WNOHANG | WNOWAIT))
        how.si_code = 0;
    if (how.si_code != CLD_KILLED && how.si_code != CLD_DUMPED)
        return failed(error, INSPYR_ERR_IMAGE, "the decoder's process ended over this file");
    if (how.si_status == SIGXCPU)
        return failed(error, INSPYR_ERR_LIMIT, "decoding took all of the processor's time that it may");
    if (how.si_status == SIGSYS)
        return failed(error, INSPYR_ERR_IMAGE,
                      "the decoder's process tried over this file what it must not do");
    return failed(error, INSPYR_ERR_IMAGE, "the decoder's process ended over this file, with signal %d",
                  how.si_status);
}

inspyr_status box_child_answer(const box_child *child, box_answer *answer, int *file, double until,
                               inspyr_error *error)
{
    long got;

    *file = -1;
    if (!wait_for(child, true, until))
        return failed(error, INSPYR_ERR_LIMIT, "decoding took longer than it may");
    /* Nothing more is coming from a process that has ended, but it may have answered before. */
    got = box_receive(child->socket, answer, sizeof *answer, file);
    if (got == (long)sizeof *answer)
        return INSPYR_OK;
    if (*file >= 0)
        close(*file);
    *file = -1;
    if (got == 0 || (got < 0 && errno == ECONNRESET))
        return bury(child, error);
    return failed(error, INSPYR_ERR_IMAGE, "the decoder's answer is not one");
}

void box_child_stop(box_child *child)
{
    syscall(SYS_pidfd_send_signal, child->process, SIGKILL, NULL, 0);
    /* Fails where the program waits for all its children: then somebody else has done it. */
    while (waitid((idtype_t)P_PIDFD, (id_t)child->process, NULL, WEXITED) && errno == EINTR)
        ;
    box_child_forget(child);
}

void box_child_forget(box_child *child)
{
    close(child->process);
    close(child->socket);
}
