bitscale_test(power_test LABEL fast
  SOURCES power/cost_curve_test.cpp power/energy_test.cpp power/structure_test.cpp power/technology_test.cpp power/voltage_test.cpp
  LINKS bitscale_power)
