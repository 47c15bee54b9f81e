#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "folders.h"
#include "say.h"

const char *session_cache_word(inspyr_cache_use use)
{
    static const char *const words[] = { "off", "hit", "written", "failed" };

    return (size_t)use < sizeof words / sizeof *words ? words[use] : "unknown";
}

/* What is left of the whole went into the cache, if something went there. */
void session_print_load(FILE *file, const inspyr_info *info)
{
    double rest = info->load_ms - info->read_ms - info->pack_ms;

    fprintf(file, "in %.1f ms: reading %.1f, packing %.1f", info->load_ms, info->read_ms, info->pack_ms);
    if (info->cache == INSPYR_CACHE_WRITTEN)
        fprintf(file, ", writing %.1f", rest > 0 ? rest : 0);
    fprintf(file, ", cache %s\n", session_cache_word(info->cache));
}

void session_load_options(inspyr_load_options *options, const network_request *request,
                          const published_model *published)
{
    inspyr_load_options_init(options);
    options->device = request->device;
    options->engine = request->engine;
    options->precision = request->precision;
    if (!request->wish && (request->device || request->engine || request->precision))
        options->device_need = INSPYR_NEED_REQUIRED;
    options->base_width = request->base_width;
    options->base_height = request->base_height;
    if (published && !request->base_width)
        options->base_width = options->base_height = published->base_size;
    options->blend_size = request->blend_size;
}

/* What is known of a file by its name, where it does not say. */
static void add_published(inspyr_info *info, const published_model *published)
{
    if (!published)
        return;
    if (!info->name[0])
        info->name = published->name;
    if (!info->version[0])
        info->version = published->version;
    if (!info->licence[0])
        info->licence = published_licence;
}

/* NULL: none. *failed: there should be one, and a message says why there is not. */
static char *cache_folder(const network_request *request, bool *failed)
{
    char *cache = request->no_cache ? NULL : packed_folder(), text[200];

    *failed = cache && !folder_make(cache, FOLDER_OWN);
    if (!*failed)
        return cache;
    snprintf(text, sizeof text, "packed weights cannot be kept here for the next time: %s", strerror(errno));
    if (!request->quiet)
        say_problem(cache, text);
    free(cache);
    return NULL;
}

static bool load(session *s, const network_request *request)
{
    const published_model *published = NULL;
    inspyr_load_options options;
    inspyr_error error;
    char *path = NULL, *cache = NULL;
    bool builtin = model_is_builtin(request->model), no_folder_made = false, good;

    if (!builtin && !(path = model_path(request->model, &published)))
        return false;
    inspyr_info_init(&s->info);
    session_load_options(&options, request, published);
    options.pool = s->pool;
    if (!builtin)
        options.cache_dir = cache = cache_folder(request, &no_folder_made);
    good =
        !inspyr_model_load(&s->model, path, &options, &error) && !inspyr_model_info(s->model, &s->info, &error);
    if (!good) /* what went wrong with the file itself already begins with its name */
        say_problem(error.status == INSPYR_ERR_FILE ? NULL
                    : path                          ? request->model
                                                    : "built-in model",
                    error.message);
    else if (s->info.cache == INSPYR_CACHE_FAILED && !request->quiet)
        say_problem(cache, "the packed weights could not be kept here for the next time");
    if (good)
        add_published(&s->info, published);
    if (good && no_folder_made)
        s->info.cache = INSPYR_CACHE_FAILED;
    free(cache);
    free(path);
    return good;
}

bool session_open(session *s, const network_request *request)
{
    inspyr_error error;
    bool good;

    memset(s, 0, sizeof *s);
    good = !inspyr_pool_open(&s->pool, request->threads, NULL, &error);
    if (!good)
        say_problem(NULL, error.message);
    good = good && load(s, request);
    if (!good)
        session_close(s);
    return good;
}

void session_close(session *s)
{
    inspyr_model_free(s->model);
    inspyr_pool_free(s->pool);
    memset(s, 0, sizeof *s);
}
