bitscale_test(report_test LABEL fast
  SOURCES report/attribution_test.cpp report/comparison_test.cpp report/csv_test.cpp report/files_test.cpp report/json_test.cpp report/metrics_test.cpp
          report/progress_test.cpp report/result_test.cpp report/savings_test.cpp report/scaling_test.cpp report/structure_test.cpp report/table_test.cpp report/text_test.cpp report/trace_test.cpp report/unit_report_test.cpp
  LINKS bitscale_report)
