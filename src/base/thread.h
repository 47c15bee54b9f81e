/* thread.h - starting a thread of the library's. Layer 1 (base). Threads: any. */
#ifndef INSPYR_BASE_THREAD_H
#define INSPYR_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* With all signals blocked: the host's are for the host's threads. false: it could not be started. */
bool thread_start(pthread_t *thread, void *(*run)(void *), void *user);

#endif
