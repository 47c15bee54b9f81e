/* jobs.h - jobs on played contexts: pictures of one shade, whose results show whose they are. Every failure
 * fails the test. Threads: any. */
#ifndef INSPYR_TESTS_JOBS_H
#define INSPYR_TESTS_JOBS_H

#include "support/played_backend.h"

/* A PGM file of width x height pixels of one shade. */
typedef struct shade_file {
    unsigned char bytes[4096];
    size_t size;
} shade_file;

shade_file shade(int value, int width, int height);

/* Options with a short pause between attempts to load. */
inspyr_context_options with_flags(uint64_t flags);

/* A request for a matte, which is the shade. */
void matte_request(inspyr_request *r, inspyr_cutout_options *cutout);

/* A picture of 3 x 2 pixels; request NULL: its matte. */
inspyr_job *submitted(inspyr_context *c, int value, const inspyr_request *request);
inspyr_status submit_status(inspyr_context *c, int value, const inspyr_request *request);

/* The job ends well, and its result is a matte of that shade; it is freed. */
void expect_shade(inspyr_job *job, int value);

/* The job ends with this status; it is freed. */
void expect_status(inspyr_job *job, inspyr_status status);

inspyr_context_status status_of(const inspyr_context *c);
inspyr_job_status poll_of(const inspyr_job *job);

/* What a job's callbacks heard. They never run two at a time. */
typedef struct heard {
    size_t indices[16], n, count;
    int ends;
    bool result_after_end;
    inspyr_status status;
    bool frees, cancels;
    inspyr_job *job;
} heard;

/* A request whose callbacks fill *h, which is cleared. */
void listening(inspyr_request *r, inspyr_cutout_options *cutout, heard *h);

/* Drains and frees it, and looks whether anything is left. */
void context_end(inspyr_context *c, playing *p);

/* A context whose only worker hangs in the pass of the first job (shade 100), so that whatever comes waits. */
typedef struct busy_context {
    playing p;
    inspyr_context *c;
    inspyr_job *first;
    inspyr_cutout_options cutout;
    inspyr_request r; /* for a matte, with cutout */
} busy_context;

void busy_begin(busy_context *b, const inspyr_context_options *o);

/* The pass goes on, and the first job ends well. */
void busy_go_on(busy_context *b);

void busy_end(busy_context *b);

#endif
