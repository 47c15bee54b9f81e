/* command_batch.c - `inspyr batch`: one shard of many pictures, again and again until all are done. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "batch_recipe.h"
#include "cutout_options.h"
#include "folders.h"
#include "guard.h"
#include "help.h"
#include "identity.h"
#include "journal.h"
#include "say.h"
#include "shard.h"
#include "ticks.h"

enum { SHARD = CUTOUT_OPTIONS, RESUME, HELP };

static const option options[] = {
    CUTOUT_OPTION_ROWS,
    [SHARD] = { "shard", '\0', VALUE_NEEDED },
    [RESUME] = { "resume", '\0', VALUE_NEEDED },
    [HELP] = { "help", 'h', VALUE_NONE },
};

typedef struct batch {
    cutout_request request;
    shard shard;
    journal journal;
    inputs list;
    char **targets;
    cutout_watch watch;
    size_t done, already, failed, scarce; /* scarce: of the failed, for want of memory or a device */
} batch;

/* The operands have to wait until --output is known, which they must not contain. */
static int parse(batch *b, const char **operands, size_t *count, int argc, char **argv)
{
    arguments a = arguments_of(argc, argv, options, sizeof options / sizeof *options);
    const char *value;
    bool good = true;
    int what;

    while (good && (what = arguments_next(&a, &value)) != ARGUMENT_END)
        switch (what) {
        case ARGUMENT_OPERAND:
            operands[(*count)++] = value;
            break;
        case SHARD:
            good = shard_parse(&b->shard, value);
            break;
        case RESUME:
            b->journal.folder = value;
            break;
        case HELP:
            help_print(stdout, "batch");
            return -1;
        default:
            good = cutout_option(&b->request, what, value);
        }
    return good ? ENDS_WELL : ENDS_MISUSED;
}

static bool settle(batch *b, const char **operands, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(operands[i], "-")) {
            say_wrong("batch takes files and folders, not the standard input");
            return false;
        }
    if (!count || !b->request.target || !strcmp(b->request.target, "-")) {
        say_wrong(count ? "batch needs --output FOLDER" : "batch needs pictures");
        return false;
    }
    if (b->journal.folder && !*b->journal.folder) {
        say_wrong("--resume needs a name");
        return false;
    }
    b->list.folder = true; /* also without one picture */
    b->request.rule.replace = true;
    return cutout_settle(&b->request, &b->list);
}

/* Where the results of a picture go: how many, and their paths. */
static size_t outputs_of(const batch *b, size_t i, const char *outputs[EFFECTS_MAX])
{
    const effect_list *effects = &b->request.effects;

    for (size_t e = 0; e < effects->count; e++)
        outputs[e] = effects->at[e].targets[i];
    if (!effects->count)
        outputs[0] = b->targets[i];
    return effects->count ? effects->count : 1;
}

static int overwrites_nothing(const batch *b, const identities *all)
{
    const char *outputs[EFFECTS_MAX];

    for (size_t i = 0; i < b->list.count; i++)
        for (size_t e = 0, n = outputs_of(b, i, outputs); e < n; e++)
            if (outputs[e] && identities_find(all, outputs[e])) {
                say_wrong("the result for '%s' would overwrite the input '%s'", b->list.at[i].path, outputs[e]);
                return ENDS_MISUSED;
            }
    return ENDS_WELL;
}

/* What no result may overwrite are the inputs of all shards. */
static int gather(batch *b, const char **operands, size_t count)
{
    identities *all;
    bool fits = true;
    int end;

    for (size_t i = 0; i < count && fits; i++)
        fits = inputs_add_tree(&b->list, operands[i], b->request.target);
    all = fits ? identities_of(&b->list) : NULL;
    if (!all) {
        say_problem(NULL, "out of memory");
        return ENDS_WITH_ERRORS;
    }
    shard_keep(&b->shard, &b->list);
    end = b->request.effects.count ? effects_targets(&b->request.effects, &b->list, &b->request.rule)
                                   : targets_make(&b->targets, &b->list, &b->request.rule);
    if (end == ENDS_WELL)
        end = overwrites_nothing(b, all); /* the paths in `all` are gone with the other shards */
    identities_free(all);
    return end;
}

static bool open_journal(batch *b)
{
    if (!b->journal.folder)
        return true;
    if (!folder_make(b->journal.folder, FOLDER_OPEN)) {
        say_problem(b->journal.folder, "cannot be made a folder");
        return false;
    }
    b->journal.recipe = batch_recipe(&b->request);
    return b->journal.recipe != NULL;
}

static bool stop(void *user)
{
    (void)user;
    return guard_asked();
}

