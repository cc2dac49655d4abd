bitscale_test(netlist_test LABEL fast
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/netlist/accumulator_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/netlist/adder_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/netlist/builder_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/netlist/multiplier_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/netlist/physics_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/netlist/planes_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/netlist/registers_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/netlist/sampling_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/netlist/sip_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/netlist/timing_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/netlist/toggles_test.cpp
  LINKS bitscale_netlist)
bitscale_test(netlist_verilog_test LABEL slow
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/netlist/verilog_test.cpp
  LINKS bitscale_netlist)
