#include "bench_print.h"

#include <stdio.h>

#include "jsonl.h"

#define MIB (1 << 20)

static double rate(double operations, double ms)
{
    return ms > 0 ? operations / ms * 1e-6 : 0;
}

void bench_print_table(const inspyr_info *info, const inspyr_bench_result *r, bool first)
{
    double ceiling = r->ceiling * 1e-9, reached = rate(r->operations, r->pass_ms), missing = r->profiled_ms;

    if (!first)
        putchar('\n');
    printf("%s %s, engine %s, %s, precision %s, %d thread%s, %d x %d", info->architecture, info->name,
           info->engine, info->instructions, info->precision, (int)r->threads, r->threads > 1 ? "s" : "",
           (int)r->network_width, (int)r->network_height);
    if (r->batch > 1)
        printf(", %d pictures", (int)r->batch);
    printf("\n  one pass      %.1f ms (median of %d; %.1f to %.1f), %.2f GFLOP, %.1f GFLOP/s\n", r->pass_ms,
           (int)r->repeat, r->fastest_ms, r->slowest_ms, r->operations * 1e-9, reached);
    if (r->ceiling > 0)
        printf("  ceiling       %.1f GFLOP/s for products in the first-level cache: %.1f %% of it reached\n",
               ceiling, 100 * reached / ceiling);
    printf("  warming up    %.1f ms: compiling %.1f, first pass %.1f; %llu page faults\n",
           r->compile_ms + r->first_ms, r->compile_ms, r->first_ms, (unsigned long long)r->first_faults);
    printf("  page faults   %.1f a pass\n", (double)r->faults / r->repeat);
    printf("  memory        %.1f MiB a pass, weights %.1f MiB, process at most %.1f MiB\n",
           (double)r->pass_bytes / MIB, (double)info->packed_bytes / MIB, (double)r->peak_bytes / MIB);
    printf("  %-22s %10s %8s %10s\n", "layers", "ms", "%", "GFLOP/s");
    for (int32_t g = 0; g < r->groups; g++) {
        printf("  %-22s %10.2f %8.1f %10.1f\n", r->group[g], r->group_ms[g],
               100 * r->group_ms[g] / r->profiled_ms, rate(r->group_operations[g], r->group_ms[g]));
        missing -= r->group_ms[g];
    }
    printf("  %-22s %10.2f %8.1f\n", "waiting", missing, 100 * missing / r->profiled_ms);
}

static void print_groups(json *j, const inspyr_bench_result *r)
{
    json_array(j, "groups");
    for (int32_t g = 0; g < r->groups; g++) {
        json_object(j, NULL);
        json_text(j, "name", r->group[g]);
        json_number(j, "seconds", r->group_ms[g] * 1e-3);
        json_number(j, "gflop", r->group_operations[g] * 1e-9);
        json_number(j, "gflops", rate(r->group_operations[g], r->group_ms[g]));
        json_end_object(j);
    }
    json_end_array(j);
}

void bench_print_json(const inspyr_info *info, const inspyr_bench_result *r)
{
    json j = { stdout, false };

    json_object(&j, NULL);
    json_text(&j, "model", info->name);
    json_text(&j, "architecture", info->architecture);
    json_text(&j, "engine", info->engine);
    json_text(&j, "instructions", info->instructions);
    json_text(&j, "precision", info->precision);
    json_integer(&j, "threads", r->threads);
    json_integer(&j, "network_width", r->network_width);
    json_integer(&j, "network_height", r->network_height);
    json_integer(&j, "batch", r->batch);
    json_integer(&j, "repeat", r->repeat);
    json_number(&j, "network_seconds", r->pass_ms * 1e-3);
    json_number(&j, "fastest_seconds", r->fastest_ms * 1e-3);
    json_number(&j, "slowest_seconds", r->slowest_ms * 1e-3);
    json_number(&j, "load_seconds", info->load_ms * 1e-3);
    json_number(&j, "compile_seconds", r->compile_ms * 1e-3);
    json_number(&j, "first_seconds", r->first_ms * 1e-3);
    json_number(&j, "gflop", r->operations * 1e-9);
    json_number(&j, "gflops", rate(r->operations, r->pass_ms));
    json_number(&j, "ceiling_gflops", r->ceiling * 1e-9);
    json_integer(&j, "pass_bytes", (int64_t)r->pass_bytes);
    json_integer(&j, "packed_bytes", (int64_t)info->packed_bytes);
    json_integer(&j, "peak_bytes", (int64_t)r->peak_bytes);
    json_integer(&j, "first_faults", (int64_t)r->first_faults);
    json_number(&j, "faults_per_pass", (double)r->faults / r->repeat);
    json_number(&j, "profiled_seconds", r->profiled_ms * 1e-3);
    print_groups(&j, r);
    json_end_object(&j);
    json_line(&j);
}
