/* command_sheet.c - `inspyr sheet`: pictures beside their cut-outs on one sheet. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "bar.h"
#include "drawing.h"
#include "flow.h"
#include "guard.h"
#include "help.h"
#include "identity.h"
#include "reading.h"
#include "say.h"
#include "session.h"
#include "sheet.h"
#include "targets.h"
#include "writing.h"

enum { OUTPUT = NETWORK_OPTIONS, EFFECTS, FORMAT, WIDTH, HEIGHT, FORCE, SANDBOX, HELP };

static const option options[] = {
    NETWORK_OPTION_ROWS,
    [OUTPUT] = { "output", 'o', VALUE_NEEDED },
    [EFFECTS] = { "effects", 'e', VALUE_NEEDED },
    [FORMAT] = { "format", 'f', VALUE_NEEDED },
    [WIDTH] = { "width", 'w', VALUE_NEEDED },
    [HEIGHT] = { "height", '\0', VALUE_NEEDED },
    [FORCE] = { "force", '\0', VALUE_NONE },
    [SANDBOX] = { "sandbox", '\0', VALUE_NONE },
    [HELP] = { "help", 'h', VALUE_NONE },
};

typedef struct sheet_request {
    const char *target, *format;
    network_request network;
    int32_t width, height;
    inspyr_file file;
    bool replace;
    inputs list;
    session session;
    inspyr_image **photos, **results;
    effect_list effects;
    tile *tiles; /* of each input: the picture, its cut-out, and effects on that */
    size_t each;
    size_t failed;
} sheet_request;

static void decode(void *user, size_t i)
{
    sheet_request *r = user;
    input_file *in = &r->list.at[i];
    inspyr_decode_options decode_options;

    inspyr_decode_options_init(&decode_options);
    decode_options.max_bytes = PICTURE_BYTES_MAX;
    decode_options.flags = network_decode_flags(&r->network);
    if (in->error.status == INSPYR_OK)
        read_picture(&r->photos[i], NULL, in->path, &decode_options, &in->error);
}

static void cut(void *user, size_t i)
{
    sheet_request *r = user;
    input_file *in = &r->list.at[i];
    inspyr_cutout_options cutout_options;
    inspyr_view view;

    if (in->error.status)
        return;
    inspyr_cutout_options_init(&cutout_options);
    cutout_options.flags = network_compat_flags(&r->network);
    cutout_options.resize = r->network.resize;
    cutout_options.short_side = r->network.short_side;
    inspyr_image_view(r->photos[i], &view);
    if (inspyr_remove_background(&r->results[i], r->session.model, &view, &cutout_options, &in->error))
        r->results[i] = NULL;
}

static bool shrink(tile *out, const inspyr_image *image, const sheet_request *r)
{
    inspyr_view view;

    inspyr_image_view(image, &view);
    return tile_make(out, &view, sheet_tile_width(r->width, r->each), r->height);
}

static void draw_effects(const sheet_request *r, tile *tiles, const inspyr_image *cutout, inspyr_error *error)
{
    inspyr_image *results[EFFECTS_MAX];
    inspyr_view view;

    inspyr_image_view(cutout, &view);
    effects_render(results, &r->effects, &view, r->session.pool, error);
    for (size_t i = 0; i < r->effects.count; i++) {
        if (!error->status && !shrink(&tiles[i], results[i], r))
            refuse(error, INSPYR_ERR_MEMORY, "no room to draw");
        inspyr_image_free(results[i]);
    }
}

static void finish(void *user, size_t i)
{
    sheet_request *r = user;
    input_file *in = &r->list.at[i];

    tile *tiles = &r->tiles[r->each * i];

    if (in->error.status == INSPYR_OK &&
        !(shrink(&tiles[0], r->photos[i], r) && shrink(&tiles[1], r->results[i], r)))
        refuse(&in->error, INSPYR_ERR_MEMORY, "no room to draw");
    if (in->error.status == INSPYR_OK && r->effects.count)
        draw_effects(r, &tiles[2], r->results[i], &in->error);
    inspyr_image_free(r->photos[i]);
    inspyr_image_free(r->results[i]);
    if (in->error.status) {
        r->failed++;
        say_problem(in->path, in->error.message);
    }
    bar_step(i + 1);
}

