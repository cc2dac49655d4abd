# Options that every target of the project shares.
add_library(bitscale_options INTERFACE)
target_include_directories(bitscale_options INTERFACE ${PROJECT_SOURCE_DIR})
# -ffp-contract=off: the same doubles on every machine, whichever code path runs.
target_compile_options(bitscale_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -ffp-contract=off)
# GCC 12 warns of overlapping copies inside std::string's operator+ where there are none (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(bitscale_options INTERFACE -Wno-restrict)
endif()
if(BITSCALE_WARNINGS_AS_ERRORS)
  target_compile_options(bitscale_options INTERFACE -Werror)
endif()
if(BITSCALE_SANITIZE)
  target_compile_options(bitscale_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(bitscale_options INTERFACE -fsanitize=address,undefined)
endif()
if(BITSCALE_FUZZ)
  target_compile_options(bitscale_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined)
  target_link_options(bitscale_options INTERFACE -fsanitize=address,undefined)
endif()

# bitscale_library(NAME SOURCES a.cpp ... LINKS targets ...): one static library per folder.
function(bitscale_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  add_library(bitscale::${name} ALIAS ${name})
  target_link_libraries(${name} PUBLIC bitscale_options ${ARG_LINKS})
endfunction()

# bitscale_test(NAME LABEL label SOURCES a_test.cpp ... LINKS targets ...): a GoogleTest binary with the
# project's own main (libsystemc.so contains a main() that would hide gtest's). SANITIZED variables are set where
# sanitizers slow the test down: they run a part of what optimised builds prove in full.
function(bitscale_test name)
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;LINKS;SANITIZED" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE bitscale_test_main ${ARG_LINKS})
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT 600)
  if(BITSCALE_SANITIZE AND ARG_SANITIZED)
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "${ARG_SANITIZED}")
  endif()
endfunction()
