/* builtin.h - the weights linked into the library by models/builtin.S. Layer 3 (net). Threads: constant. */
#ifndef INSPYR_NET_BUILTIN_H
#define INSPYR_NET_BUILTIN_H

extern const unsigned char inspyr_builtin_weights[], inspyr_builtin_weights_end[];

#endif
