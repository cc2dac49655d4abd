bitscale_test(mapping_tests LABEL fast
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/mapping/active_steps_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/mapping/compression_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/mapping/mapping_error_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/mapping/mapping_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/mapping/objective_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/mapping/resize_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/mapping/schedule_property_test.cpp
  LINKS bitscale_arch bitscale_mapping)
