#include <gtest/gtest.h>

#include "sim/netlist/generators.hpp"
#include "tests/unit/netlist/serial_stream.hpp"

namespace bitscale::netlist {
namespace {

/// Inner products out of the register against integers, for p-bit activations of either sign.
void expect_products(const SipConfig& config, int activation_bits, bool activation_signed) {
  const Netlist netlist = sip(config);
  const SerialStream stream =
      serial_stream(netlist, config, activation_bits, activation_signed, /*words=*/5, 64);
  const Response response(netlist, stream.stimulus);
  for (std::size_t word = 0; word + 1 < 5; ++word) {
    // The register shows a word's sum in the step after its last bit, the first of the next word.
    const std::size_t step = (word + 1) * static_cast<std::size_t>(activation_bits);
    for (std::size_t lane = 0; lane < 64; ++lane) {
      ASSERT_EQ(response.value(step, 0, lane),
                as_bus(stream.products[word][lane], config.accumulator_bits, true))
          << netlist.name << " p " << activation_bits << " word " << word;
    }
  }
}

TEST(Sip, SumsLanesTimesWeightsInAsManyClocksAsActivationBits) {
  for (const int bits : {1, 2, 3, 4, 7, 8, 16}) {
    for (const bool is_signed : {false, true}) {
      expect_products({16, 16, true, 40}, bits, is_signed);
      expect_products({16, 8, true, 32}, bits, is_signed);
    }
  }
}

TEST(Sip, TakesUnsignedWeights) {
  for (const bool is_signed : {false, true}) expect_products({8, 4, false, 20}, 5, is_signed);
}

TEST(Sip, TakesPrefixAddersAndOddLanes) {
  expect_products({5, 6, true, 24, AdderKind::prefix}, 6, true);
  expect_products({1, 3, true, 24, AdderKind::prefix}, 6, true);
}

TEST(Sip, NarrowRegisterWraps) { expect_products({16, 8, true, 10}, 8, true); }

TEST(Sip, LanesOutOfRangeAreNamed) {
  EXPECT_THROW((void)sip({65, 8}), NetlistError);
  EXPECT_THROW((void)sip({16, 0}), NetlistError);
}

}  // namespace
}  // namespace bitscale::netlist
