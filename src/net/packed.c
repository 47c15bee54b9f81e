#include "net/packed.h"

#include <stdio.h>
#include <unistd.h>

#include "base/checksum.h"
#include "base/status.h"

#define PACKED_FILE_MAX (size_t)8000000000

/* A page, so that the data behind it are aligned to one. In the order of this machine: files do not travel. */
typedef union packed_header {
    struct {
        char magic[8];
        uint64_t data_size, data_sum;
        uint32_t engine_abi, layout, precision, reserved;
        unsigned char digest[WEIGHTS_DIGEST];
        char engine[16], instructions[16], build[64];
        known_facts facts;
        uint64_t sum; /* of the page, this being 0 */
    } is;
    unsigned char page[4096];
} packed_header;

static const char magic[8] = { 'I', 'N', 'S', 'P', 'Y', 'R', 'P', '1' };

static void say(char *out, size_t room, const char *text)
{
    snprintf(out, room, "%.*s", (int)room - 1, text);
}

/* All of the header that must be equal for a file to be of use. */
static void identify(packed_header *h, const packed_entry *entry)
{
    const char *revision = strstr(inspyr_features(), "build=");

    memset(h, 0, sizeof *h);
    memcpy(h->is.magic, magic, sizeof magic);
    memcpy(h->is.digest, entry->digest, sizeof h->is.digest);
    h->is.engine_abi = entry->engine->abi;
    h->is.layout = entry->engine->layout;
    h->is.precision = (uint32_t)entry->precision;
    say(h->is.engine, sizeof h->is.engine, entry->engine->name);
    say(h->is.instructions, sizeof h->is.instructions, entry->engine->instructions());
    snprintf(h->is.build, sizeof h->is.build, "%s %.40s", inspyr_version(), revision ? revision : "");
}

static uint64_t header_sum(packed_header h)
{
    h.is.sum = 0;
    return checksum(&h, sizeof h, NULL);
}

static bool name_entry(packed_entry *entry, const char *folder)
{
    const bool exact = entry->precision <= INSPYR_PRECISION_EXACT;
    char digest[17];
    int length;

    for (int i = 0; i < 8; i++)
        snprintf(digest + 2 * (size_t)i, 3, "%02x", (unsigned)entry->digest[i]);
    length = snprintf(entry->path, sizeof entry->path, "%s/%s-%s-%s%s%s.packed", folder, digest,
                      entry->engine->name, entry->engine->instructions(), exact ? "" : "-",
                      exact ? "" : precision_name(entry->precision));
    return length > 0 && length < (int)sizeof entry->path;
}

/* NULL if the file is good, else why it is not. */
static const char *fault_of(const packed_entry *entry, inspyr_pool *pool)
{
    packed_header wanted, h;

    if (entry->file.owner != (uint64_t)geteuid() && entry->file.owner != 0)
        return "it belongs to somebody else";
    if (entry->file.size < sizeof h)
        return "it is cut short";
    memcpy(&h, entry->file.bytes, sizeof h);
    if (memcmp(h.is.magic, magic, sizeof magic) != 0 || h.is.sum != header_sum(h))
        return "its header is damaged";
    identify(&wanted, entry);
    if (memcmp(h.is.digest, wanted.is.digest, sizeof wanted.is.digest) != 0 ||
        h.is.engine_abi != wanted.is.engine_abi || h.is.layout != wanted.is.layout ||
        memcmp(h.is.engine, wanted.is.engine, sizeof wanted.is.engine) != 0 ||
        memcmp(h.is.instructions, wanted.is.instructions, sizeof wanted.is.instructions) != 0 ||
        memcmp(h.is.build, wanted.is.build, sizeof wanted.is.build) != 0)
        return "it was made by another version or of other weights";
    if (h.is.data_size != entry->file.size - sizeof h)
        return "it is cut short";
    if (checksum((const unsigned char *)entry->file.bytes + sizeof h, (size_t)h.is.data_size, pool) !=
        h.is.data_sum)
        return "its data are damaged";
    return NULL;
}

bool packed_find(packed_entry *entry, const char *folder, const unsigned char digest[WEIGHTS_DIGEST],
                 const engine_kind *engine, const engine_host *host)
{
    const char *fault;
    packed_header h;

    *entry = (packed_entry){ .engine = engine, .precision = host->precision };
    memcpy(entry->digest, digest, sizeof entry->digest);
    if (!name_entry(entry, folder) || file_map(&entry->file, entry->path, PACKED_FILE_MAX, NULL))
        return false;
    file_read_ahead(&entry->file);
    fault = fault_of(entry, host->pool);
    if (fault) {
        log_line(&host->log, INSPYR_LOG_WARNING, "%s is not used and made anew: %s", entry->path, fault);
        file_unmap(&entry->file);
        return false;
    }
    memcpy(&h, entry->file.bytes, sizeof h);
    entry->facts = h.is.facts;
    entry->facts.name[KNOWN_TEXT - 1] = entry->facts.licence[KNOWN_TEXT - 1] = '\0';
    entry->data = (const unsigned char *)entry->file.bytes + sizeof h;
    entry->size = (size_t)h.is.data_size;
    return true;
}

inspyr_status packed_write(const packed_entry *entry, const char *folder, const void *data, size_t size,
                           inspyr_pool *pool, inspyr_error *error)
{
    packed_header h;
    const file_part parts[2] = { { &h, sizeof h }, { data, size } };
    inspyr_status status = INSPYR_OK;

    if (size > PACKED_FILE_MAX - sizeof h)
        status = failed(error, INSPYR_ERR_LIMIT, "packed weights of %zu bytes", size);
    if (!status)
        status = file_make_folder(folder, error);
    if (status)
        return status;
    identify(&h, entry);
    h.is.facts = entry->facts;
    h.is.data_size = size;
    h.is.data_sum = checksum(data, size, pool);
    h.is.sum = header_sum(h);
    return file_replace(entry->path, parts, 2, error);
}

void packed_close(packed_entry *entry)
{
    file_unmap(&entry->file);
}
