#include "sim/report/table.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace bitscale {
namespace {

using Align = Table::Align;

TEST(Table, AlignsTextLeftAndNumbersRight) {
  Table table({{"layer", Align::left}, {"cycles"}, {"note", Align::left}});
  table.add_row({"conv1", "7", "x"});
  table.add_row({"a", "12345678", ""});
  EXPECT_EQ(table.text(),
            "  layer    cycles  note\n"
            "  -----  --------  ----\n"
            "  conv1         7  x\n"
            "  a      12345678\n");
}

TEST(Table, DrawsRulesAsWideAsTheColumns) {
  Table table({{"a", Align::left}, {"b"}});
  table.add_row({"long", "1"});
  table.add_rule();
  table.add_row({"t", "1"});
  EXPECT_EQ(table.text({}, 0), "a     b\n----  -\nlong  1\n----  -\nt     1\n");
}

TEST(Table, CountsCodePointsNotBytes) {
  Table table({{"x", Align::left}, {"y", Align::left}});
  table.add_row({"µm²", "1"});
  table.add_row({"abc", "2"});
  EXPECT_EQ(table.text({}, 0), "x    y\n---  -\nµm²  1\nabc  2\n");
}

TEST(Table, StaysAlignedWithColour) {
  const TextStyle style{true};
  Table table({{"x", Align::left}, {"y"}});
  table.add_row({red("deviates", style), "1"});
  EXPECT_EQ(display_width(red("deviates", style)), 8U);
  EXPECT_EQ(table.text(style, 0),
            "\x1b[1mx         y\x1b[0m\n--------  -\n\x1b[31mdeviates\x1b[0m  1\n");
}

TEST(Table, FillsMissingCellsAndRefusesSurplusOnes) {
  Table table({{"a"}, {"b"}});
  table.add_row({"1"});
  EXPECT_EQ(table.text({}, 0), "a  b\n-  -\n1\n");
  EXPECT_THROW(table.add_row({"1", "2", "3"}), std::invalid_argument);
}

TEST(Colour, IsAbsentUnlessAskedFor) {
  EXPECT_EQ(bold("x", {}), "x");
  EXPECT_EQ(green("x", {}), "x");
  EXPECT_EQ(bold("x", {true}), "\x1b[1mx\x1b[0m");
}

TEST(FormatInteger, GroupsThousands) {
  EXPECT_EQ(format_integer(0), "0");
  EXPECT_EQ(format_integer(999), "999");
  EXPECT_EQ(format_integer(1000), "1,000");
  EXPECT_EQ(format_integer(18446744073709551615U), "18,446,744,073,709,551,615");
}

TEST(FormatCount, ScalesToFourDigits) {
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1000), "1 k");
  EXPECT_EQ(format_count(665785344), "665.8 M");
  EXPECT_EQ(format_count(999999), "1 M");
  EXPECT_EQ(format_count(19508428800), "19.51 G");
}

TEST(FormatPercent, ShowsOneDecimalOrADash) {
  EXPECT_EQ(format_percent(0.1234), "12.3 %");
  EXPECT_EQ(format_percent(1.0), "100.0 %");
  EXPECT_EQ(format_percent(std::nullopt), "-");
}

TEST(FormatRatio, ShowsTwoDecimals) {
  EXPECT_EQ(format_ratio(2.2475), "2.25x");
  EXPECT_EQ(format_ratio(0.5), "0.50x");
  EXPECT_EQ(format_ratio(0.0123), "0.0123x");
}

TEST(FormatEnergy, ScalesToSiPrefixes) {
  EXPECT_EQ(format_energy_pJ(1.5e6), "1.5 uJ");
  EXPECT_EQ(format_energy_pJ(0.2), "200 fJ");
}

TEST(FormatArea, SwitchesToSquareMillimetres) {
  EXPECT_EQ(format_area_um2(993.25), "993.2 um2");
  EXPECT_EQ(format_area_um2(4073472), "4.073 mm2");
}

TEST(WrapText, BreaksAtSpacesAndIndents) {
  EXPECT_EQ(wrap_text("one two three", 7, 2), "one two\n  three");
  EXPECT_EQ(wrap_text("a-very-long-word b", 4, 1), "a-very-long-word\n b");
  EXPECT_EQ(wrap_text("", 4, 1), "");
}

}  // namespace
}  // namespace bitscale
