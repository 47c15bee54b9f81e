# The plug-in libinspyr-cuda.so: effects on a GPU. Needs nvcc, its headers and libcudart_static.a, of CUDA 13; no
# driver. The runtime is linked statically, so that the plug-in needs nothing but the driver, and only once used.
find_program(CUDA_NVCC nvcc HINTS ${PROJECT_SOURCE_DIR}/build/cuda/nvidia/cu13/bin /usr/local/cuda/bin)
set(cuda_found OFF)
if(CUDA_NVCC)
  file(REAL_PATH ${CUDA_NVCC} cuda_home)
  cmake_path(GET cuda_home PARENT_PATH cuda_home)
  cmake_path(GET cuda_home PARENT_PATH cuda_home)
  find_path(CUDA_INCLUDE cuda_runtime_api.h HINTS ${cuda_home}/include NO_DEFAULT_PATH)
  find_library(CUDA_RUNTIME cudart_static HINTS ${cuda_home}/lib64 ${cuda_home}/lib NO_DEFAULT_PATH)
  if(CUDA_INCLUDE AND CUDA_RUNTIME)
    file(STRINGS ${CUDA_INCLUDE}/cuda_runtime_api.h cuda_version REGEX "#define CUDART_VERSION ")
    string(REGEX REPLACE "[^0-9]" "" cuda_version "${cuda_version}")
    if(cuda_version GREATER_EQUAL 13000)
      set(cuda_found ON)
    endif()
  endif()
endif()
option(INSPYR_CUDA "build the plug-in that draws effects with CUDA (nvcc 13)" ${cuda_found})
if(NOT INSPYR_CUDA)
  return()
endif()
if(NOT cuda_found)
  message(FATAL_ERROR "INSPYR_CUDA needs CUDA 13: set CUDA_NVCC, CUDA_INCLUDE and CUDA_RUNTIME, "
                      "or run scripts/setup.sh cuda")
endif()
message(STATUS "CUDA ${cuda_version}: ${CUDA_NVCC}")

# Multiplications and additions are never fused, so the bytes are the CPU's. compute_90: for what comes later.
set(nvcc ${CUDA_NVCC} -std=c++17 -O3 -fmad=false -I ${PROJECT_SOURCE_DIR} -I ${PROJECT_SOURCE_DIR}/include)
if(INSPYR_WERROR)
  list(APPEND nvcc -Werror all-warnings)
endif()
file(GLOB cuda_headers CONFIGURE_DEPENDS kernels/*.h)
set(cuda_source ${PROJECT_SOURCE_DIR}/kernels/effect_blocks.cu)
set(cuda_object ${PROJECT_BINARY_DIR}/effect_blocks.o)
add_custom_command(OUTPUT ${cuda_object}
                   COMMAND ${nvcc} -gencode arch=compute_80,code=sm_80 -gencode arch=compute_90,code=[sm_90,compute_90]
                           -Xcompiler -fPIC,-fvisibility=hidden,-fno-exceptions,-fno-threadsafe-statics
                           -c ${cuda_source} -o ${cuda_object}
                   DEPENDS ${cuda_source} ${cuda_headers} VERBATIM)
file(GLOB cuda_sources CONFIGURE_DEPENDS shim/cuda/*.c)
add_library(inspyr_cuda MODULE ${cuda_sources} ${cuda_object})
set_source_files_properties(${cuda_object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
target_include_directories(inspyr_cuda SYSTEM PRIVATE ${CUDA_INCLUDE})
target_link_libraries(inspyr_cuda PRIVATE inspyr_flags ${CUDA_RUNTIME} Threads::Threads rt ${CMAKE_DL_LIBS} m)
# Never unloaded: CUDA keeps things of every thread that was in it.
target_link_options(inspyr_cuda PRIVATE -Wl,-z,nodelete,-z,relro,-z,now,--exclude-libs,ALL)
if(NOT INSPYR_SANITIZE)
  target_link_options(inspyr_cuda PRIVATE -Wl,-z,defs)
endif()
set_target_properties(inspyr_cuda PROPERTIES OUTPUT_NAME inspyr-cuda PREFIX lib)
