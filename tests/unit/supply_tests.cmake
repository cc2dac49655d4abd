bitscale_test(supply_test LABEL fast
  SOURCES power/delay_test.cpp power/operating_point_test.cpp power/presets_test.cpp power/supplied_energy_test.cpp
          power/unit_timing_test.cpp report/power_test.cpp
  LINKS bitscale_power bitscale_arch bitscale_report)
bitscale_test(layer_supply_test LABEL fast
  SOURCES pipeline/experiment_test.cpp pipeline/layer_supply_test.cpp study/iso_test.cpp
  LINKS bitscale_app)
