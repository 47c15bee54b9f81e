# The plug-in libinspyr-torch.so: the only part that is linked with libtorch, and the only one in C++. Debian's
# libtorch-dev is found by itself; another one (an unpacked archive, a wheel's folder `torch`) by INSPYR_TORCH_DIR.
set(INSPYR_TORCH_DIR "" CACHE PATH "folder with include/ and lib/ of a libtorch; empty: the system's")
if(INSPYR_TORCH_DIR)
  set(torch_only NO_DEFAULT_PATH)
endif()
find_path(TORCH_INCLUDE ATen/ATen.h HINTS ${INSPYR_TORCH_DIR}/include ${torch_only})
find_library(TORCH_CPU_LIBRARY NAMES torch_cpu HINTS ${INSPYR_TORCH_DIR}/lib ${torch_only})
find_library(TORCH_C10_LIBRARY NAMES c10 HINTS ${INSPYR_TORCH_DIR}/lib ${torch_only})
set(torch_found OFF)
include(CheckLanguage)
check_language(CXX)
if(TORCH_INCLUDE AND TORCH_CPU_LIBRARY AND TORCH_C10_LIBRARY AND CMAKE_CXX_COMPILER AND NOT INSPYR_SANITIZE)
  set(torch_found ON)
endif()
option(INSPYR_TORCH "build the plug-in for libtorch (1.13 or newer), which needs a C++ compiler" ${torch_found})
if(NOT INSPYR_TORCH)
  return()
endif()
if(NOT torch_found)
  message(FATAL_ERROR "INSPYR_TORCH needs libtorch (libtorch-dev), a C++ compiler and no sanitizer: "
                      "set INSPYR_TORCH_DIR")
endif()
enable_language(CXX)

set(torch_version_header ${TORCH_INCLUDE}/torch/csrc/api/include/torch/version.h)
if(EXISTS ${TORCH_INCLUDE}/torch/headeronly/version.h)
  set(torch_version_header ${TORCH_INCLUDE}/torch/headeronly/version.h)
endif()
file(STRINGS ${torch_version_header} torch_version REGEX "#define TORCH_VERSION_(MAJOR|MINOR) ")
string(REGEX REPLACE "[^0-9;]" "" torch_version "${torch_version}")
list(JOIN torch_version "." torch_version)
# From 2.14 on its headers are C++20.
set(torch_standard 17)
if(torch_version VERSION_GREATER_EQUAL 2.14)
  set(torch_standard 20)
endif()
message(STATUS "libtorch ${torch_version}: ${TORCH_CPU_LIBRARY}")

find_library(TORCH_CUDA_LIBRARY NAMES torch_cuda HINTS ${INSPYR_TORCH_DIR}/lib ${torch_only})
find_library(TORCH_C10_CUDA_LIBRARY NAMES c10_cuda HINTS ${INSPYR_TORCH_DIR}/lib ${torch_only})
file(GLOB torch_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/shim/torch/torch_*.cpp)
# The library knows its own libtorch from another one by the file.
file(REAL_PATH ${TORCH_C10_LIBRARY} torch_c10)
set(torch_gpu shim/torch/gpu_none.cpp)
set(torch_libraries ${TORCH_CPU_LIBRARY} ${TORCH_C10_LIBRARY})
find_library(TORCH_CUDA_RUNTIME NAMES cudart libcudart.so.13 HINTS ${INSPYR_TORCH_DIR}/../nvidia/cu13/lib
             ${cuda_home}/lib64 ${cuda_home}/lib NO_DEFAULT_PATH)
if(TORCH_CUDA_LIBRARY AND TORCH_C10_CUDA_LIBRARY AND TORCH_CUDA_RUNTIME AND CUDA_INCLUDE)
  set(torch_gpu shim/torch/gpu_cuda.cpp)
  list(APPEND torch_libraries ${TORCH_CUDA_LIBRARY} ${TORCH_C10_CUDA_LIBRARY} ${TORCH_CUDA_RUNTIME})
endif()

function(inspyr_torch_flags target)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_include_directories(${target} SYSTEM PRIVATE ${TORCH_INCLUDE} ${TORCH_INCLUDE}/torch/csrc/api/include ${CUDA_INCLUDE})
  # -g0: debug information of the headers takes half of the time.
  target_compile_options(${target} PRIVATE -g0 -Wall -Wextra -Wpedantic -Wshadow -fvisibility=hidden
                         -fvisibility-inlines-hidden $<$<BOOL:${INSPYR_WERROR}>:-Werror>)
  set_target_properties(${target} PROPERTIES CXX_STANDARD ${torch_standard} CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
endfunction()
add_library(inspyr_torch_objects OBJECT ${torch_sources})
inspyr_torch_flags(inspyr_torch_objects)

# A plug-in of the same objects and one file of what libtorch leaves to CUDA.
function(inspyr_add_torch target gpu)
  add_library(${target} MODULE ${gpu} $<TARGET_OBJECTS:inspyr_torch_objects>)
  inspyr_torch_flags(${target})
  target_link_libraries(${target} PRIVATE ${torch_libraries})
  # Never unloaded: libtorch keeps registries that its own end needs.
  target_link_options(${target} PRIVATE -Wl,-z,nodelete,-z,relro,-z,now,-z,defs)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME inspyr-torch PREFIX lib)
endfunction()
inspyr_add_torch(inspyr_torch ${torch_gpu})
