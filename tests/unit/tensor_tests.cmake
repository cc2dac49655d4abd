bitscale_test(tensor_test LABEL fast
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/tensor/hash_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/tensor/rng_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/tensor/tensor_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/tensor/synthetic_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/tensor/encodings_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/tensor/npy_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/tensor/dataset_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/tensor/operands_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/tensor/reference_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/tensor/vector_layers_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/tensor/statistics_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/tensor/network_test.cpp
  LINKS bitscale_workload)
