# bitscale_source_digest(TARGET): defines `std::string_view bitscale::source_digest()`, the SHA-256 of all sources that
# decide results, so that a program built of others takes nothing over from stores of this one. As a script, with
# ROOT and OUTPUT, it writes the file that does so.
set(patterns "arch/*.[ch]pp")
foreach(folder IN ITEMS activity config core kernel mapping netlist pipeline power precision report sweep workload)
  list(APPEND patterns "sim/${folder}/*.[ch]pp")
endforeach()

if(CMAKE_SCRIPT_MODE_FILE)
  cmake_minimum_required(VERSION 3.25)
  set(text "")
  list(TRANSFORM patterns PREPEND "${ROOT}/")
  file(GLOB_RECURSE sources RELATIVE "${ROOT}" ${patterns})
  foreach(source IN LISTS sources)
    file(SHA256 "${ROOT}/${source}" digest)
    string(APPEND text "${source} ${digest}\n")
  endforeach()
  string(SHA256 digest "${text}")
  file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT
"// Made by cmake/source_digest.cmake.
#include \"sim/pipeline/version.hpp\"
namespace bitscale {
std::string_view source_digest() { return \"@digest@\"; }
}  // namespace bitscale
")
  file(TOUCH "${OUTPUT}")  # newer than the sources, also where none changed its text
  return()
endif()

function(bitscale_source_digest target)
  list(TRANSFORM patterns PREPEND "${PROJECT_SOURCE_DIR}/")
  file(GLOB_RECURSE sources ${patterns})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/source_digest.cpp)
  set(script ${PROJECT_SOURCE_DIR}/cmake/source_digest.cmake)
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -D ROOT=${PROJECT_SOURCE_DIR} -D OUTPUT=${source} -P ${script}
    DEPENDS ${sources} ${script} VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()
