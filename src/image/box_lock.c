#define _GNU_SOURCE /* SYS_close_range, F_ADD_SEALS */
#include "image/box_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/sanitized.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "no filter for this processor: build with -DINSPYR_SANDBOX=OFF"
#endif

/* The socket, and three more: a picture, what it becomes, and one to spare. */
#define FILES_MAX (BOX_SOCKET + 1)

#define FIELD(name) ((uint32_t)offsetof(struct seccomp_data, name))
#define ARGUMENT_LOW(i) (FIELD(args) + (uint32_t)(i)*8) /* of 64 bits, little-endian */

static const unsigned allowed[] = {
    SYS_recvmsg,      SYS_sendmsg,       SYS_write,       SYS_close,           SYS_memfd_create,
    SYS_fallocate,    SYS_ftruncate,     SYS_munmap,      SYS_mremap,          SYS_brk,
    SYS_madvise,      SYS_futex,         SYS_exit,        SYS_exit_group,      SYS_getrandom,
    SYS_rt_sigreturn, SYS_clock_gettime, SYS_sched_yield, SYS_restart_syscall,
#if SANITIZED
    SYS_sigaltstack,  SYS_gettid,        SYS_getpid,      SYS_prctl,           SYS_rt_sigprocmask,
#endif
};

#define COUNT (sizeof allowed / sizeof *allowed)

/* A call whose argument i has none of `bits`: memory that is not executable. */
#define WITHOUT_BITS(call, i, bits)                                                                            \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4), BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT_LOW(i)),      \
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS), \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* A call whose argument i is `value`. */
#define WITH_VALUE(call, i, value)                                                                             \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4), BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT_LOW(i)),      \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS), \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* What is not allowed ends the process: an error would only let somebody try the next thing. */
static bool filter_calls(void)
{
    static const struct sock_filter head[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 FIELD(nr)), /* the 32-bit calls of x86-64 have a bit that none here has */
        WITHOUT_BITS(SYS_mmap, 2, PROT_EXEC),
        WITHOUT_BITS(SYS_mprotect, 2, PROT_EXEC),
        WITH_VALUE(SYS_fcntl, 1, F_ADD_SEALS),
    };
    struct sock_filter program[sizeof head / sizeof *head + COUNT + 2];
    struct sock_fprog whole = { sizeof program / sizeof *program, program };
    size_t n = sizeof head / sizeof *head;

    memcpy(program, head, sizeof head);
    for (size_t i = 0; i < COUNT; i++)
        program[n++] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i], (unsigned char)(COUNT - i), 0);
    program[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    program[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    return !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole, 0, 0);
}

/* Kernels before 5.9 have no close_range(). */
static bool close_all(void)
{
    long last;

    for (int i = 0; i < BOX_SOCKET; i++)
        close(i);
    if (!syscall(SYS_close_range, BOX_SOCKET + 1, ~0U, 0))
        return true;
    last = sysconf(_SC_OPEN_MAX);
    if (last < 0)
        return false;
    for (long i = BOX_SOCKET + 1; i < last; i++)
        close((int)i);
    return true;
}

static bool limit(int what, uint64_t most)
{
    struct rlimit l = { (rlim_t)most, (rlim_t)most };

    return !setrlimit(what, &l);
}

static bool limit_all(const box_setup *setup)
{
    uint64_t seconds = BOX_LIFE_SECONDS + (uint64_t)setup->deadline_ms / 1000 + 2;

    return limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, FILES_MAX) && limit(RLIMIT_NPROC, 0) &&
           limit(RLIMIT_CPU, seconds) && limit(RLIMIT_FSIZE, setup->max_memory) &&
           (SANITIZED || limit(RLIMIT_AS, setup->max_memory));
}

void box_lock(box_hello *hello, const box_setup *setup)
{
    const char *failed = NULL;

    errno = 0;
    tzset(); /* whoever asks for the time of day later must not look for a file */
    if (!close_all())
        failed = "closing files";
    else if (chdir("/"))
        failed = "leaving the folder";
    else if (!limit_all(setup))
        failed = "setting limits";
    else if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
        failed = "giving up privileges";
    else if (!filter_calls())
        failed = "filtering system calls (seccomp)";
    if (failed) {
        hello->reason = errno ? errno : EINVAL;
        snprintf(hello->failed, sizeof hello->failed, "%s", failed);
    }
}
