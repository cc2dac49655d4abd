bitscale_test(bitfusion_networks_test LABEL fast
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/import/bitfusion_networks_test.cpp
  LINKS bitscale_workload)
