# bitscale_embed(TARGET NAME file NAME file ...): files become constants of a library, so that the program needs no
# folder for them at run time. Defines `std::string_view bitscale::assets::NAME()` for every NAME; who uses one
# declares it.
function(bitscale_embed target)
  set(assembly "")
  set(functions "")
  set(files "")
  while(ARGN)
    list(POP_FRONT ARGN name file)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    list(APPEND files ${file})
    string(APPEND assembly "bitscale_asset_${name}:\n  .incbin \"${file}\"\nbitscale_asset_${name}_end:\n")
    string(APPEND functions
      "extern const char begin_of_${name}[] asm(\"bitscale_asset_${name}\");\n"
      "extern const char end_of_${name}[] asm(\"bitscale_asset_${name}_end\");\n"
      "std::string_view ${name}() { return {begin_of_${name}, static_cast<std::size_t>(end_of_${name} - begin_of_${name})}; }\n")
  endwhile()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}_assets.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
"// Made by cmake/embed.cmake.
#include <string_view>
asm(R\"(
  .pushsection .rodata
@assembly@  .popsection
)\");
namespace bitscale::assets {
@functions@}
")
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS "${files}" COMPILE_OPTIONS -Wno-missing-declarations)
  target_sources(${target} PRIVATE ${source})
endfunction()
