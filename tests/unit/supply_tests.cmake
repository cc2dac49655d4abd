bitscale_test(supply_test LABEL fast
  SOURCES power/delay_test.cpp power/operating_point_test.cpp
  LINKS bitscale_power)
