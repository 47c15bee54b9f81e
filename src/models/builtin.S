/* builtin.S - the weights of the built-in model, as they stand in the file (declared in net/builtin.h). */
    .section .rodata
    .balign 64
    .globl inspyr_builtin_weights
    .hidden inspyr_builtin_weights
    .type inspyr_builtin_weights, %object
inspyr_builtin_weights:
    .incbin "nano.safetensors"
    .globl inspyr_builtin_weights_end
    .hidden inspyr_builtin_weights_end
inspyr_builtin_weights_end:
    .byte 0
    .size inspyr_builtin_weights, . - inspyr_builtin_weights
    .section .note.GNU-stack, "", %progbits
