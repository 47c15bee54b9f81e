#include "session.h"

#include "say.h"

bool session_open(session *s, const char *model, int32_t threads)
{
    const char *source = model && strcmp(model, "builtin") ? model : NULL;
    inspyr_load_options options;
    inspyr_error error;

    memset(s, 0, sizeof *s);
    inspyr_load_options_init(&options);
    if (inspyr_pool_open(&s->pool, threads, NULL, &error)) {
        say_problem(NULL, error.message);
        return false;
    }
    options.pool = s->pool;
    if (inspyr_model_load(&s->model, source, &options, &error)) {
        /* what went wrong with the file itself already begins with its name */
        say_problem(error.status == INSPYR_ERR_FILE ? NULL : source ? source : "built-in model", error.message);
        session_close(s);
        return false;
    }
    return true;
}

void session_close(session *s)
{
    inspyr_model_free(s->model);
    inspyr_pool_free(s->pool);
    memset(s, 0, sizeof *s);
}
