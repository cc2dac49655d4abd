bitscale_test(kernel_tests LABEL fast
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/kernel/engine_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/kernel/event_per_pass_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/kernel/hand_computed_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/kernel/slots_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/kernel/tiling_property_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/kernel/timeline_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/kernel/watchdog_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/kernel/waveforms_test.cpp
  LINKS bitscale_app bitscale_arch bitscale_kernel bitscale_mapping bitscale_workload)
