# .npy files come from outside: any bytes are read or refused.
bitscale_test(npy_fuzz_corpus LABEL fast
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/corpus_test.cpp ${CMAKE_CURRENT_LIST_DIR}/npy_fuzz.cpp
  LINKS bitscale_workload)
target_compile_definitions(npy_fuzz_corpus PRIVATE
  BITSCALE_READER_CORPUS="${CMAKE_CURRENT_LIST_DIR}/corpus/npy")

if(BITSCALE_FUZZ)
  add_executable(npy_fuzz ${CMAKE_CURRENT_LIST_DIR}/npy_fuzz.cpp)
  target_link_libraries(npy_fuzz PRIVATE bitscale_workload)
  target_link_options(npy_fuzz PRIVATE -fsanitize=fuzzer)
endif()
