/* service.c - a service without its sockets: service PHOTO...; four threads want them all, with effects. */
#include <inspyr_context.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct service {
    inspyr_context *context;
    inspyr_bytes *photos; /* the last one has no data */
} service;

static void *connection(void *user)
{
    const service *s = user;
    inspyr_encode_options png;
    inspyr_request request;
    inspyr_job *job;
    inspyr_job_result result;
    inspyr_error error;

    inspyr_encode_options_init(&png);
    inspyr_request_init(&request);
    inspyr_job_result_init(&result);
    request.encode = &png;
    request.effects = "popart,dithering";
    request.deadline_ms = 30000;
    for (const inspyr_bytes *photo = s->photos; photo->data; photo++) {
        inspyr_status status =
            inspyr_context_submit(&job, s->context, photo->data, photo->size, &request, &error);
        if (!status)
            status = inspyr_job_wait(job, -1, &error);
        for (size_t k = 0; !status && k < 3 && !inspyr_job_result_get(job, k, &result, &error); k++)
            printf("photo %d: %zu bytes %s\n", (int)(photo - s->photos), result.bytes_size, result.effect);
        if (status) /* ERR_OVERLOAD and ERR_DEADLINE are 503, ERR_IMAGE and ERR_LIMIT are 400 */
            printf("photo %d: %s: %s\n", (int)(photo - s->photos), inspyr_status_name(status), error.message);
        inspyr_job_free(job);
    }
    return NULL;
}

static inspyr_bytes read_file(const char *path)
{
    inspyr_bytes file = { malloc(32 << 20), 0, NULL, NULL };
    FILE *stream = fopen(path, "rb");

    file.size = stream && file.data ? fread(file.data, 1, 32 << 20, stream) : 0;
    if (stream)
        fclose(stream);
    return file;
}

int main(int argc, char **argv)
{
    service s = { NULL, calloc((size_t)argc, sizeof *s.photos) };
    inspyr_context_options options;
    inspyr_cache *cache;
    inspyr_error error;
    pthread_t threads[4];

    for (int i = 1; i < argc; i++)
        s.photos[i - 1] = read_file(argv[i]);
    inspyr_context_options_init(&options);
    if (inspyr_cache_open(&cache, NULL, &error) || (options.cache = cache, 0) ||
        inspyr_context_open(&s.context, &options, &error) || /* requests may come from here on; they wait */
        inspyr_context_warmup(s.context, NULL, 0, -1, &error))
        return fprintf(stderr, "%s\n", error.message), 1;
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, connection, &s);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    if (inspyr_context_drain(s.context, 8000, &error)) /* as after SIGTERM */
        fprintf(stderr, "%s\n", error.message);
    inspyr_context_free(s.context);
    inspyr_cache_free(cache);
    for (int i = 1; i < argc; i++)
        free(s.photos[i - 1].data);
    free(s.photos);
    return 0;
}
