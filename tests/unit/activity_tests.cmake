bitscale_test(activity_test LABEL fast
  SOURCES activity/activity_test.cpp activity/unit_walk_test.cpp
  LINKS bitscale_activity bitscale_arch bitscale_kernel)
