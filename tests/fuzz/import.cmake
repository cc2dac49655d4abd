# Topologies and models come from outside: any bytes are read or refused.
set(import_targets scale_sim)
if(BITSCALE_ONNX)
  list(APPEND import_targets onnx)
endif()
foreach(format IN LISTS import_targets)
  bitscale_test(${format}_fuzz_corpus LABEL fast
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/corpus_test.cpp ${CMAKE_CURRENT_LIST_DIR}/${format}_fuzz.cpp
    LINKS bitscale_import)
  target_compile_definitions(${format}_fuzz_corpus PRIVATE
    BITSCALE_READER_CORPUS="${CMAKE_CURRENT_LIST_DIR}/corpus/${format}")
  if(BITSCALE_FUZZ)
    add_executable(${format}_fuzz ${CMAKE_CURRENT_LIST_DIR}/${format}_fuzz.cpp)
    target_link_libraries(${format}_fuzz PRIVATE bitscale_import)
    target_link_options(${format}_fuzz PRIVATE -fsanitize=fuzzer)
  endif()
endforeach()
