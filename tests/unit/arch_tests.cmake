bitscale_test(arch_tests LABEL fast
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/arch/accumulate_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/accumulator_netlist_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/accumulator_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/add_sub_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/bit_fusion_module_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/bit_fusion_netlist_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/bit_fusion_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/bit_serial_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/codebook_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/dvafs_module_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/dvafs_multiplier_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/dvafs_netlist_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/dvafs_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/parallel_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/pin_array_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/pin_unit_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/shift_add_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/temporal_unit_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/unit_file_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/arch/xnor_test.cpp
  LINKS bitscale_activity bitscale_arch bitscale_kernel bitscale_mapping bitscale_workload)
