#include <gmock/gmock.h>

// libsystemc.so contains a main() that calls sc_main(): with gtest_main behind it in link order, a
// test binary would run no test and succeed. So the tests bring their own main() and satisfy that
// reference.
extern "C" int sc_main(int /*argc*/, char** /*argv*/) { return 70; }

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
