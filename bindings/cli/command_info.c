/* command_info.c - `inspyr info`: what a file or this build is. */
#include "command.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "arguments.h"
#include "help.h"
#include "inputs.h"
#include "inspyr.h"
#include "jsonl.h"
#include "reading.h"
#include "say.h"

enum { BUILD, JSON, HELP };

static const option options[] = {
    [BUILD] = { "build", '\0', VALUE_NONE },
    [JSON] = { "json", '\0', VALUE_NONE },
    [HELP] = { "help", 'h', VALUE_NONE },
};

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
}

static void print_model(const inspyr_info *info)
{
    printf("  name          %s %s\n", info->name, info->version);
    printf("  licence       %s\n", info->licence);
    printf("  architecture  %s\n", info->architecture);
    printf("  parameters    %llu (%.1f MiB in memory)\n", (unsigned long long)info->parameters,
           (double)info->packed_bytes / (1 << 20));
    printf("  input         %d x %d, other sizes in steps of %d\n", (int)info->base_width,
           (int)info->base_height, (int)info->size_multiple);
    printf("  runs on       %s, engine %s, %s, precision %s\n", info->device, info->engine, info->instructions,
           info->precision);
    if (info->note[0])
        printf("  note          %s\n", info->note);
}

static inspyr_status describe_model(const char *path, const inspyr_bytes *bytes, bool as_json,
                                    inspyr_error *error)
{
    json j = { stdout, false };
    inspyr_load_options load;
    inspyr_model *model;
    inspyr_info info;
    inspyr_status status;

    inspyr_load_options_init(&load);
    inspyr_info_init(&info);
    load.bytes = bytes->data;
    load.bytes_size = bytes->size;
    status = inspyr_model_load(&model, NULL, &load, error);
    if (status)
        return status;
    status = inspyr_model_info(model, &info, error);
    if (status == INSPYR_OK && as_json) {
        json_object(&j, NULL);
        json_name(&j, "input", path);
        json_text(&j, "kind", "model");
        json_text(&j, "status", inspyr_status_name(INSPYR_OK));
        json_null(&j, "error");
        json_model(&j, &info);
        json_end_object(&j);
        json_line(&j);
    } else if (status == INSPYR_OK) {
        say_name(stdout, path);
        puts(": weights");
        print_model(&info);
    }
    inspyr_model_free(model);
    return status;
}

/* Weights have no magic number: whatever is no picture is tried as weights. */
static inspyr_status describe(const char *path, bool as_json, inspyr_error *error)
{
    inspyr_bytes bytes;
    inspyr_probe probe;
    inspyr_status status = read_bytes(&bytes, path, WEIGHT_BYTES_MAX, error);

    if (status)
        return status;
    inspyr_probe_init(&probe);
    status = inspyr_image_probe(&probe, bytes.data, bytes.size, error);
    if (status == INSPYR_OK)
        print_probe(path, &probe, as_json);
    else if (status == INSPYR_ERR_IMAGE_FORMAT && bytes.size && !looks_like_picture(bytes.data, bytes.size))
        status = describe_model(path, &bytes, as_json, error);
    if (status == INSPYR_ERR_WEIGHTS) {
        inspyr_error why = *error;

        refuse(error, status, "neither a picture nor usable weights: %s", why.message);
    }
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

int command_info(int argc, char **argv)
{
    bool build = false, as_json = false, good = true, asked = false;
    arguments a = arguments_of(argc, argv, options, sizeof options / sizeof *options);
    const char *value;
    int what, files = 0;

    while ((what = arguments_next(&a, &value)) != ARGUMENT_END) {
        if (what == ARGUMENT_WRONG)
            return ENDS_MISUSED;
        files += what == ARGUMENT_OPERAND;
        build |= what == BUILD;
        as_json |= what == JSON;
        asked |= what == HELP;
    }
    if (asked) {
        fputs(help_text("info"), stdout);
        return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
    }
    if (build == (files > 0)) {
        say_wrong("info needs either a file or --build");
        return ENDS_MISUSED;
    }
    if (build)
        return describe_build(as_json);
    a = arguments_of(argc, argv, options, sizeof options / sizeof *options);
    while ((what = arguments_next(&a, &value)) != ARGUMENT_END) {
        inspyr_error error;

        if (what == ARGUMENT_OPERAND && describe(value, as_json, &error)) {
            say_problem(value, error.message);
            if (as_json)
                print_error(value, &error);
            good = false;
        }
    }
    return say_flush() && good ? ENDS_WELL : ENDS_WITH_ERRORS;
}
