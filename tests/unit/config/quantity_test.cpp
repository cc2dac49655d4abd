#include "sim/core/quantity.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace bitscale {
namespace {

using enum QuantityUnit;

TEST(ParseQuantity, ReadsSiPrefixesExactly) {
  EXPECT_EQ(parse_quantity("606MHz", hertz), 606000000.0);
  EXPECT_EQ(parse_quantity("1.1V", volt), 1.1);
  EXPECT_EQ(parse_quantity("184aJ", joule), 184e-18);
  EXPECT_EQ(parse_quantity("0.2pJ", joule), 0.2e-12);
  EXPECT_EQ(parse_quantity("3fJ", joule), 3e-15);
  EXPECT_EQ(parse_quantity("55mW", watt), 0.055);
  EXPECT_EQ(parse_quantity("1.65ns", second), 1.65e-9);
  EXPECT_EQ(parse_quantity("2kHz", hertz), 2000.0);
  EXPECT_EQ(parse_quantity("2GHz", hertz), 2e9);
  EXPECT_EQ(parse_quantity("2THz", hertz), 2e12);
}

TEST(ParseQuantity, ReadsEverySpellingOfMicro) {
  EXPECT_EQ(parse_quantity("5us", second), 5e-6);
  EXPECT_EQ(parse_quantity("5\u00b5s", second), 5e-6);
  EXPECT_EQ(parse_quantity("5\u03bcs", second), 5e-6);
}

TEST(ParseQuantity, AllowsSpaceBeforeTheUnit) {
  EXPECT_EQ(parse_quantity("606 MHz", hertz), 606e6);
}

TEST(ParseQuantity, CountsBytesAsBits) {
  EXPECT_EQ(parse_quantity("32KiB", bits), 32.0 * 1024 * 8);
  EXPECT_EQ(parse_quantity("36MB", bits), 36e6 * 8);
  EXPECT_EQ(parse_quantity("1GiB", bits), 8.0 * 1024 * 1024 * 1024);
  EXPECT_EQ(parse_quantity("192bit", bits), 192.0);
  EXPECT_EQ(parse_quantity("4Kibit", bits), 4096.0);
  EXPECT_EQ(parse_quantity("4kbit", bits), 4000.0);
}

TEST(ParseQuantity, LetsOnlyBitsStandWithoutUnit) {
  EXPECT_EQ(parse_quantity("192", bits), 192.0);
  EXPECT_FALSE(parse_quantity("606000000", hertz));
  EXPECT_FALSE(parse_quantity("1.1", volt));
}

TEST(ParseQuantity, SquaresThePrefixOfAnArea) {
  EXPECT_EQ(parse_quantity("0.35um2", square_micrometre), 0.35);
  EXPECT_EQ(parse_quantity("2mm2", square_micrometre), 2e6);
  EXPECT_EQ(parse_quantity("500nm2", square_micrometre), 500e-6);
}

TEST(ParseQuantity, RefusesOtherUnits) {
  EXPECT_FALSE(parse_quantity("606MV", hertz));
  EXPECT_FALSE(parse_quantity("606mhz", hertz));
  EXPECT_FALSE(parse_quantity("32KB", bits));
  EXPECT_FALSE(parse_quantity("MHz", hertz));
  EXPECT_FALSE(parse_quantity("6 0MHz", hertz));
  EXPECT_FALSE(parse_quantity("606MHzz", hertz));
}

TEST(ParseQuantity, RefusesNumbersBeyondADouble) {
  EXPECT_FALSE(parse_quantity("1e999Hz", hertz));
  EXPECT_FALSE(parse_quantity("1e99999Hz", hertz));
  EXPECT_FALSE(parse_quantity("1e308KiB", bits));
  EXPECT_FALSE(parse_quantity("1e300THz", hertz));
}

TEST(ParseDecimal, TakesPlainAndScientificNotation) {
  EXPECT_EQ(parse_decimal("0"), 0.0);
  EXPECT_EQ(parse_decimal("-1.5"), -1.5);
  EXPECT_EQ(parse_decimal("2e-3"), 2e-3);
  EXPECT_EQ(parse_decimal("2E+3"), 2e3);
}

TEST(ParseDecimal, RefusesWhatReadersDisagreeAbout) {
  for (const char* text : {"", "-", "+5", "010", "-01", "0x10", ".5", "5.", "1_000", "1e", "1e+",
                           "1 ", " 1", "nan", "inf", ".nan", "1,5", "1.5.2", "--1"}) {
    EXPECT_FALSE(parse_decimal(text)) << text;
  }
}

TEST(FormatQuantity, ScalesToFourSignificantDigits) {
  EXPECT_EQ(format_quantity(606e6, hertz), "606 MHz");
  EXPECT_EQ(format_quantity(1.1, volt), "1.1 V");
  EXPECT_EQ(format_quantity(0.055, watt), "55 mW");
  EXPECT_EQ(format_quantity(1.23456e-9, second), "1.235 ns");
  EXPECT_EQ(format_quantity(184e-18, joule), "184 aJ");
  EXPECT_EQ(format_quantity(-2e-12, joule), "-2 pJ");
}

TEST(FormatQuantity, MovesToTheNextPrefixWhereRoundingReachesIt) {
  EXPECT_EQ(format_quantity(999.94e6, hertz), "999.9 MHz");
  EXPECT_EQ(format_quantity(999.96e6, hertz), "1 GHz");
}

TEST(FormatQuantity, PrintsMemoriesInBytes) {
  EXPECT_EQ(format_quantity(192, bits), "192 bit");
  EXPECT_EQ(format_quantity(8191, bits), "8191 bit");
  EXPECT_EQ(format_quantity(8192, bits), "1 KiB");
  EXPECT_EQ(format_quantity(32.0 * 8192, bits), "32 KiB");
  EXPECT_EQ(format_quantity(36e6 * 8, bits), "34.33 MiB");
}

TEST(FormatQuantity, PrintsAreasWithoutExponent) {
  EXPECT_EQ(format_quantity(0.35, square_micrometre), "0.35 um2");
  EXPECT_EQ(format_quantity(7700, square_micrometre), "7700 um2");
  EXPECT_EQ(format_quantity(12345, square_micrometre), "12345 um2");
  EXPECT_EQ(format_quantity(2.5e6, square_micrometre), "2.5 mm2");
}

TEST(FormatQuantity, PrintsZeroInTheBaseUnit) {
  EXPECT_EQ(format_quantity(0, joule), "0 J");
  EXPECT_EQ(format_quantity(0, bits), "0 bit");
}

TEST(ExactQuantity, IsShortAndReadsBackToTheSameValue) {
  EXPECT_EQ(exact_quantity(606e6, hertz), "606MHz");
  EXPECT_EQ(exact_quantity(262144, bits), "32KiB");
  EXPECT_EQ(exact_quantity(0, bits), "0bit");
  EXPECT_EQ(exact_quantity(0.35, square_micrometre), "0.35um2");
  for (const double value : {1.0 / 3.0, 123456789.125, 4e-19, 5e20}) {
    EXPECT_EQ(parse_quantity(exact_quantity(value, hertz), hertz), value);
    EXPECT_EQ(parse_quantity(exact_quantity(value, bits), bits), value);
  }
}

}  // namespace
}  // namespace bitscale
