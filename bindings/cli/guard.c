#include "guard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES 100 /* names left over by others with our process number */

static pthread_mutex_t names = PTHREAD_MUTEX_INITIALIZER;
static char *temporary; /* guarded by names; NULL: none */
static sigset_t watched;
static char owned[26]; /* with a dash behind it; "": by nobody */
static bool asking;
static atomic_bool asked;

static void *watch(void *unused)
{
    int number;
    ssize_t put;

    (void)unused;
    while (sigwait(&watched, &number) || (asking && number == SIGTERM && !atomic_exchange(&asked, true)))
        ;
    pthread_mutex_lock(&names); /* never given back */
    if (temporary)
        unlink(temporary);
    put = isatty(STDERR_FILENO) ? write(STDERR_FILENO, "\n", 1) : 0; /* below the bar */
    (void)put;
    /* Dying of the signal, rather than of a status, is what ends a loop of the shell that runs us, too. */
    pthread_sigmask(SIG_UNBLOCK, &watched, NULL);
    raise(number);
    _exit(128 + number);
}

bool guard_start(void)
{
    static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
    pthread_t thread;

    sigemptyset(&watched);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction now;

        if (!sigaction(ends[i], NULL, &now) && now.sa_handler != SIG_IGN)
            sigaddset(&watched, ends[i]);
    }
    if (pthread_sigmask(SIG_BLOCK, &watched, NULL) || pthread_create(&thread, NULL, watch, NULL))
        return false;
    pthread_detach(thread);
    return true;
}

bool guard_start_asking(void)
{
    asking = true;
    return guard_start();
}

bool guard_asked(void)
{
    return atomic_load(&asked);
}

void guard_own(const char *owner)
{
    snprintf(owned, sizeof owned, "%.24s-", owner);
}

void guard_sweep(const char *folder)
{
    DIR *stream = opendir(folder);
    struct dirent *entry;
    char begin[sizeof owned + 9];

    snprintf(begin, sizeof begin, ".inspyr-%s", owned);
    while (stream && (entry = readdir(stream)))
        if (!strncmp(entry->d_name, begin, strlen(begin)))
            (void)unlinkat(dirfd(stream), entry->d_name, 0);
    if (stream)
        closedir(stream);
}

static void forget(void)
{
    free(temporary);
    temporary = NULL;
}

int guard_create(const char *path, mode_t mode)
{
    static unsigned counter;
    const char *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash - path) + 1 : 0, size = folder + 48 + sizeof owned;
    int file = -1;

    pthread_mutex_lock(&names);
    temporary = malloc(size);
    errno = ENOMEM;
    for (int i = 0; temporary && i < TRIES; i++) {
        snprintf(temporary, size, "%.*s.inspyr-%s%ld-%u", (int)folder, path, owned, (long)getpid(), counter++);
        file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (file >= 0 || errno != EEXIST)
            break;
    }
    if (file < 0)
        forget();
    pthread_mutex_unlock(&names);
    return file;
}

/* A second name and then no first one: unlike rename(), this cannot replace a file that came meanwhile. */
static bool publish_new(const char *path)
{
    struct stat there;

    if (!link(temporary, path))
        return !unlink(temporary);
    if (errno == EEXIST)
        return false;
    if (!lstat(path, &there)) { /* a file system without hard links */
        errno = EEXIST;
        return false;
    }
    return !rename(temporary, path);
}

bool guard_publish(const char *path, bool replace)
{
    bool published;
    int why;

    pthread_mutex_lock(&names);
    published = replace ? !rename(temporary, path) : publish_new(path);
    why = errno;
    if (!published)
        unlink(temporary);
    forget();
    pthread_mutex_unlock(&names);
    errno = why;
    return published;
}

void guard_discard(void)
{
    int why = errno;

    pthread_mutex_lock(&names);
    if (temporary)
        unlink(temporary);
    forget();
    pthread_mutex_unlock(&names);
    errno = why;
}
