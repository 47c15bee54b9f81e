/* torch.h - the engine of the plug-in for libtorch, on the processor.
 *
 * Threads: single. */
#ifndef INSPYR_TESTS_TORCH_H
#define INSPYR_TESTS_TORCH_H

#include "net/torch_table.h"

/* NULL where there is no such plug-in, and says why. Parity runs are on its device from now on. */
const engine_kind *torch_open(void);

/* The engine of that device, with the kernels of the plug-in "cuda" if own; folders: INSPYR_PLUGIN_PATH. */
const engine_kind *torch_open_on(const char *device, const char *folders, bool own);
void torch_close(void);

#endif
