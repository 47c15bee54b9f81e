# What keeps the house standing: the order of its rooms, its public face, its pages, and what an installation
# gives to other people's builds. All but the last need no library; sanitizers change symbols and dependencies,
# so their builds leave the gates of the binary out.
set(source ${PROJECT_SOURCE_DIR})

function(gate name)
  cmake_parse_arguments(PARSE_ARGV 1 gate "" "" "COMMAND")
  add_test(NAME ${name} COMMAND ${gate_COMMAND})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 LABELS gate TIMEOUT 300)
endfunction()

add_executable(abi_layout abi/layout.c)
target_include_directories(abi_layout PRIVATE ${source}/include)
gate(abi_layout COMMAND abi_layout)
gate(alert_rules COMMAND ${source}/tests/metrics/alerts.sh ${source}/docs/deploy)
gate(headers_alone COMMAND ${source}/tests/headers/alone.sh ${source}/include)

if(Python3_FOUND)
  gate(layers COMMAND ${Python3_EXECUTABLE} ${source}/tests/layers.py)
  gate(documents COMMAND ${Python3_EXECUTABLE} ${source}/tests/documents.py)
  gate(abi_gate COMMAND ${Python3_EXECUTABLE} ${source}/tests/abi/gate.py)
else()
  message(STATUS "python3 not found: the gates that are written in it are left out")
endif()
if(INSPYR_SANITIZE OR INSPYR_FUZZ)
  return()
endif()

if(Python3_FOUND)
  gate(abi_exports COMMAND ${Python3_EXECUTABLE} ${source}/tests/exports.py --shared $<TARGET_FILE:inspyr>
       --static ${PROJECT_BINARY_DIR}/libinspyr.a)
endif()
if(Python3_FOUND AND INSPYR_BUILTIN) # the program cuts out with the built-in model
  gate(abi_clients COMMAND ${Python3_EXECUTABLE} ${source}/tests/abi/clients.py $<TARGET_FILE:inspyr> ${CMAKE_C_COMPILER})
endif()
set(baseline ${source}/tests/abi/${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}.abi)
# A build type without -g has nothing to compare; in those with it, a missing -g is a failure.
if(EXISTS ${baseline} AND CMAKE_BUILD_TYPE MATCHES "^(RelWithDebInfo|Debug)$")
  gate(abi_diff COMMAND ${source}/tests/abi/diff.sh $<TARGET_FILE:inspyr> ${source}/include ${baseline})
endif()
if(INSPYR_BUILTIN AND INSPYR_PNG) # the program reads and writes a PNG, with the built-in model
  gate(install COMMAND ${source}/tests/install/run.sh ${PROJECT_BINARY_DIR} ${CMAKE_C_COMPILER})
endif()
