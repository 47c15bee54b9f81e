#include "shard.h"

#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "fingerprint.h"
#include "say.h"

#define SHARDS_MAX 1000000

/* NULL: a number that is always 0, or 1 for a step. */
static const struct {
    const char *index, *count, *first, *step;
} arrays[] = {
    { "CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT", NULL, NULL },
    { "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP" },
    { "AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", NULL, NULL },
};

/* A variable that is not set is `absent`; -1: it is no number. */
static long setting(const char *name, long absent)
{
    const char *text = name ? getenv(name) : NULL;
    char *end;
    long number;

    if (!text || !*text)
        return absent;
    number = strtol(text, &end, 10);
    return *end || number < 0 || number > INT32_MAX ? -1 : number;
}

static bool from_environment(shard *out)
{
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        long index = setting(arrays[i].index, -2), count = setting(arrays[i].count, -1);
        long first = setting(arrays[i].first, 0), step = setting(arrays[i].step, 1);

        if (index == -2)
            continue;
        if (step > 0 && first >= 0 && index >= first && (index - first) % step == 0 &&
            (index - first) / step < count && count <= SHARDS_MAX) {
            *out = (shard){ (int32_t)((index - first) / step), (int32_t)count };
            return true;
        }
        say_wrong("--shard auto: %s and %s are no task and number of tasks", arrays[i].index, arrays[i].count);
        return false;
    }
    say_wrong("--shard auto: the environment names no task: neither Cloud Run's, nor Slurm's, nor AWS Batch's");
    return false;
}

bool shard_parse(shard *out, const char *text)
{
    const char *slash = strchr(text, '/');
    char number[16];
    size_t length = slash ? (size_t)(slash - text) : sizeof number;

    if (!strcmp(text, "auto"))
        return from_environment(out);
    if (length >= sizeof number) {
        say_wrong("--shard is I/N, with I from 0 to N - 1, or auto, not '%s'", text);
        return false;
    }
    memcpy(number, text, length);
    number[length] = '\0';
    return arguments_number("shard", slash + 1, 1, SHARDS_MAX, &out->count) &&
           arguments_number("shard", number, 0, out->count - 1, &out->number);
}

static bool is_mine(const shard *s, const char *name)
{
    const char *base = base_name(name), *dot = strrchr(base, '.');
    unsigned char sum[FINGERPRINT_BYTES];
    uint64_t place = 0;
    fingerprint f;

    fingerprint_begin(&f);
    fingerprint_add(&f, name, dot && dot != base ? (size_t)(dot - name) : strlen(name));
    fingerprint_end(&f, sum);
    for (int i = 0; i < 8; i++)
        place = place << 8 | sum[i];
    return place % (uint64_t)s->count == (uint64_t)s->number;
}

void shard_keep(const shard *s, inputs *list)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++)
        if (is_mine(s, list->at[i].name))
            list->at[kept++] = list->at[i];
        else
            free(list->at[i].path);
    list->count = kept;
}
