/* command_info.c - `inspyr info`: what a file or this build is. */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "arguments.h"
#include "help.h"
#include "inputs.h"
#include "jsonl.h"
#include "reading.h"
#include "say.h"
#include "session.h"

enum { BUILD = NETWORK_OPTIONS, JSON, HELP };

static const option options[] = {
    NETWORK_OPTION_ROWS,
    [BUILD] = { "build", '\0', VALUE_NONE },
    [JSON] = { "json", '\0', VALUE_NONE },
    [HELP] = { "help", 'h', VALUE_NONE },
};

#define FIRST_BYTES 64

typedef struct info_request {
    network_request network;
    bool build, json, help;
    int files;
} info_request;

static void print_probe(const char *path, const inspyr_probe *probe, bool as_json)
{
    static const char *const kinds[] = { "png", "jpeg", "webp", "pam" };
    const char *kind = (size_t)probe->file < sizeof kinds / sizeof *kinds ? kinds[probe->file] : "unknown";
    json j = { stdout, false };

    if (!as_json) {
        say_name(stdout, path);
        printf(": %s, %d x %d, %d bit%s, orientation %d\n", kind, (int)probe->width, (int)probe->height,
               (int)probe->bits, probe->has_alpha ? ", with transparency" : "", (int)probe->orientation);
        return;
    }
    json_object(&j, NULL);
    json_name(&j, "input", path);
    json_text(&j, "kind", "picture");
    json_text(&j, "status", inspyr_status_name(INSPYR_OK));
    json_null(&j, "error");
    json_text(&j, "file", kind);
    json_integer(&j, "width", probe->width);
    json_integer(&j, "height", probe->height);
    json_integer(&j, "bits", probe->bits);
    json_boolean(&j, "has_alpha", probe->has_alpha != 0);
    json_integer(&j, "orientation", probe->orientation);
    json_end_object(&j);
    json_line(&j);
}

static void json_model(json *j, const inspyr_info *info)
{
    json_text(j, "name", info->name);
    json_text(j, "version", info->version);
    json_text(j, "licence", info->licence);
    json_text(j, "architecture", info->architecture);
    json_text(j, "container", info->container);
    json_text(j, "engine", info->engine);
    json_text(j, "device", info->device);
    json_text(j, "instructions", info->instructions);
    json_text(j, "precision", info->precision);
    json_text(j, "note", info->note);
    json_integer(j, "parameters", (int64_t)info->parameters);
    json_integer(j, "packed_bytes", (int64_t)info->packed_bytes);
    json_integer(j, "base_width", info->base_width);
    json_integer(j, "base_height", info->base_height);
    json_integer(j, "size_multiple", info->size_multiple);
    json_integer(j, "blend_size", info->blend_size);
    json_text(j, "cache", session_cache_word(info->cache));
    json_milliseconds(j, "read_ms", info->read_ms);
    json_milliseconds(j, "pack_ms", info->pack_ms);
    json_milliseconds(j, "load_ms", info->load_ms);
}

static void print_model(const inspyr_info *info)
{
    if (info->name[0])
        printf("  name          %s%s%s\n", info->name, info->version[0] ? " " : "", info->version);
    if (info->licence[0])
        printf("  licence       %s\n", info->licence);
    printf("  architecture  %s\n", info->architecture);
    printf("  parameters    %llu (%.1f MiB in memory)\n", (unsigned long long)info->parameters,
           (double)info->packed_bytes / (1 << 20));
    printf("  input         %d x %d, other sizes in steps of %d\n", (int)info->base_width,
           (int)info->base_height, (int)info->size_multiple);
    if (info->blend_size)
        printf("  blended       dynamic sizes over %d x %d, from two passes\n", (int)info->blend_size,
               (int)info->blend_size);
    printf("  runs on       %s, engine %s, %s, precision %s\n", info->device, info->engine, info->instructions,
           info->precision);
    fputs("  loaded        ", stdout);
    session_print_load(stdout, info);
    if (info->note[0])
        printf("  note          %s\n", info->note);
}

static void print_weights(const char *path, const inspyr_info *info, bool as_json)
{
    json j = { stdout, false };

    if (!as_json) {
        say_name(stdout, path);
        puts(": weights");
        print_model(info);
        return;
    }
    json_object(&j, NULL);
    json_name(&j, "input", path);
    json_text(&j, "kind", "model");
    json_text(&j, "status", inspyr_status_name(INSPYR_OK));
    json_null(&j, "error");
    json_model(&j, info);
    json_end_object(&j);
    json_line(&j);
}

/* bytes: NULL if the path is a file, which the library then reads by itself. */
static inspyr_status describe_weights(const char *path, const inspyr_bytes *bytes, const info_request *request,
                                      inspyr_error *error)
{
    inspyr_load_options load;
    inspyr_model *model;
    inspyr_info info;
    inspyr_status status;

    session_load_options(&load, &request->network, NULL);
    inspyr_info_init(&info);
    load.bytes = bytes ? bytes->data : NULL;
    load.bytes_size = bytes ? bytes->size : 0;
    status = inspyr_model_load(&model, bytes ? NULL : path, &load, error);
    if (status == INSPYR_OK)
        status = inspyr_model_info(model, &info, error);
    if (status == INSPYR_OK)
        print_weights(path, &info, request->json);
    inspyr_model_free(model);
    return status;
}

