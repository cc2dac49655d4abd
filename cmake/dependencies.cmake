# Debian packages only; nothing is downloaded during a build.
find_package(PkgConfig REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
find_package(GTest REQUIRED)
pkg_check_modules(yaml_cpp REQUIRED IMPORTED_TARGET yaml-cpp>=0.7)
pkg_check_modules(systemc_package REQUIRED IMPORTED_TARGET systemc>=2.3.4)
pkg_check_modules(libmd REQUIRED IMPORTED_TARGET libmd)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)

# Debian's libsystemc is a C++17 build whose API-version symbol names the language standard: a C++20
# program links only if it asks for that symbol.
add_library(bitscale_systemc INTERFACE)
target_link_libraries(bitscale_systemc INTERFACE PkgConfig::systemc_package)
target_compile_definitions(bitscale_systemc INTERFACE SC_CPLUSPLUS=201703L)
