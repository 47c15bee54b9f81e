#include "weight_files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "catalogue.h"
#include "command.h"
#include "digest.h"
#include "guard.h"
#include "identity.h"
#include "say.h"

#define SUFFIX ".safetensors"

bool weight_target(const char *target)
{
    size_t length = strlen(target);

    if (length <= strlen(SUFFIX) || strcmp(target + length - strlen(SUFFIX), SUFFIX)) {
        say_wrong("the new file is a safetensors file: its name ends with " SUFFIX);
        return false;
    }
    return true;
}

/* Under whatever name and through whatever link. */
static bool same_file(char *source, const char *target)
{
    input_file file = { .path = source };
    const inputs list = { &file, 1, false };
    identities *ids = identities_of(&list);
    bool same = !ids || identities_find(ids, target);

    identities_free(ids);
    return same;
}

/* What the catalogue knows, where nothing else was said. */
static void add_published(inspyr_convert_options *o, const published_model *published)
{
    if (!published)
        return;
    o->version = published->version;
    if (!o->name)
        o->name = published->name;
    if (!o->licence)
        o->licence = published_licence;
    if (!o->base_width)
        o->base_width = o->base_height = published->base_size;
}

/* What there is of it in files comes with the source of the library. */
static bool is_source_builtin(const weight_job *job)
{
    if (!model_is_builtin(job->source) || !access(job->source, F_OK))
        return false;
    say_wrong("the built-in network is a part of the library; --model builtin names it, and %s takes files",
              job->command);
    return true;
}

int weight_run(const weight_job *job)
{
    const published_model *published = NULL;
    char *source;
    bool good;
    digests found;

    if (is_source_builtin(job))
        return ENDS_MISUSED;
    source = model_path(job->source, &published);
    good = source != NULL;
    if (good && same_file(source, job->target)) {
        say_wrong("the new file would overwrite '%s'", job->source);
        free(source);
        return ENDS_MISUSED;
    }
    if (good && !guard_start()) {
        say_problem(NULL, "no thread could be started");
        good = false;
    }
    if (good) {
        add_published(job->describe, published);
        if (digest_path(&found, source))
            job->describe->source_sha256 = found.sha256;
        good = job->make(job->request, source);
    }
    free(source);
    return good ? ENDS_WELL : ENDS_WITH_ERRORS;
}
