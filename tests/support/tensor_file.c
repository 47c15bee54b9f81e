#include "support/tensor_file.h"

#include <stdio.h>
#include <stdlib.h>

#define LENGTH_SIZE 8

tensor_file tensor_file_raw(const void *header, size_t header_size, size_t data_size)
{
    tensor_file file = { .size = LENGTH_SIZE + header_size + data_size };

    file.bytes = malloc(file.size);
    if (!file.bytes)
        abort();
    for (size_t i = 0; i < LENGTH_SIZE; i++)
        file.bytes[i] = (unsigned char)((uint64_t)header_size >> 8 * i);
    if (header_size)
        memcpy(file.bytes + LENGTH_SIZE, header, header_size);
    for (size_t i = 0; i < data_size; i++)
        file.bytes[LENGTH_SIZE + header_size + i] = (unsigned char)(i + 1);
    return file;
}

tensor_file tensor_file_text(const char *header, size_t data_size)
{
    return tensor_file_raw(header, strlen(header), data_size);
}

static size_t describe(char *out, size_t room, const tensor_made *t, size_t begin, size_t *count)
{
    int used = snprintf(out, room, "\"%s\":{\"dtype\":\"F32\",\"shape\":[", t->name);

    *count = 1;
    for (int i = 0; i < 4 && t->shape[i]; i++) {
        used += snprintf(out + used, room - (size_t)used, "%s%lld", i ? "," : "", (long long)t->shape[i]);
        *count *= (size_t)t->shape[i];
    }
    used += snprintf(out + used, room - (size_t)used, "],\"data_offsets\":[%zu,%zu]},", begin,
                     begin + *count * sizeof(float));
    return (size_t)used;
}

tensor_file tensor_file_of(const tensor_made *tensors, size_t count)
{
    size_t room = 2 + 256 * (count + 1), used = 1, begin = 0, numbers;
    char *header = malloc(room);
    tensor_file file;

    if (!header)
        abort();
    header[0] = '{';
    for (size_t i = 0; i < count; i++) {
        used += describe(header + used, room - used, &tensors[i], begin, &numbers);
        begin += numbers * sizeof(float);
    }
    used -= count > 0; /* the last comma */
    header[used++] = '}';
    file = tensor_file_raw(header, used, begin);
    for (size_t i = 0, at = LENGTH_SIZE + used; i < count; i++) {
        describe(header, room, &tensors[i], 0, &numbers);
        for (size_t k = 0; k < numbers; k++, at += sizeof(float)) {
            float x = tensors[i].values ? tensors[i].values[k] : 0.5f * (float)(k + 1);

            memcpy(file.bytes + at, &x, sizeof x);
        }
    }
    free(header);
    return file;
}
