/* Any text as effects: refused, or what is read comes back from its own text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "inspyr.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void print_and_read(const inspyr_effect_values *values)
{
    char text[INSPYR_EFFECT_TEXT_MAX], again[INSPYR_EFFECT_TEXT_MAX];
    inspyr_effect_values back;
    size_t count;

    inspyr_effect_values_init(&back);
    if (inspyr_effect_print(text, values, NULL) || inspyr_effect_parse(&back, &count, text, 0, NULL) ||
        count != 1 || inspyr_effect_print(again, &back, NULL) || strcmp(text, again) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    inspyr_effect_values values;
    size_t count, same;

    if (!text)
        return 0;
    if (size)
        memcpy(text, bytes, size);
    text[size] = '\0';
    if (!inspyr_effect_parse(NULL, &count, text, 0, NULL))
        for (size_t i = 0; i < count && i < 100; i++) {
            inspyr_effect_values_init(&values);
            if (inspyr_effect_parse(&values, &same, text, i, NULL) || same != count)
                abort();
            print_and_read(&values);
        }
    free(text);
    return 0;
}
