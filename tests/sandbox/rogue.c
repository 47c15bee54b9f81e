/* rogue.c - a helper that does, locked up as the real one is, what its picture asks for. */
#define _GNU_SOURCE /* syscall, MAP_ANONYMOUS */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/sanitized.h"
#include "image/box.h"
#include "image/box_lock.h"
#include "image/box_serve.h"
#include "image/image.h"

#define SIDE 4

/* An answer that is good, and says SIDE x SIDE pixels of RGB. */
static box_answer good_answer(void)
{
    box_answer a;

    memset(&a, 0, sizeof a);
    a.magic = BOX_MAGIC;
    a.width = a.height = SIDE;
    a.format = INSPYR_RGB8;
    inspyr_decode_report_init(&a.report);
    a.report.stored_width = a.report.stored_height = SIDE;
    a.report.orientation = 1;
    return a;
}

/* SIDE rows of 64 bytes and `more`. */
static int file_of(size_t more, int sealed)
{
    static const unsigned char zeros[SIDE * 120000];
    const file_part part = { zeros, SIDE * 64 + more };
    int file = box_room(0);

    if (sealed && box_fill(file, &part, 1))
        return file;
    return !sealed && write(file, zeros, part.size) == (ssize_t)part.size ? file : -1;
}

/* Says something, and lives on. */
static void lie(const char *about)
{
    box_answer a = good_answer();
    size_t size = sizeof a, more = 0;
    int with_file = 1, sealed = 1;

    if (!strcmp(about, "nothing"))
        more = 0;
    else if (!strcmp(about, "wide"))
        a.width = 40000, more = SIDE * (120000 - 64); /* as much as that would be */
    else if (!strcmp(about, "many"))
        a.width = a.height = 30000;
    else if (!strcmp(about, "negative"))
        a.height = -SIDE;
    else if (!strcmp(about, "larger"))
        a.height = SIDE + 1;
    else if (!strcmp(about, "longer"))
        more = 1;
    else if (!strcmp(about, "unsealed"))
        sealed = 0;
    else if (!strcmp(about, "format"))
        a.format = INSPYR_GREY8;
    else if (!strcmp(about, "magic"))
        a.magic++;
    else if (!strcmp(about, "status"))
        a.status = INSPYR_ERR_DEVICE, with_file = 0;
    else if (!strcmp(about, "both"))
        a.status = INSPYR_ERR_IMAGE;
    else if (!strcmp(about, "no file"))
        with_file = 0;
    else if (!strcmp(about, "half"))
        size /= 2;
    else if (!strcmp(about, "profile"))
        a.profile_size = more = 200;
    else if (!strcmp(about, "endless profile"))
        a.profile_size = UINT64_MAX - SIDE * 64 + 1;
    else if (!strcmp(about, "orientation"))
        a.report.orientation = 9;
    else if (!strcmp(about, "text")) {
        memset(a.message, '\n', sizeof a.message);
        a.status = INSPYR_ERR_IMAGE, with_file = 0;
    } else
        _exit(9);
    box_send(BOX_SOCKET, &a, size, with_file ? file_of(more, sealed) : -1);
    for (;;)
        ;
}

static void misbehave(const char *how)
{
    char *const none[] = { NULL };
    volatile int *nowhere = NULL;

    if (!strcmp(how, "open"))
        syscall(SYS_openat, -100, "/etc/passwd", 0);
    else if (!strcmp(how, "socket"))
        syscall(SYS_socket, 2, 1, 0);
    else if (!strcmp(how, "exec"))
        syscall(SYS_execve, "/bin/true", none, none);
    else if (!strcmp(how, "fork"))
        fork();
    else if (!strcmp(how, "kill"))
        syscall(SYS_kill, getppid(), 0);
    else if (!strcmp(how, "code"))
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    else if (!strcmp(how, "protect"))
        syscall(SYS_mprotect, (uintptr_t)&good_answer & ~UINT64_C(4095), 4096, PROT_READ | PROT_EXEC);
    else if (!strcmp(how, "limit"))
        syscall(SYS_prlimit64, 0, 0, NULL, none);
    else if (!strcmp(how, "crash"))
        *nowhere = 1;
    else if (!strcmp(how, "leave"))
        _exit(0);
    while (!strcmp(how, "hang"))
        ;
}

/* What is said about memory and files comes back as the picture's first pixel. */
static unsigned char probe(const char *what, int calls)
{
    if (!strcmp(what, "memory"))
        return SANITIZED ||
               mmap(NULL, (size_t)3 << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
    if (!strcmp(what, "files")) {
        int count = 0;

        while (count < 100 && box_room(0) >= 0)
            count++;
        return (unsigned char)count;
    }
    return (unsigned char)calls;
}

static inspyr_status decode(inspyr_image **out, const void *bytes, size_t size,
                            const inspyr_decode_options *options, inspyr_error *error)
{
    static const char picture[] = "P6 1 1 255\n...";
    static int calls;
    char word[32] = "";
    inspyr_status status;

    memcpy(word, bytes, size < sizeof word ? size : sizeof word - 1);
    if (!strncmp(word, "lie ", 4))
        lie(word + 4);
    misbehave(word);
    status = inspyr_image_decode(out, picture, sizeof picture - 1, options, error);
    if (!status)
        *view_row(&(*out)->view, 0) = probe(word, ++calls);
    return status;
}

int main(void)
{
    _exit(box_serve(BOX_SOCKET, decode));
}
