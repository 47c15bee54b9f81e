# What `cmake --install` puts where: headers, both libraries, the pkg-config file, the CMake package, the
# command with its manual page, and the licences.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/inspyr)

install(FILES include/inspyr.h include/inspyr_cache.h include/inspyr_context.h include/inspyr_metrics.h include/inspyr_experimental.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS inspyr EXPORT inspyr-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${PROJECT_BINARY_DIR}/libinspyr.a DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET inspyr_onednn)
  install(TARGETS inspyr_onednn LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/inspyr)
endif()
if(TARGET inspyr_redis)
  install(TARGETS inspyr_redis LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/inspyr)
endif()
if(TARGET inspyr_cuda)
  install(TARGETS inspyr_cuda LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/inspyr)
endif()
if(TARGET inspyr_decode) # beside the plug-ins, and with the library that lies one folder up
  set_target_properties(inspyr_decode PROPERTIES INSTALL_RPATH "$ORIGIN/..")
  install(TARGETS inspyr_decode DESTINATION ${CMAKE_INSTALL_LIBDIR}/inspyr)
endif()
install(FILES LICENSE NOTICE CHANGELOG.md src/models/CARD.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The paths in both packages are relative to where they lie, so an installed tree can be moved.
file(RELATIVE_PATH prefix_from_pc ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" prefix_from_pc "${prefix_from_pc}")
list(JOIN pc_requires " " pc_requires_words)
configure_file(pkgconfig/inspyr.pc.in inspyr.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/inspyr.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

configure_package_config_file(pkgconfig/inspyr-config.cmake.in inspyr-config.cmake
                              INSTALL_DESTINATION ${package_dir} PATH_VARS CMAKE_INSTALL_LIBDIR
                              CMAKE_INSTALL_INCLUDEDIR)
# Before 1.0 a minor version may change anything (docs/abi.md).
write_basic_package_version_file(inspyr-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/inspyr-config.cmake ${PROJECT_BINARY_DIR}/inspyr-config-version.cmake
        DESTINATION ${package_dir})
install(EXPORT inspyr-targets NAMESPACE inspyr:: DESTINATION ${package_dir})

if(TARGET inspyr_command)
  # A private prefix must work without ldconfig; distributions install to /usr and want no run path.
  if(NOT CMAKE_INSTALL_PREFIX STREQUAL "/usr")
    file(RELATIVE_PATH lib_from_bin ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
    set_target_properties(inspyr_command PROPERTIES INSTALL_RPATH "$ORIGIN/${lib_from_bin}")
  endif()
  install(TARGETS inspyr_command DESTINATION ${CMAKE_INSTALL_BINDIR})
  if(EXISTS ${PROJECT_SOURCE_DIR}/bindings/cli/inspyr.1)
    install(FILES bindings/cli/inspyr.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  endif()
endif()
