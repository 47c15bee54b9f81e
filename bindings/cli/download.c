#include "download.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "bar.h"
#include "say.h"
#include "ticks.h"

#define REDIRECTS_MAX 5
#define FIELD_MAX 512

typedef struct transfer {
    CURL *curl;
    partial *part;
    const download_limits *limits;
    char etag[VALIDATOR_MAX], modified[VALIDATOR_MAX]; /* of the last response, as all below */
    int64_t range_begin, range_total;                  /* Content-Range; -1: not said */
    bool accepted;                                     /* its body is the file's */
    double heard_ms;                                   /* when something came last */
    inspyr_error failure;                              /* ours; status 0: none */
} transfer;

bool download_possible(void)
{
    return true;
}

static void forget_response(transfer *t)
{
    t->etag[0] = t->modified[0] = '\0';
    t->range_begin = t->range_total = -1;
    t->accepted = false;
}

/* "bytes 100-199/200", or "bytes * /200" without the blank. */
static void read_range(transfer *t, const char *text)
{
    const char *total = strchr(text, '/');

    if (strncasecmp(text, "bytes ", 6))
        return;
    if (text[6] >= '0' && text[6] <= '9')
        t->range_begin = strtoll(text + 6, NULL, 10);
    if (total && total[1] >= '0' && total[1] <= '9')
        t->range_total = strtoll(total + 1, NULL, 10);
}

static void keep_field(char *out, size_t room, const char *value)
{
    if (strlen(value) < room)
        strcpy(out, value);
}

static size_t on_header(char *bytes, size_t size, size_t count, void *user)
{
    transfer *t = user;
    size_t length = size * count;
    char line[FIELD_MAX], *value;

    t->heard_ms = ticks_ms();
    if (length >= sizeof line) /* none of those that matter */
        return length;
    memcpy(line, bytes, length);
    line[length] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    if (!strncasecmp(line, "HTTP/", 5)) /* the next response, behind a redirection */
        forget_response(t);
    value = strchr(line, ':');
    if (!value)
        return length;
    *value++ = '\0';
    value += strspn(value, " \t");
    if (!strcasecmp(line, "etag"))
        keep_field(t->etag, sizeof t->etag, value);
    else if (!strcasecmp(line, "last-modified"))
        keep_field(t->modified, sizeof t->modified, value);
    else if (!strcasecmp(line, "content-range"))
        read_range(t, value);
    return length;
}

static long response_code(const transfer *t)
{
    long code = 0;

    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &code);
    return code;
}

/* A weak ETag may stand for other bytes. */
static const char *validator(const transfer *t)
{
    return t->etag[0] == '"' ? t->etag : t->modified;
}

static inspyr_status too_large(transfer *t)
{
    return refuse(&t->failure, INSPYR_ERR_LIMIT, "the file is larger than %lld MiB, the limit",
                  (long long)(t->limits->bytes_max >> 20));
}

