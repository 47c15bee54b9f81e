# The helper inspyr-decode: a client of the public headers, and of no other library than this one.
add_executable(inspyr_decode bindings/decode/inspyr_decode.c)
target_link_libraries(inspyr_decode PRIVATE inspyr)
target_compile_options(inspyr_decode PRIVATE -Wall -Wextra -Wpedantic -Wshadow)
target_compile_definitions(inspyr_decode PRIVATE _POSIX_C_SOURCE=200809L)
# What is resolved late would be so in a locked-up process, at the wrong moment.
target_link_options(inspyr_decode PRIVATE -Wl,-z,relro,-z,now)
if(INSPYR_WERROR)
  target_compile_options(inspyr_decode PRIVATE -Werror)
endif()
set_target_properties(inspyr_decode PROPERTIES OUTPUT_NAME inspyr-decode)
