bitscale_test(workload_test LABEL fast
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/workload/shapes_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/workload/types_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/workload/workload_file_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/workload/bad_workload_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/workload/networks_test.cpp
  LINKS bitscale_workload)
