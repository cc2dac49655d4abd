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
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3>=3.40)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)

# Debian's libsystemc is a C++17 build whose API-version symbol names the language standard: a C++20
# program links only if it asks for that symbol.
add_library(bitscale_systemc INTERFACE)
target_link_libraries(bitscale_systemc INTERFACE PkgConfig::systemc_package)
target_compile_definitions(bitscale_systemc INTERFACE SC_CPLUSPLUS=201703L)

# Optional: ONNX models can be imported where Debian's libonnx and its protocol buffers are found.
option(BITSCALE_WITH_ONNX "Import ONNX models where libonnx is installed" ON)
set(BITSCALE_ONNX OFF)
if(BITSCALE_WITH_ONNX)
  find_package(Protobuf QUIET)
  if(Protobuf_FOUND)
    find_package(ONNX QUIET)
    set(BITSCALE_ONNX ${ONNX_FOUND})
  endif()
endif()
message(STATUS "ONNX import: ${BITSCALE_ONNX}")
