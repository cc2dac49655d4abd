bitscale_test(core_quantity_test LABEL fast
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/config/quantity_test.cpp ${CMAKE_CURRENT_LIST_DIR}/config/suggest_test.cpp
  LINKS bitscale_core)
bitscale_test(config_test LABEL fast
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/config/parse_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/config/emit_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/config/reader_scalars_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/config/reader_structure_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/config/schema_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/config/files_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/config/override_test.cpp
  LINKS bitscale_config)
