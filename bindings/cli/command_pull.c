/* command_pull.c - `inspyr pull`: published networks into the model folder. */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "checksums.h"
#include "download.h"
#include "folders.h"
#include "guard.h"
#include "help.h"
#include "inputs.h"
#include "say.h"

#define RELEASE "https://github.com/plemeri/transparent-background/releases/download/1.2.12/"
#define TEXT_MAX 240

enum { FORCE, TIMEOUT, LIMIT, QUIET, HELP };

static const option options[] = {
    [FORCE] = { "force", '\0', VALUE_NONE },   [TIMEOUT] = { "timeout", '\0', VALUE_NEEDED },
    [LIMIT] = { "limit", '\0', VALUE_NEEDED }, [QUIET] = { "quiet", 'q', VALUE_NONE },
    [HELP] = { "help", 'h', VALUE_NONE },
};

typedef struct pull_request {
    const char *base; /* what the URLs begin with */
    download_limits limits;
    bool force, quiet;
} pull_request;

static bool explain(const published_model *m, const inspyr_error *error)
{
    say_problem(m->name, error->message);
    return false;
}

/* A base may end with a slash or not. */
static char *url_of(const char *base, const char *file)
{
    size_t length = strlen(base), size = length + strlen(file) + 2;
    char *url = malloc(size);

    if (url)
        snprintf(url, size, "%s%s%s", base, length && base[length - 1] == '/' ? "" : "/", file);
    return url;
}

static void print_done(const published_model *m, const char *path, const digests *found, bool first)
{
    say_name(stderr, m->name);
    fputs(": ", stderr);
    say_name(stderr, path);
    fprintf(stderr, "\n  SHA-256 %s%s\n", found->sha256,
            m->md5  ? ", MD5 as published"
            : first ? ", recorded: its authors publish no checksum"
                    : ", as recorded");
    fprintf(stderr, "  %s\n  %s\n", published_authors, published_caution);
}

/* Is what has come what it should be? Only then it gets its name. */
static bool install(const published_model *m, const char *path, partial *p, const pull_request *request)
{
    char difference[TEXT_MAX];
    inspyr_error error;
    checksum_state state;
    digests found;

    if (!digest_file(&found, p->file)) {
        say_problem(p->path, strerror(errno));
        return false;
    }
    state = checksum_compare(m, path, &found, difference, sizeof difference);
    if (state == CHECKSUM_WRONG) {
        bool accepted = !m->md5 && request->force;

        say_problem(m->name, difference);
        if (!accepted) {
            partial_drop(p);
            p->size = 0;
            say_problem(m->name, m->md5
                                     ? "what has come is not the file that was published, and was removed"
                                     : "it has changed since it was recorded, and was not installed; --force "
                                       "accepts it");
            return false;
        }
    }
    if (partial_publish(p, &error) || checksum_record(path, found.sha256, &error))
        return explain(m, &error);
    if (!request->quiet)
        print_done(m, path, &found, state != CHECKSUM_GOOD);
    return true;
}

static bool fetch(const published_model *m, const char *path, const char *url, const pull_request *request)
{
    inspyr_error error;
    char text[TEXT_MAX];
    bool good = false;
    partial p;

    if (partial_open(&p, path, url, &error))
        return explain(m, &error);
    if (!request->quiet) {
        snprintf(text, sizeof text, "%s %.200s", p.size ? "going on with" : "downloading", url);
        say_problem(m->name, text);
    }
    if (!download(&p, &request->limits, &error)) {
        good = install(m, path, &p, request);
    } else {
        explain(m, &error);
        if (p.size && p.validator[0])
            say_problem(m->name, "what has come is kept: the same command goes on from there");
    }
    partial_close(&p);
    return good;
}