static int draw(sheet_request *r)
{
    inspyr_error error = { INSPYR_OK, "" };
    inspyr_view view;
    tile sheet = { 0 };

    if (r->failed == r->list.count)
        return ENDS_WITH_ERRORS;
    if (!sheet_draw(&sheet, r->tiles, r->list.count, r->each, r->width)) {
        say_problem(NULL, "no room for the sheet");
        return ENDS_WITH_ERRORS;
    }
    view = (inspyr_view){ sheet.pixels, (int64_t)sheet.width * 3, sheet.width, sheet.height, INSPYR_RGB8, 0 };
    if (write_picture(r->target, &view, NULL, r->file, r->replace, NULL, NULL, &error))
        say_problem(NULL, error.message);
    tile_free(&sheet);
    return error.status || r->failed ? ENDS_WITH_ERRORS : ENDS_WELL;
}

static int run(sheet_request *r)
{
    static flow_step *const steps[FLOW_STEPS] = { decode, cut, finish };
    int end = ENDS_WITH_ERRORS;

    r->each = 2 + r->effects.count;
    r->photos = calloc(r->list.count, sizeof *r->photos);
    r->results = calloc(r->list.count, sizeof *r->results);
    r->tiles = calloc(r->list.count, r->each * sizeof *r->tiles);
    if (!r->photos || !r->results || !r->tiles)
        say_problem(NULL, "out of memory");
    else if (session_open(&r->session, &r->network)) {
        bar_start(r->list.count, true);
        flow_run(r->list.count, steps, r, r->network.threads == 1);
        bar_end();
        end = draw(r);
        session_close(&r->session);
    }
    for (size_t i = 0; r->tiles && i < r->each * r->list.count; i++)
        tile_free(&r->tiles[i]);
    free(r->tiles);
    free(r->results);
    free(r->photos);
    return end;
}

/* The rules of `inspyr cutout`, for one result of all inputs. */
static int settle(sheet_request *r)
{
    inspyr_error error;
    identities *ids;
    const char *which;

    if (!network_options_agree(&r->network))
        return ENDS_MISUSED;
    if (!r->list.count || !r->target) {
        say_wrong("sheet needs pictures, and -o for the sheet");
        return ENDS_MISUSED;
    }
    if (r->format ? !file_of_format(&r->file, r->format) : !file_of_name(&r->file, r->target)) {
        say_wrong("a sheet is written as png, webp, jpg or pam");
        return ENDS_MISUSED;
    }
    if (!strcmp(r->target, "-") && isatty(STDOUT_FILENO)) {
        say_wrong("a terminal cannot show the sheet: redirect it, or use -o FILE");
        return ENDS_MISUSED;
    }
    ids = identities_of(&r->list);
    which = ids ? identities_find(ids, r->target) : NULL;
    identities_free(ids);
    if (!ids || which) {
        say_wrong("the sheet would overwrite the input '%s'", which ? which : r->target);
        return ENDS_MISUSED;
    }
    if (write_allowed(r->target, r->replace, &error) || write_possible(r->target, &error)) {
        say_problem(NULL, error.message);
        return ENDS_WITH_ERRORS;
    }
    if (!guard_start()) {
        say_problem(NULL, "no thread could be started");
        return ENDS_WITH_ERRORS;
    }
    return ENDS_WELL;
}

int command_sheet(int argc, char **argv)
{
    arguments a = arguments_of(argc, argv, options, sizeof options / sizeof *options);
    sheet_request r = { .width = 2000, .height = 320 };
    bool good = true, asked = false;
    const char *value;
    int what, end;

    while (good && (what = arguments_next(&a, &value)) != ARGUMENT_END)
        switch (what) {
        case ARGUMENT_OPERAND:
            good = inputs_add(&r.list, value);
            break;
        case OUTPUT:
            r.target = value;
            break;
        case EFFECTS:
            good = effects_parse(&r.effects, value);
            break;
        case FORMAT:
            r.format = value;
            break;
        case WIDTH:
            good = arguments_number("width", value, 200, 8000, &r.width);
            break;
        case HEIGHT:
            good = arguments_number("height", value, 32, 2000, &r.height);
            break;
        case FORCE:
            r.replace = true;
            break;
        case SANDBOX:
            pictures_in_sandbox();
            break;
        case HELP:
            asked = true;
            break;
        default:
            good = what >= 0 && network_option(&r.network, what, value);
        }
    if (good && asked) {
        help_print(stdout, "sheet");
        end = say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
    } else {
        end = good ? settle(&r) : ENDS_MISUSED;
        if (end == ENDS_WELL)
            end = run(&r);
    }
    inputs_free(&r.list);
    return end;
}
