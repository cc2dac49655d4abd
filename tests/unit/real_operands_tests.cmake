bitscale_test(real_operands_test LABEL fast
  SOURCES real_operands/classification_test.cpp real_operands/accuracy_report_test.cpp
  LINKS bitscale_report nlohmann_json::nlohmann_json)
