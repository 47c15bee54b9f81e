# What goes into the wheel of bindings/python, flat into one folder beside the package's modules: the library under the
# one name that is loaded (a wheel cannot hold the links), its plug-ins and the decoder's helper, which are looked for
# where the library lies, and the command.
install(FILES $<TARGET_FILE:inspyr> DESTINATION . COMPONENT python RENAME
        libinspyr.so.${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
foreach(plugin inspyr_onednn inspyr_redis inspyr_cuda inspyr_torch)
  if(TARGET ${plugin})
    install(TARGETS ${plugin} LIBRARY DESTINATION . COMPONENT python)
  endif()
endforeach()
foreach(program inspyr_decode inspyr_command)
  if(TARGET ${program})
    set_target_properties(${program} PROPERTIES INSTALL_RPATH "$ORIGIN")
    install(TARGETS ${program} RUNTIME DESTINATION . COMPONENT python)
  endif()
endforeach()