/* The headers are there: is what follows the file, and from where on? */
static inspyr_status accept_body(transfer *t)
{
    curl_off_t length = -1;
    int64_t total;
    inspyr_status status = INSPYR_OK;

    if (response_code(t) == 206 && t->range_begin != t->part->size)
        return refuse(&t->failure, INSPYR_ERR_FILE, "the server sent another range than it was asked for");
    if (response_code(t) == 200)
        status = partial_restart(t->part, validator(t), &t->failure);
    curl_easy_getinfo(t->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    total = length < 0 ? -1 : length + t->part->size;
    if (status == INSPYR_OK && total > t->limits->bytes_max)
        status = too_large(t);
    if (status == INSPYR_OK && total > 0)
        bar_start_bytes((size_t)total, (size_t)t->part->size, !t->limits->quiet);
    t->accepted = true;
    return status;
}

static bool has_body(const transfer *t)
{
    return response_code(t) == 200 || response_code(t) == 206;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *user)
{
    transfer *t = user;
    size_t length = size * count;

    if (!has_body(t)) /* a page that explains an error */
        return length;
    if (!t->accepted && accept_body(t))
        return 0;
    if ((int64_t)length > t->limits->bytes_max - t->part->size) {
        too_large(t);
        return 0;
    }
    if (partial_write(t->part, bytes, length, &t->failure))
        return 0;
    bar_step((size_t)t->part->size);
    t->heard_ms = ticks_ms(); /* writing has taken its time, too */
    return length;
}

/* curl's own limit is an average over seconds, and hears nothing of a handshake that hangs. */
static int on_progress(void *user, curl_off_t total, curl_off_t done, curl_off_t to_send, curl_off_t sent)
{
    transfer *t = user;

    (void)total, (void)done, (void)to_send, (void)sent;
    if (ticks_ms() - t->heard_ms < t->limits->timeout_s * 1e3)
        return 0;
    refuse(&t->failure, INSPYR_ERR_FILE, "the server has said nothing for %d seconds",
           (int)t->limits->timeout_s);
    return 1;
}

static struct curl_slist *request_headers(const partial *p)
{
    char range[64], condition[VALIDATOR_MAX + 16];
    struct curl_slist *one, *both;

    if (!p->size)
        return NULL;
    snprintf(range, sizeof range, "Range: bytes=%lld-", (long long)p->size);
    snprintf(condition, sizeof condition, "If-Range: %s", p->validator);
    one = curl_slist_append(NULL, range);
    both = one ? curl_slist_append(one, condition) : NULL;
    if (!both)
        curl_slist_free_all(one);
    return both;
}

static const char *ca_file(void)
{
    const char *own = getenv("INSPYR_CA_FILE"), *usual = getenv("SSL_CERT_FILE");

    return own && *own ? own : usual && *usual ? usual : NULL;
}

static bool prepare(transfer *t, struct curl_slist *headers, char *message)
{
    CURL *c = t->curl;
    long timeout = t->limits->timeout_s;
    char agent[64];

    snprintf(agent, sizeof agent, "inspyr/%s", inspyr_version());
    return !curl_easy_setopt(c, CURLOPT_URL, t->part->url) &&
           !curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https") &&
           !curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "https") &&
           !curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L) &&
           !curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX) &&
           !curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
           !curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) &&
           !curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) && !curl_easy_setopt(c, CURLOPT_USERAGENT, agent) &&
           !curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, timeout) &&
           !curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L) &&
           !curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress) &&
           !curl_easy_setopt(c, CURLOPT_XFERINFODATA, t) && !curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) &&
           !curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header) &&
           !curl_easy_setopt(c, CURLOPT_HEADERDATA, t) &&
           !curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body) && !curl_easy_setopt(c, CURLOPT_WRITEDATA, t) &&
           !curl_easy_setopt(c, CURLOPT_ERRORBUFFER, message) &&
           (!ca_file() || !curl_easy_setopt(c, CURLOPT_CAINFO, ca_file()));
}

/* What the server's number means for whoever waits for the file. */
static inspyr_status judge(transfer *t, long code, inspyr_error *error)
{
    if (code == 200 || code == 206)
        return t->accepted || !accept_body(t) ? INSPYR_OK
                                              : refuse(error, t->failure.status, "%s", t->failure.message);
    if (code == 416)
        return refuse(error, INSPYR_ERR_FILE, "the server answers 416: it has nothing behind byte %lld",
                      (long long)t->part->size);
    if (code == 404 || code == 410)
        return refuse(error, INSPYR_ERR_FILE, "the server answers %ld: there is no such file", code);
    if (code == 401 || code == 403 || code == 407)
        return refuse(error, INSPYR_ERR_FILE, "the server answers %ld: it does not hand the file out", code);
    if (code == 429 || code >= 500)
        return refuse(error, INSPYR_ERR_FILE, "the server answers %ld: try again later", code);
    return refuse(error, INSPYR_ERR_FILE, "the server answers %ld", code);
}

static inspyr_status transfer_once(transfer *t, long *code, inspyr_error *error)
{
    struct curl_slist *headers = request_headers(t->part);
    char message[CURL_ERROR_SIZE] = "";
    CURLcode result = CURLE_OUT_OF_MEMORY;
    inspyr_status status;

    forget_response(t);
    t->heard_ms = ticks_ms();
    curl_easy_reset(t->curl);
    if ((headers || !t->part->size) && prepare(t, headers, message))
        result = curl_easy_perform(t->curl);
    bar_end();
    *code = response_code(t);
    if (t->failure.status)
        status = refuse(error, t->failure.status, "%s", t->failure.message);
    else if (result == CURLE_OK)
        status = judge(t, *code, error);
    else
        status = refuse(error, INSPYR_ERR_FILE, "%s", message[0] ? message : curl_easy_strerror(result));
    curl_slist_free_all(headers);
    return status;
}

inspyr_status download(partial *p, const download_limits *limits, inspyr_error *error)
{
    transfer t = { .part = p, .limits = limits };
    inspyr_status status;
    long code;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) || !(t.curl = curl_easy_init()))
        return refuse(error, INSPYR_ERR_INTERNAL, "libcurl does not start");
    status = transfer_once(&t, &code, error);
    if (status && code == 416 && p->size) { /* all of it has come, or it is a part of something else */
        if (t.range_total == p->size)
            status = INSPYR_OK;
        else if (!(status = partial_restart(p, "", error)))
            status = transfer_once(&t, &code, error);
    }
    curl_easy_cleanup(t.curl);
    curl_global_cleanup();
    return status;
}