/* A file that is there is looked at and never replaced unasked. */
static bool look_at(const published_model *m, const char *path, const pull_request *request)
{
    char difference[TEXT_MAX], text[2 * TEXT_MAX];
    checksum_state state;
    digests found;

    if (!digest_path(&found, path)) {
        say_problem(path, strerror(errno));
        return false;
    }
    state = checksum_compare(m, path, &found, difference, sizeof difference);
    if (state == CHECKSUM_WRONG) {
        snprintf(text, sizeof text, "%s; --force downloads it anew", difference);
        say_problem(path, text);
        return false;
    }
    if (!request->quiet) {
        snprintf(text, sizeof text, "is there already; SHA-256 %s, %s", found.sha256,
                 state == CHECKSUM_GOOD ? "checked" : "with nothing to compare it with");
        say_problem(path, text);
    }
    return true;
}

static bool pull(const published_model *m, const pull_request *request)
{
    char *folder = models_folder(), *path = folder ? path_join(folder, m->file) : NULL;
    char *url = url_of(request->base, m->file);
    bool good = false;

    if (!folder)
        say_problem(NULL, no_folder);
    else if (!path || !url)
        say_problem(NULL, "out of memory");
    else if (!folder_make(folder, FOLDER_OWN))
        say_problem(folder, strerror(errno));
    else if (!request->force && !access(path, F_OK))
        good = look_at(m, path, request);
    else
        good = fetch(m, path, url, request);
    free(url);
    free(path);
    free(folder);
    return good;
}

/* -1 where --help has been answered. */
static int parse(pull_request *request, arguments a, int *names)
{
    const char *value;
    int32_t mebibytes = 1024;
    int what;

    while ((what = arguments_next(&a, &value)) != ARGUMENT_END)
        switch (what) {
        case ARGUMENT_OPERAND:
            if (!published_find(value)) {
                say_wrong("pull knows base, fast and base-nightly, not '%s'", value);
                return ENDS_MISUSED;
            }
            ++*names;
            break;
        case FORCE:
            request->force = true;
            break;
        case TIMEOUT:
            if (!arguments_number("timeout", value, 1, 3600, &request->limits.timeout_s))
                return ENDS_MISUSED;
            break;
        case LIMIT:
            if (!arguments_number("limit", value, 1, 65536, &mebibytes))
                return ENDS_MISUSED;
            break;
        case QUIET:
            request->quiet = request->limits.quiet = true;
            break;
        case HELP:
            help_print(stdout, "pull");
            return -1;
        default:
            return ENDS_MISUSED;
        }
    request->limits.bytes_max = (int64_t)mebibytes << 20;
    return ENDS_WELL;
}

static bool usable(const pull_request *request, arguments a)
{
    const char *value;

    if (strncmp(request->base, "https://", 8)) {
        say_problem("INSPYR_PULL_URL", "only https:// is downloaded from");
        return false;
    }
    if (download_possible())
        return true;
    while (arguments_next(&a, &value) != ARGUMENT_END) {
        const published_model *m = value ? published_find(value) : NULL;
        char *url = m ? url_of(request->base, m->file) : NULL;

        if (url)
            puts(url);
        free(url);
    }
    say_problem(NULL, "this build cannot download: fetch the above, and put it where inspyr models says");
    return false;
}

int command_pull(int argc, char **argv)
{
    const arguments all = arguments_of(argc, argv, options, sizeof options / sizeof *options);
    pull_request request = { .base = getenv("INSPYR_PULL_URL"), .limits = { .timeout_s = 30 } };
    arguments a = all;
    const char *value;
    bool good = true;
    int names = 0, end = parse(&request, all, &names), what;

    if (end < 0)
        return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
    if (!end && !names) {
        say_wrong("pull needs a name: base, fast or base-nightly");
        end = ENDS_MISUSED;
    }
    if (end)
        return end;
    if (!request.base || !*request.base)
        request.base = RELEASE;
    if (!usable(&request, all)) {
        say_flush();
        return ENDS_WITH_ERRORS;
    }
    if (!guard_start()) {
        say_problem(NULL, "no thread could be started");
        return ENDS_WITH_ERRORS;
    }
    while ((what = arguments_next(&a, &value)) != ARGUMENT_END)
        if (what == ARGUMENT_OPERAND)
            good &= pull(published_find(value), &request);
    return good ? ENDS_WELL : ENDS_WITH_ERRORS;
}
