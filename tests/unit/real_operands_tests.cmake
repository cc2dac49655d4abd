bitscale_test(real_operands_test LABEL fast
  SOURCES real_operands/classification_test.cpp real_operands/accuracy_report_test.cpp
          real_operands/lenet_fashion_test.cpp
  LINKS bitscale_app nlohmann_json::nlohmann_json
  SANITIZED GTEST_FILTER=-LenetFashion.IsAsAccurate*:LenetFashion.PutsEveryImage*)
