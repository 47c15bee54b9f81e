# Headers, both libraries, pkg-config file, CMake package, command and man page.
