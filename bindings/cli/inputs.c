#include "inputs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "natural.h"
#include "say.h"

bool is_folder(const char *path)
{
    struct stat status;

    return !stat(path, &status) && S_ISDIR(status.st_mode);
}

char *path_join(const char *folder, const char *name)
{
    size_t length = strlen(folder), size = length + strlen(name) + 2;
    char *path = malloc(size);

    if (path)
        snprintf(path, size, "%s%s%s", folder, length && folder[length - 1] == '/' ? "" : "/", name);
    return path;
}

bool looks_like_picture(const unsigned char *bytes, size_t size)
{
    return size >= 12 &&
           (!memcmp(bytes, "\xff\xd8\xff", 3) || !memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) ||
            (!memcmp(bytes, "RIFF", 4) && !memcmp(bytes + 8, "WEBP", 4)) || !memcmp(bytes, "P7\n", 3));
}

/* Safetensors files begin with the length of their header, and such a one would have a zero where PNM has a
 * digit, a blank or a comment. */
bool may_be_picture(const unsigned char *bytes, size_t size)
{
    return looks_like_picture(bytes, size) ||
           (size >= 4 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' && bytes[2] && bytes[3] &&
            strchr(" \t\r\n#", bytes[2]));
}

bool looks_like_weights(const unsigned char *bytes, size_t size)
{
    return size > 8 && (!memcmp(bytes, "PK\3\4", 4) || (bytes[8] == '{' && !bytes[6] && !bytes[7]));
}

/* "P5 " also starts letters and notes: the older PNM kinds need their suffix. */
static bool has_picture_suffix(const char *name)
{
    static const char *const suffixes[] = { "jpg", "jpeg", "jpe", "jfif", "png", "webp",
                                            "pam", "ppm",  "pgm", "pbm",  "pnm" };
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot && i < sizeof suffixes / sizeof *suffixes; i++)
        if (!strcasecmp(dot + 1, suffixes[i]))
            return true;
    return false;
}

static bool is_picture(const char *path, const char *name)
{
    struct stat status;
    unsigned char bytes[12];
    ssize_t got = 0;
    int file;

    if (stat(path, &status) || !S_ISREG(status.st_mode))
        return false;
    if (has_picture_suffix(name))
        return true;
    file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file >= 0) {
        got = read(file, bytes, sizeof bytes);
        close(file);
    }
    return got > 0 && looks_like_picture(bytes, (size_t)got);
}

const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static int by_name(const void *a, const void *b)
{
    return natural_compare(*(char *const *)a, *(char *const *)b);
}

void names_free(char **names, long count)
{
    for (long i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

long folder_names(char ***out, const char *folder)
{
    DIR *stream = opendir(folder);
    char **names = NULL;
    long count = 0;
    struct dirent *entry;

    *out = NULL;
    if (!stream)
        return -1;
    for (errno = 0; (entry = readdir(stream)); errno = 0) {
        char **more;

        if (entry->d_name[0] == '.')
            continue;
        more = realloc(names, ((size_t)count + 1) * sizeof *names);
        if (more)
            names = more;
        if (!more || !(names[count] = strdup(entry->d_name))) {
            errno = ENOMEM;
            break;
        }
        count++;
    }
    if (errno) {
        int why = errno;

        names_free(names, count);
        closedir(stream);
        errno = why;
        return -1;
    }
    closedir(stream);
    if (count)
        qsort(names, (size_t)count, sizeof *names, by_name);
    *out = names;
    return count;
}

/* Takes the path over. */
static input_file *append(inputs *list, char *path)
{
    input_file *more = path ? realloc(list->at, (list->count + 1) * sizeof *list->at) : NULL;

    if (!more) {
        free(path);
        return NULL;
    }
    list->at = more;
    more += list->count++;
    memset(more, 0, sizeof *more);
    more->path = path;
    return more;
}

static bool append_failed(inputs *list, const char *path, inspyr_status status, const char *why)
{
    input_file *failed = append(list, strdup(path));

    if (failed)
        refuse(&failed->error, status, "%s", why);
    return failed != NULL;
}

static bool add_folder(inputs *list, const char *folder)
{
    char **names;
    long count = folder_names(&names, folder);
    size_t before = list->count;
    bool fits = true;

    list->folder = true;
    if (count < 0)
        return append_failed(list, folder, INSPYR_ERR_FILE, strerror(errno));
    for (long i = 0; i < count && fits; i++) {
        char *path = path_join(folder, names[i]);

        if (!path || is_picture(path, names[i]))
            fits = append(list, path) != NULL;
        else
            free(path);
    }
    names_free(names, count);
    if (fits && list->count == before)
        return append_failed(list, folder, INSPYR_ERR_FILE, "no pictures in this folder");
    return fits;
}

bool inputs_add(inputs *list, const char *operand)
{
    struct stat status;

    if (!strcmp(operand, "-"))
        return append(list, strdup(operand)) != NULL;
    if (stat(operand, &status))
        return append_failed(list, operand, INSPYR_ERR_FILE, strerror(errno));
    if (S_ISDIR(status.st_mode))
        return add_folder(list, operand);
    return append(list, strdup(operand)) != NULL;
}

/* A folder of a tree, and what it must not go down to. */
typedef struct tree {
    inputs *list;
    size_t root;               /* bytes of a path that are not its name */
    const struct stat *except; /* NULL: nothing */
} tree;

static bool named(input_file *in, size_t root)
{
    if (in)
        in->name = in->path + root;
    return in != NULL;
}

static bool add_below(const tree *t, const char *folder);

/* Takes the path over. */
static bool add_one(const tree *t, char *path, const char *name)
{
    struct stat there;
    bool fits = true;

    if (!path)
        return false;
    if (!lstat(path, &there) && S_ISDIR(there.st_mode)) {
        if (!t->except || there.st_dev != t->except->st_dev || there.st_ino != t->except->st_ino)
            fits = add_below(t, path);
    } else if (is_picture(path, name)) {
        return named(append(t->list, path), t->root);
    }
    free(path);
    return fits;
}

static bool add_below(const tree *t, const char *folder)
{
    char **names;
    long count = folder_names(&names, folder);
    bool fits = true;

    if (count < 0)
        return append_failed(t->list, folder, INSPYR_ERR_FILE, strerror(errno)) &&
               named(&t->list->at[t->list->count - 1], 0);
    for (long i = 0; i < count && fits; i++)
        fits = add_one(t, path_join(folder, names[i]), names[i]);
    names_free(names, count);
    return fits;
}

bool inputs_add_tree(inputs *list, const char *operand, const char *except)
{
    struct stat there, apart;
    size_t length = strlen(operand);
    tree t = { list, length + (length && operand[length - 1] != '/'), NULL };

    list->folder = true;
    if (!stat(operand, &there) && S_ISDIR(there.st_mode)) {
        t.except = except && !stat(except, &apart) ? &apart : NULL;
        return add_below(&t, operand);
    }
    if (!inputs_add(list, operand))
        return false;
    return named(&list->at[list->count - 1], (size_t)(base_name(operand) - operand));
}

void inputs_free(inputs *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->at[i].path);
    free(list->at);
    memset(list, 0, sizeof *list);
}
