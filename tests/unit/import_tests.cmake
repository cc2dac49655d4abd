bitscale_test(bitfusion_networks_test LABEL fast
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/import/bitfusion_networks_test.cpp
  LINKS bitscale_workload)
bitscale_test(scale_sim_test LABEL fast
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/import/scale_sim_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/import/quantise_test.cpp
  LINKS bitscale_import)
if(BITSCALE_ONNX)
  bitscale_test(onnx_import_test LABEL fast
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/import/onnx_layers_test.cpp
            ${CMAKE_CURRENT_LIST_DIR}/import/onnx_weights_test.cpp
            ${CMAKE_CURRENT_LIST_DIR}/import/onnx_hostile_test.cpp
    LINKS bitscale_import onnx)
endif()
