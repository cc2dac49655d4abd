#include "sim/report/unit_report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>

namespace bitscale {
namespace {

UnitReport small_unit() {
  UnitReport unit;
  unit.kind = "dvafs";
  unit.technology = "horowitz45";
  unit.vdd_V = 0.9;
  UnitModeReport mode;
  mode.operands = "8x4";
  mode.encodings = "twos x twos";
  mode.cycles = 3;
  mode.products = 2;
  mode.macs_per_cycle = 0.5;
  mode.path_units = 76;
  mode.path_ratio = 0.655;
  mode.zero_delay_units = 1920;
  mode.glitch_units = 3467;
  mode.flip_flop_units = 390;
  mode.pJ_per_mac_without_glitches = 0.425;
  mode.pJ_per_mac_with_glitches = 1.063;
  unit.modes.push_back(mode);
  return unit;
}

TEST(UnitText, PutsEveryFigureUnderItsHeading) {
  std::istringstream lines(unit_text(small_unit()));
  std::string line;
  std::string head;
  std::string row;
  while (std::getline(lines, line)) {
    if (line.starts_with("  bits")) head = line;
    if (line.starts_with("  8x4")) row = line;
  }
  const std::pair<std::string, std::string> figures[] = {
      {"cycles", "3"},        {"products", "2"},       {"MAC/cycle", "0.5"},
      {"path", "76"},         {"ratio", "0.655"},      {"switched/MAC", "1920.0"},
      {"glitches", "3467.0"}, {"flip-flops", "390.0"}, {"pJ/MAC g=0", "0.4250"}};
  for (const auto& [title, value] : figures) {  // numbers end where their headings end
    const std::size_t end = head.find(title) + title.size();
    ASSERT_GE(row.size(), end) << title;
    EXPECT_TRUE(row.substr(0, end).ends_with(" " + value)) << title << "\n" << row;
  }
  EXPECT_TRUE(row.ends_with(" 1.0630")) << row;
  EXPECT_NE(row.find("twos x twos"), std::string::npos);
}

TEST(UnitCsv, HasAsManyCellsAsTheHeader) {
  std::istringstream lines(unit_csv(small_unit()));
  std::string header;
  std::string row;
  std::getline(lines, header);
  std::getline(lines, row);
  EXPECT_EQ(std::ranges::count(row, ','), std::ranges::count(header, ','));
}

TEST(UnitJson, GivesAModeCompletely) {
  const auto mode = unit_json(small_unit())["modes"][0];
  EXPECT_EQ(mode["operands"], "8x4");
  EXPECT_EQ(mode["cycles"], 3);
  EXPECT_EQ(mode["path_units"], 76);
  EXPECT_EQ(mode["pJ_per_mac_g1"], 1.063);
}

}  // namespace
}  // namespace bitscale
