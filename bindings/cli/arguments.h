/* arguments.h - options and operands of a command line, in any order.
 *
 * --name value, --name=value, -x value, -xvalue; "--" ends the options; "-" is an operand. */
#ifndef INSPYR_CLI_ARGUMENTS_H
#define INSPYR_CLI_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARGUMENT_END = -1, ARGUMENT_WRONG = -2, ARGUMENT_OPERAND = -3 };

typedef enum option_value {
    VALUE_NONE,
    VALUE_NEEDED,
    VALUE_MAYBE, /* only as --name=value */
} option_value;

typedef struct option {
    const char *name;
    char letter; /* '\0': none */
    option_value value;
} option;

typedef struct arguments {
    int argc;
    char **argv;
    const option *options;
    size_t option_count;
    int next;
    bool only_operands;
} arguments;

/* argv[0] is the name of the command. */
arguments arguments_of(int argc, char **argv, const option *options, size_t option_count);

/* The index of the next option in the table, or one of the above; *value: its value or the operand, or NULL.
 * ARGUMENT_WRONG has been explained to the user. */
int arguments_next(arguments *a, const char **value);

/* A decimal number from least to most, without anything around it; false and a message otherwise. */
bool arguments_number(const char *option_name, const char *text, int32_t least, int32_t most, int32_t *out);

/* The same for numbers with a fraction. */
bool arguments_decimal(const char *option_name, const char *text, double least, double most, double *out);

#endif
