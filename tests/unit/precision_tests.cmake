bitscale_test(precision_test LABEL fast
  SOURCES precision/accumulator_width_test.cpp precision/assignment_test.cpp precision/complexity_test.cpp precision/dot_product_test.cpp precision/float_network_test.cpp precision/in_memory_test.cpp precision/layer_sums_test.cpp
          precision/noise_gain_test.cpp precision/output_precision_test.cpp precision/quantiser_test.cpp precision/training_test.cpp
  LINKS bitscale_precision)
