bitscale_test(sweep_test LABEL fast
  SOURCES sweep/answers_test.cpp sweep/expression_test.cpp sweep/space_test.cpp sweep/store_test.cpp sweep/sweep_run_test.cpp sweep/workers_test.cpp
  LINKS bitscale_app)
