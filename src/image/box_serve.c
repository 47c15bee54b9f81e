#include "image/box_serve.h"

#include <errno.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "image/box_lock.h"
#include "image/image.h"
#include "inspyr_experimental.h"

enum { ENDS_WELL, ENDS_STRANGE };

/* Of a picture's memory, what is got ready before the picture comes. */
#define READY_MAX (UINT64_C(16) << 20)

static void refuse(box_answer *answer, const char *text)
{
    answer->status = INSPYR_ERR_MEMORY;
    memset(answer->message, 0, sizeof answer->message);
    memcpy(answer->message, text, strlen(text));
}

/* Puts the picture that was decoded into `room`. */
static bool pack(box_answer *answer, const inspyr_image *image, int room)
{
    const file_part parts[] = { { image->view.data, image->bytes }, { image->profile, image->profile_size } };

    if (room < 0 || !box_fill(room, parts, image->profile_size ? 2 : 1)) {
        refuse(answer, "no room for the pixels");
        return false;
    }
    answer->width = image->view.width;
    answer->height = image->view.height;
    answer->format = image->view.format;
    answer->profile_size = image->profile_size;
    return true;
}

/* file: the encoded bytes. True: the pixels are in `room`; *size: how much that was. */
static bool decode_file(box_answer *answer, uint64_t *size, box_request *request, int file, int room,
                        box_decoder *decode)
{
    inspyr_image *image = NULL;
    inspyr_error error = { INSPYR_OK, "" };
    size_t length = request->size ? (size_t)request->size : 1;
    void *bytes = mmap(NULL, length, PROT_READ, MAP_SHARED, file, 0);
    bool good = false;

    if (bytes == MAP_FAILED) {
        refuse(answer, "no room for the file");
        return false;
    }
    inspyr_decode_report_init(&answer->report);
    request->options.report = &answer->report;
    answer->status = decode(&image, bytes, (size_t)request->size, &request->options, &error);
    memcpy(answer->message, error.message, sizeof answer->message);
    if (!answer->status)
        good = pack(answer, image, room);
    if (good)
        *size = image->bytes;
    inspyr_image_free(image);
    munmap(bytes, length);
    return good;
}

static bool has_lived(void)
{
    struct timespec used;

    return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) || used.tv_sec >= BOX_LIFE_SECONDS;
}

static bool greet(int socket)
{
    box_setup setup;
    box_hello hello;
    int file;
    long got = box_receive(socket, &setup, sizeof setup, &file);

    memset(&hello, 0, sizeof hello);
    hello.magic = BOX_MAGIC;
    if (got != sizeof setup || setup.magic != BOX_MAGIC || setup.version != BOX_VERSION ||
        setup.request_size != sizeof(box_request) || setup.answer_size != sizeof(box_answer))
        return false;
    box_lock(&hello, &setup);
    return box_send(socket, &hello, sizeof hello, -1) && !hello.reason;
}

/* One picture. *room: a file for its pixels, and afterwards for those of the next one: pages that are there
 * already are two thirds of what a picture costs beyond being decoded. */
static bool serve(int socket, int *room, box_decoder *decode, bool *ends)
{
    box_request request;
    box_answer answer;
    uint64_t size = 0;
    int file;
    long got = box_receive(socket, &request, sizeof request, &file);
    bool filled, sent;

    *ends = got == 0;
    if (got != sizeof request || request.magic != BOX_MAGIC || file < 0)
        return false;
    memset(&answer, 0, sizeof answer);
    answer.magic = BOX_MAGIC;
    filled = decode_file(&answer, &size, &request, file, *room, decode);
    close(file);
    sent = box_send(socket, &answer, sizeof answer, filled ? *room : -1);
    if (filled || answer.status == INSPYR_ERR_MEMORY) {
        int used = *room;

        *room = box_room(size < READY_MAX ? size : READY_MAX);
        if (used >= 0)
            close(used); /* now, as whoever closes it last frees its pages: not the caller, who has closed it by
                            now */
    }
    return sent;
}

int box_serve(int socket, box_decoder *decode)
{
    bool ends = false, good = socket == BOX_SOCKET && greet(socket);
    int room = good ? box_room(0) : -1;

    while (good && !has_lived())
        good = serve(socket, &room, decode, &ends);
    return good || ends ? ENDS_WELL : ENDS_STRANGE;
}

int inspyr_sandbox_serve(int socket)
{
    return box_serve(socket, inspyr_image_decode);
}
