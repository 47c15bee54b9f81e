/* command_devices.c - `inspyr devices`: engines and devices, and why some cannot be used. */
#include "command.h"

#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "help.h"
#include "inspyr.h"
#include "jsonl.h"
#include "say.h"

enum { JSON, HELP };

static const option options[] = {
    [JSON] = { "json", '\0', VALUE_NONE },
    [HELP] = { "help", 'h', VALUE_NONE },
};

static void print_json(const inspyr_device *d)
{
    json j = { stdout, false };

    json_object(&j, NULL);
    json_text(&j, "engine", d->engine);
    json_text(&j, "device", d->device);
    json_boolean(&j, "usable", !d->reason[0]);
    json_text(&j, "reason", d->reason);
    json_text(&j, "name", d->name);
    json_text(&j, "instructions", d->instructions);
    json_text(&j, "precisions", d->precisions);
    json_integer(&j, "free_bytes", (int64_t)d->free_bytes);
    json_integer(&j, "total_bytes", (int64_t)d->total_bytes);
    json_end_object(&j);
    json_line(&j);
}

static void print_text(const inspyr_device *d)
{
    printf("%-7s %-7s ", d->device, d->engine);
    if (d->reason[0]) {
        printf("not usable: %s\n", d->reason);
        return;
    }
    printf("%s: %s%s%s", d->instructions, d->precisions, d->name[0] ? "; " : "", d->name);
    if (d->total_bytes)
        printf(", %.1f of %.1f GiB free", (double)d->free_bytes / (1 << 30),
               (double)d->total_bytes / (1 << 30));
    putchar('\n');
}

int command_devices(int argc, char **argv)
{
    arguments a = arguments_of(argc, argv, options, sizeof options / sizeof *options);
    bool as_json = false;
    const char *value;
    inspyr_device d;
    int what;

    while ((what = arguments_next(&a, &value)) != ARGUMENT_END) {
        if (what == HELP) {
            help_print(stdout, "devices");
            return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
        }
        if (what == ARGUMENT_OPERAND)
            say_wrong("devices takes no files, and was given '%s'", value);
        if (what < 0)
            return ENDS_MISUSED;
        as_json = true;
    }
    inspyr_device_init(&d);
    for (size_t i = 0; !inspyr_device_list(&d, i, NULL); i++)
        if (as_json)
            print_json(&d);
        else
            print_text(&d);
    return say_flush() ? ENDS_WELL : ENDS_WITH_ERRORS;
}
