/* wide.h - a function compiled twice: for every processor, and for those with wider vectors.
 *
 * Both give the same bytes: contraction is off, and nothing else depends on the width of vectors. The body is
 * NAME_body(), static and WIDE_BODY; the fast one is chosen at every call. Layer 3 (matte). Threads: any. */
#ifndef INSPYR_MATTE_WIDE_H
#define INSPYR_MATTE_WIDE_H

#define WIDE_BODY static inline __attribute__((always_inline))

#if defined(__x86_64__)
#define WIDE_TWINS(name, parameters, arguments)                                                                \
    __attribute__((target("avx2"))) static void name##_avx2 parameters                                         \
    {                                                                                                          \
        name##_body arguments;                                                                                 \
    }                                                                                                          \
    static void name##_plain parameters                                                                        \
    {                                                                                                          \
        name##_body arguments;                                                                                 \
    }                                                                                                          \
    static void name parameters                                                                                \
    {                                                                                                          \
        if (__builtin_cpu_supports("avx2"))                                                                    \
            name##_avx2 arguments;                                                                             \
        else                                                                                                   \
            name##_plain arguments;                                                                            \
    }
#else
#define WIDE_TWINS(name, parameters, arguments)                                                                \
    static void name parameters                                                                                \
    {                                                                                                          \
        name##_body arguments;                                                                                 \
    }
#endif

#endif
