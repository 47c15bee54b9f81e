#define _GNU_SOURCE /* memfd_create, fallocate, F_ADD_SEALS */
#include "image/box.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

typedef union control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr header; /* aligns it */
} control;

bool box_send(int socket, const void *packet, size_t size, int file)
{
    struct iovec part = { (void *)packet, size };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
    control c;
    ssize_t sent;

    if (file >= 0) {
        memset(&c, 0, sizeof c);
        message.msg_control = &c;
        message.msg_controllen = sizeof c;
        c.header.cmsg_level = SOL_SOCKET;
        c.header.cmsg_type = SCM_RIGHTS;
        c.header.cmsg_len = CMSG_LEN(sizeof file);
        memcpy(CMSG_DATA(&c.header), &file, sizeof file);
    }
    do
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)size;
}

long box_receive(int socket, void *packet, size_t size, int *file)
{
    struct iovec part = { packet, size };
    control c;
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c
    };
    ssize_t got;

    *file = -1;
    do
        got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return got;
    if (message.msg_controllen >= CMSG_LEN(sizeof *file) && c.header.cmsg_level == SOL_SOCKET &&
        c.header.cmsg_type == SCM_RIGHTS && c.header.cmsg_len == CMSG_LEN(sizeof *file))
        memcpy(file, CMSG_DATA(&c.header), sizeof *file);
    if (!(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
        return got;
    if (*file >= 0)
        close(*file);
    *file = -1;
    errno = EBADMSG;
    return -1;
}

int box_room(uint64_t size)
{
    int file = memfd_create("inspyr", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (file < 0 || !size || !fallocate(file, 0, 0, (off_t)size))
        return file;
    close(file);
    return -1;
}

bool box_fill(int file, const file_part *parts, size_t count)
{
    uint64_t size = 0;

    for (size_t i = 0; i < count; i++) {
        if (!file_write_part(file, &parts[i]))
            return false;
        size += parts[i].size;
    }
    return !ftruncate(file, (off_t)size) && !fcntl(file, F_ADD_SEALS, SEALS);
}

bool box_file_is_sealed(int file, uint64_t size)
{
    struct stat about;
    int seals = fcntl(file, F_GET_SEALS);

    return seals >= 0 && (seals & SEALS) == SEALS && !fstat(file, &about) && about.st_size >= 0 &&
           (uint64_t)about.st_size == size;
}
