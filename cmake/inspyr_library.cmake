# The library: one list of objects, linked as libinspyr.so, as libinspyr.a and, for the tests, as they are.
file(GLOB sources CONFIGURE_DEPENDS src/base/*.c src/image/*.c src/net/*.c src/net/plain/*.c src/matte/*.c
     src/effect/*.c src/run/*.c)
set(features "")
set(libraries "")
set(pc_requires "")
foreach(codec JPEG PNG WEBP)
  string(TOLOWER ${codec} name)
  set(module_JPEG libjpeg)
  set(module_PNG libpng)
  set(module_WEBP "libwebp;libwebpdemux")
  if(INSPYR_${codec})
    pkg_check_modules(${codec} REQUIRED IMPORTED_TARGET ${module_${codec}})
    list(APPEND libraries PkgConfig::${codec})
    list(APPEND pc_requires ${module_${codec}})
    list(APPEND features ${name})
    target_compile_definitions(inspyr_flags INTERFACE INSPYR_HAS_${codec}=1)
  else()
    list(FILTER sources EXCLUDE REGEX "src/image/${name}(_[a-z]+)?\\.c$")
  endif()
endforeach()
foreach(extra LCMS HEIF)
  string(TOLOWER ${extra} name)
  set(module_LCMS lcms2)
  set(module_HEIF libheif)
  set(source_LCMS icc_srgb)
  set(source_HEIF heif)
  if(INSPYR_${extra})
    pkg_check_modules(${extra} REQUIRED IMPORTED_TARGET ${module_${extra}})
    list(APPEND libraries PkgConfig::${extra})
    list(APPEND pc_requires ${module_${extra}})
    list(APPEND features ${name})
    target_compile_definitions(inspyr_flags INTERFACE INSPYR_HAS_${extra}=1)
  else()
    list(FILTER sources EXCLUDE REGEX "src/image/${source_${extra}}\\.c$")
  endif()
endforeach()
list(APPEND features pnm)
if(INSPYR_PNG AND INSPYR_DEFLATE)
  list(APPEND features deflate)
  list(FILTER sources EXCLUDE REGEX "src/image/png_zlib\\.c$")
elseif(INSPYR_PNG)
  pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
  list(APPEND libraries PkgConfig::ZLIB)
  list(APPEND pc_requires zlib)
  list(FILTER sources EXCLUDE REGEX "src/image/png_(deflate|seam)\\.c$")
endif()
if(INSPYR_PTH OR (INSPYR_PNG AND INSPYR_DEFLATE))
  pkg_check_modules(DEFLATE REQUIRED IMPORTED_TARGET libdeflate)
  list(APPEND libraries PkgConfig::DEFLATE)
  list(APPEND pc_requires libdeflate)
endif()
if(INSPYR_PTH)
  list(APPEND features pth)
  target_compile_definitions(inspyr_flags INTERFACE INSPYR_HAS_PTH=1)
else()
  list(FILTER sources EXCLUDE REGEX "src/net/(pickle|pth|zip)(_[a-z]+)?\\.c$")
endif()
if(INSPYR_BUILTIN)
  list(APPEND sources ${CMAKE_CURRENT_SOURCE_DIR}/src/models/builtin.S)
  set_source_files_properties(src/models/builtin.S PROPERTIES
                              OBJECT_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/models/nano.safetensors
                              INCLUDE_DIRECTORIES ${CMAKE_CURRENT_SOURCE_DIR}/src/models)
  target_compile_definitions(inspyr_flags INTERFACE INSPYR_HAS_BUILTIN=1)
  list(PREPEND features builtin)
endif()
if(TARGET inspyr_onednn)
  list(PREPEND features onednn)
endif()
if(TARGET inspyr_cuda)
  list(PREPEND features cuda)
endif()
list(PREPEND features plain)

# A tarball has no revision, even if somebody unpacked it inside another repository.
set(revision "")
if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/.git)
  execute_process(COMMAND git rev-parse --short=10 HEAD WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
                  OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT revision)
  set(revision unknown)
endif()
list(JOIN features " " feature_words)
set_source_files_properties(src/base/version.c PROPERTIES COMPILE_DEFINITIONS
                            "INSPYR_FEATURES=\"${feature_words} build=${revision}\"")

# Plug-ins are looked for here, too, once it is installed.
set_source_files_properties(src/base/plugin.c PROPERTIES COMPILE_DEFINITIONS
                            "INSPYR_PLUGINS=\"${CMAKE_INSTALL_FULL_LIBDIR}/inspyr\"")

add_library(inspyr_objects OBJECT ${sources})
target_link_libraries(inspyr_objects PUBLIC inspyr_flags Threads::Threads m ${CMAKE_DL_LIBS} ${libraries})

# The plain engine's kernels are compiled once per instruction set from the same files (see plain/kernels.h).
file(GLOB kernel_sources CONFIGURE_DEPENDS src/net/plain/rows/*.c)
set(instruction_sets baseline)
set(flags_baseline "")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND instruction_sets avx2 avx512 avx512_bf16)
  set(flags_avx2 -mavx2 -mfma)
  set(flags_avx512 -mavx512f -mavx512dq -mavx512vl -mavx512bw -mfma -mprefer-vector-width=512)
  set(flags_avx512_bf16 ${flags_avx512} -mavx512bf16 -mavx512vnni)
endif()
set(objects $<TARGET_OBJECTS:inspyr_objects>)
if(kernel_sources)
  foreach(set ${instruction_sets})
    add_library(inspyr_kernels_${set} OBJECT ${kernel_sources})
    target_link_libraries(inspyr_kernels_${set} PRIVATE inspyr_flags)
    target_compile_options(inspyr_kernels_${set} PRIVATE ${flags_${set}})
    if(INSPYR_SANITIZE) # at -O1, as everything else, the tests of the command would take most of the time
      target_compile_options(inspyr_kernels_${set} PRIVATE -O2)
    endif()
    set_target_properties(inspyr_kernels_${set} PROPERTIES INSPYR_CONTRACT ON)
    target_compile_definitions(inspyr_kernels_${set} PRIVATE KERNELS_SUFFIX=${set})
    list(APPEND objects $<TARGET_OBJECTS:inspyr_kernels_${set}>)
  endforeach()
endif()

# The effects' kernels, too, but without fused multiply-adds: every set gives the same bytes.
file(GLOB effect_sources CONFIGURE_DEPENDS kernels/*.c)
list(REMOVE_ITEM instruction_sets avx512_bf16)
list(REMOVE_ITEM flags_avx2 -mfma)
list(REMOVE_ITEM flags_avx512 -mfma)
foreach(set ${instruction_sets})
  add_library(inspyr_effects_${set} OBJECT ${effect_sources})
  target_link_libraries(inspyr_effects_${set} PRIVATE inspyr_flags)
  # A choice between two numbers becomes a vector's blend only if nobody looks for floating-point exceptions.
  target_compile_options(inspyr_effects_${set} PRIVATE ${flags_${set}} -fno-trapping-math)
  target_compile_definitions(inspyr_effects_${set} PRIVATE KERNELS_SUFFIX=${set})
  list(APPEND objects $<TARGET_OBJECTS:inspyr_effects_${set}>)
endforeach()

set(map ${CMAKE_CURRENT_SOURCE_DIR}/src/inspyr.map)
add_library(inspyr SHARED ${objects})
target_link_libraries(inspyr PRIVATE Threads::Threads m ${CMAKE_DL_LIBS} ${libraries})
target_include_directories(inspyr INTERFACE $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
                           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_options(inspyr PRIVATE -Wl,--version-script=${map} -Wl,-z,relro,-z,now)
if(NOT INSPYR_SANITIZE) # the sanitizer's runtime is in the executable
  target_link_options(inspyr PRIVATE -Wl,-z,defs)
endif()
set_target_properties(inspyr PROPERTIES VERSION ${PROJECT_VERSION} LINK_DEPENDS ${map}
                      SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})

# The static library is one object in which everything but the public names is local.
add_custom_command(OUTPUT libinspyr.a
                   COMMAND ${CMAKE_LINKER} -r -o inspyr_static.o ${objects}
                   COMMAND ${CMAKE_OBJCOPY} --localize-hidden inspyr_static.o
                   COMMAND ${CMAKE_COMMAND} -E rm -f libinspyr.a
                   COMMAND ${CMAKE_AR} qcs libinspyr.a inspyr_static.o
                   DEPENDS ${objects} COMMAND_EXPAND_LISTS VERBATIM)
add_custom_target(inspyr_static ALL DEPENDS libinspyr.a)

# For the tests: the same objects with every internal name visible.
add_library(inspyr_internal STATIC EXCLUDE_FROM_ALL ${objects})
target_link_libraries(inspyr_internal PUBLIC inspyr_flags Threads::Threads m ${CMAKE_DL_LIBS} ${libraries})
