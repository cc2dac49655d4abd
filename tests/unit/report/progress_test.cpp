#include "sim/report/progress.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace bitscale {
namespace {

/// Collects what is shown; time is set by the test.
struct FakeTerminal {
  double time_s = 100;
  std::vector<std::string> shown;

  ProgressOutput output(bool terminal) {
    ProgressOutput result;
    result.terminal = terminal;
    result.write = [this](std::string_view text) { shown.emplace_back(text); };
    result.now = [this] { return std::chrono::duration<double>(time_s); };
    return result;
  }
};

TEST(Progress, IsSilentWhereTheWorkIsShort) {
  FakeTerminal terminal;
  {
    Progress progress(terminal.output(true), "run", "layers", 10);
    terminal.time_s += 0.9;
    progress.update(9);
  }
  EXPECT_TRUE(terminal.shown.empty());
}

TEST(Progress, ShowsRateAndTimeLeftOnATerminal) {
  FakeTerminal terminal;
  Progress progress(terminal.output(true), "run", "layers", 10);
  terminal.time_s += 2;
  progress.update(4, "conv5");
  ASSERT_EQ(terminal.shown.size(), 1U);
  EXPECT_EQ(terminal.shown[0], "\r\x1b[Krun: 4/10 layers, 2/s, 3 s left (conv5)");
}

TEST(Progress, RewritesATerminalsLineAtMostTenTimesASecond) {
  FakeTerminal terminal;
  Progress progress(terminal.output(true), "run", "layers", 100);
  terminal.time_s += 2;
  progress.update(1);
  terminal.time_s += 0.05;
  progress.update(2);
  EXPECT_EQ(terminal.shown.size(), 1U);
  terminal.time_s += 0.06;
  progress.update(3);
  EXPECT_EQ(terminal.shown.size(), 2U);
}

TEST(Progress, ClearsATerminalsLineAtTheEnd) {
  FakeTerminal terminal;
  {
    Progress progress(terminal.output(true), "run", "layers", 10);
    terminal.time_s += 2;
    progress.update(4);
  }
  EXPECT_EQ(terminal.shown.back(), "\r\x1b[K");
}

TEST(Progress, WritesPlainLinesEveryFewSecondsElsewhere) {
  FakeTerminal log;
  {
    Progress progress(log.output(false), "run", "layers", 10);
    log.time_s += 2;
    progress.update(1);
    EXPECT_TRUE(log.shown.empty());
    log.time_s += 3;
    progress.update(2);
    log.time_s += 4;
    progress.update(3);
    log.time_s += 1;
    progress.update(5);
  }
  ASSERT_EQ(log.shown.size(), 2U);
  EXPECT_EQ(log.shown[0], "run: 2/10 layers, 0.4/s, 20 s left\n");
  EXPECT_EQ(log.shown[1], "run: 5/10 layers, 0.5/s, 10 s left\n");
}

TEST(Progress, WithoutAnOutputIsSilent) {
  FakeTerminal terminal;
  ProgressOutput output = terminal.output(true);
  output.write = nullptr;
  Progress progress(output, "run", "layers", 10);
  terminal.time_s += 5;
  progress.update(5);
  EXPECT_TRUE(terminal.shown.empty());
}

TEST(FormatDuration, UsesTwoUnitsAtMost) {
  EXPECT_EQ(format_duration(0.4), "0 s");
  EXPECT_EQ(format_duration(59.6), "1 min 00 s");
  EXPECT_EQ(format_duration(185), "3 min 05 s");
  EXPECT_EQ(format_duration(7800), "2 h 10 min");
  EXPECT_EQ(format_duration(-1), "?");
}

}  // namespace
}  // namespace bitscale
