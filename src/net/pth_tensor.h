/* pth_tensor.h - where the numbers of a tensor lie in its storage. Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_PTH_TENSOR_H
#define INSPYR_NET_PTH_TENSOR_H

#include "net/pickle.h"
#include "net/weights_store.h"

/* Everything of *t but its name; data: the first number. All numbers lie within the part: checked. */
inspyr_status pth_place(weights_tensor *t, const pickle_tensor *described, const weights_part *part,
                        inspyr_error *error);

/* Do the numbers lie one behind the other, in the order in which they are wanted? */
bool pth_in_row(const pickle_tensor *described);

/* The numbers of a placed tensor, one behind the other. */
void pth_gather(unsigned char *to, const weights_tensor *t, const pickle_tensor *described);

#endif
