/* bench_print.h - what `inspyr bench` measured, for people and for programs. */
#ifndef INSPYR_CLI_BENCH_PRINT_H
#define INSPYR_CLI_BENCH_PRINT_H

#include <stdbool.h>

#include "inspyr_experimental.h"

void bench_print_table(const inspyr_info *info, const inspyr_bench_result *result, bool first);

/* One object and line. */
void bench_print_json(const inspyr_info *info, const inspyr_bench_result *result);

#endif