static void make_folder_of(const char *target)
{
    char *folder = strdup(target), *slash = folder ? strrchr(folder, '/') : NULL;

    if (slash) {
        *slash = '\0';
        (void)folder_make(folder, FOLDER_OPEN); /* writing says what is wrong */
    }
    free(folder);
}

static cutout_fate look(void *user, cutout_picture *p, size_t i, const inspyr_bytes *file)
{
    batch *b = user;
    const char *outputs[EFFECTS_MAX];
    size_t n = outputs_of(b, i, outputs);

    if (b->journal.folder && !journal_key(p->key, &b->journal, p->name, file)) {
        refuse(&p->error, INSPYR_ERR_MEMORY, "out of memory");
        return CUTOUT_MADE;
    }
    if (b->journal.folder && journal_has(&b->journal, p->key, p->name, outputs, n))
        return CUTOUT_ALREADY;
    if (strchr(p->name, '/'))
        make_folder_of(outputs[0]);
    return CUTOUT_MADE;
}

/* What may be there the next time. */
static bool is_scarce(inspyr_status status)
{
    return status == INSPYR_ERR_MEMORY || status == INSPYR_ERR_DEVICE || status == INSPYR_ERR_DEVICE_MEMORY ||
           status == INSPYR_ERR_THREAD;
}

static void end(void *user, cutout_picture *p, size_t i)
{
    batch *b = user;
    const char *outputs[EFFECTS_MAX];
    size_t n = outputs_of(b, i, outputs);

    if (!p->error.status && p->fate == CUTOUT_MADE && b->journal.folder)
        (void)journal_put(&b->journal, p->key, p->name, outputs, n, &p->error);
    if (p->error.status) {
        b->failed++;
        b->scarce += is_scarce(p->error.status);
    } else {
        b->done += p->fate == CUTOUT_MADE;
        b->already += p->fate == CUTOUT_ALREADY;
    }
}

/* What a killed run of this shard has left in the folders of its results. */
static void sweep(const batch *b)
{
    const char *outputs[EFFECTS_MAX], *last = "";
    size_t length = 0;
    char owner[24];

    snprintf(owner, sizeof owner, "%dof%d", (int)b->shard.number, (int)b->shard.count);
    guard_own(owner);
    for (size_t i = 0; i < b->list.count; i++) {
        char *folder;

        (void)outputs_of(b, i, outputs);
        if (!outputs[0] ||
            ((size_t)(base_name(outputs[0]) - outputs[0]) == length && !strncmp(outputs[0], last, length)))
            continue;
        last = outputs[0];
        length = (size_t)(base_name(last) - last);
        folder = strndup(last, length);
        if (folder)
            guard_sweep(folder);
        free(folder);
    }
}

static int run(batch *b)
{
    double began = ticks_ms();
    size_t left;
    int status;

    if (!open_journal(b))
        return ENDS_WITH_ERRORS;
    if (!guard_start_asking()) {
        say_problem(NULL, "no thread could be started");
        return ENDS_WITH_ERRORS;
    }
    sweep(b);
    b->watch = (cutout_watch){ b, stop, look, end };
    b->request.watch = &b->watch;
    status = cutout_run(&b->request, &b->list, b->targets);
    left = b->list.count - b->done - b->already - b->failed;
    if (!b->request.quiet)
        fprintf(stderr, "inspyr: shard %d/%d: %zu done, %zu already, %zu failed, %zu left, %.1f s\n",
                (int)b->shard.number, (int)b->shard.count, b->done, b->already, b->failed, left,
                (ticks_ms() - began) / 1000);
    return (left && guard_asked()) || b->scarce ? ENDS_TOO_EARLY : status;
}

int command_batch(int argc, char **argv)
{
    batch *b = calloc(1, sizeof *b); /* 64 effects with their texts are much for a stack */
    const char **operands = malloc((size_t)argc * sizeof *operands);
    size_t count = 0;
    int status = ENDS_WITH_ERRORS;

    if (b && operands) {
        b->shard.count = 1;
        memcpy(b->request.kind, "cutout", sizeof "cutout");
        status = parse(b, operands, &count, argc, argv);
        if (!status && !settle(b, operands, count))
            status = ENDS_MISUSED;
        if (!status)
            status = gather(b, operands, count);
        if (!status)
            status = run(b);
        if (status < 0)
            status = say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
        targets_free(b->targets, &b->list);
        effects_free(&b->request.effects, &b->list);
        inputs_free(&b->list);
        free(b->journal.recipe);
    } else {
        say_problem(NULL, "out of memory");
    }
    free(operands);
    free(b);
    return status;
}
