/* device_name.h - names of GPUs. Layer 1 (base). Threads: any. */
#ifndef INSPYR_BASE_DEVICE_NAME_H
#define INSPYR_BASE_DEVICE_NAME_H

#include <stdint.h>

/* N of "cuda:N" with N from 0 to 999; 0 for "cuda"; -1 for any other name, and for NULL. */
int32_t device_ordinal(const char *name);

#endif