/* Weights have no magic number: whatever is no picture is tried as weights. */
static inspyr_status describe_unknown(const char *path, const inspyr_bytes *bytes, const unsigned char *first,
                                      size_t size, const info_request *request, inspyr_error *error)
{
    inspyr_status status = describe_weights(path, bytes, request, error);

    if (status == INSPYR_ERR_WEIGHTS && !looks_like_weights(first, size)) {
        inspyr_error why = *error;

        refuse(error, status, "neither a picture nor usable weights: %s", why.message);
    }
    return status;
}

static size_t first_bytes(unsigned char out[FIRST_BYTES], const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t got = file ? fread(out, 1, FIRST_BYTES, file) : 0;

    if (file)
        fclose(file);
    return got;
}

/* For those who give the name of a network where a file is expected. */
static inspyr_status no_such_file(const char *path, inspyr_error *error)
{
    if (model_is_builtin(path) || published_find(path))
        return refuse(error, INSPYR_ERR_FILE, "no such file; the network of that name: inspyr info --model %s",
                      path);
    return refuse(error, INSPYR_ERR_FILE, "%s", strerror(ENOENT));
}

/* A file of weights is not read here: it may be large. */
static inspyr_status describe(const char *path, const info_request *request, inspyr_error *error)
{
    unsigned char first[FIRST_BYTES];
    inspyr_bytes bytes;
    inspyr_probe probe;
    struct stat there;
    inspyr_status status;
    bool found = !stat(path, &there);
    size_t got = found && S_ISREG(there.st_mode) ? first_bytes(first, path) : 0;

    if (!found && errno == ENOENT && strcmp(path, "-") != 0)
        return no_such_file(path, error);
    if (got && !may_be_picture(first, got))
        return describe_unknown(path, NULL, first, got, request, error);
    status = read_bytes(&bytes, path, WEIGHT_BYTES_MAX, error);
    if (status)
        return status;
    inspyr_probe_init(&probe);
    status = inspyr_image_probe(&probe, bytes.data, bytes.size, error);
    if (status == INSPYR_OK)
        print_probe(path, &probe, request->json);
    else if (status == INSPYR_ERR_IMAGE_FORMAT && bytes.size && !may_be_picture(bytes.data, bytes.size))
        status = describe_unknown(path, &bytes, bytes.data, bytes.size, request, error);
    inspyr_bytes_free(&bytes);
    return status;
}

static void print_error(const char *path, const inspyr_error *error)
{
    json j = { stdout, false };

    json_object(&j, NULL);
    json_name(&j, "input", path);
    json_null(&j, "kind");
    json_text(&j, "status", inspyr_status_name(error->status));
    json_text(&j, "error", error->message);
    json_end_object(&j);
    json_line(&j);
}

static int describe_build(bool as_json)
{
    json j = { stdout, false };
    inspyr_model *model;
    inspyr_info info;
    inspyr_error error;
    bool loaded = !inspyr_model_load(&model, NULL, NULL, &error);

    inspyr_info_init(&info);
    if (loaded && inspyr_model_info(model, &info, &error)) {
        inspyr_model_free(model);
        loaded = false;
    }
    if (as_json) {
        json_object(&j, NULL);
        json_text(&j, "version", inspyr_version());
        json_text(&j, "features", inspyr_features());
        json_text(&j, "error", loaded ? NULL : error.message);
        json_object(&j, "model");
        if (loaded)
            json_model(&j, &info);
        json_end_object(&j);
        json_end_object(&j);
        json_line(&j);
    } else {
        printf("inspyr %s\nfeatures: %s\n", inspyr_version(), inspyr_features());
        printf("built-in model:%s%s\n", loaded ? "" : " ", loaded ? "" : error.message);
        if (loaded)
            print_model(&info);
    }
    if (loaded)
        inspyr_model_free(model);
    return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
}

static int describe_named(const info_request *request)
{
    session s;

    if (!session_open(&s, &request->network))
        return ENDS_WITH_ERRORS;
    print_weights(request->network.model, &s.info, request->json);
    session_close(&s);
    return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
}

static bool parse(info_request *request, arguments a)
{
    const char *value;
    int what;

    while ((what = arguments_next(&a, &value)) != ARGUMENT_END)
        switch (what) {
        case ARGUMENT_OPERAND:
            request->files++;
            break;
        case BUILD:
            request->build = true;
            break;
        case JSON:
            request->json = true;
            break;
        case HELP:
            request->help = true;
            break;
        default:
            if (what < 0 || !network_option(&request->network, what, value))
                return false;
        }
    return network_options_agree(&request->network);
}

static int describe_all(const info_request *request, arguments a)
{
    const char *value;
    bool good = true;
    int what;

    while ((what = arguments_next(&a, &value)) != ARGUMENT_END) {
        inspyr_error error;

        if (what != ARGUMENT_OPERAND || !describe(value, request, &error))
            continue;
        say_problem(value, error.message);
        if (request->json)
            print_error(value, &error);
        good = false;
    }
    return say_flush() && good ? ENDS_WELL : ENDS_WITH_ERRORS;
}

int command_info(int argc, char **argv)
{
    const arguments all = arguments_of(argc, argv, options, sizeof options / sizeof *options);
    info_request request = { 0 };

    if (!parse(&request, all))
        return ENDS_MISUSED;
    if (request.help) {
        help_print(stdout, "info");
        return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
    }
    if (request.build + (request.files > 0) + (request.network.model != NULL) != 1) {
        say_wrong("info needs either files, --build or --model");
        return ENDS_MISUSED;
    }
    if (request.build)
        return describe_build(request.json);
    return request.files ? describe_all(&request, all) : describe_named(&request);
}
