#include "sim/core/hash.hpp"

#include <gtest/gtest.h>

#include <array>

namespace bitscale {
namespace {

TEST(Hash, Sha256MatchesItsPublishedTestVectors) {
  // FIPS 180-2, appendix B.
  EXPECT_EQ(sha256_hex(std::string_view("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(std::string_view("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hash, Sha256OfBytesIsThatOfTheSameText) {
  const std::array<std::byte, 3> bytes = {std::byte{'a'}, std::byte{'b'}, std::byte{'c'}};
  EXPECT_EQ(sha256_hex(bytes), sha256_hex(std::string_view("abc")));
}

TEST(Hash, StableHashIsXxh64) {
  // Test values of the xxHash specification.
  EXPECT_EQ(stable_hash(""), 0xef46db3751d8e999ULL);
  EXPECT_EQ(stable_hash("abc"), 0x44bc2cf5ad770999ULL);
}

TEST(Hash, StableHashDependsOnTheSeed) { EXPECT_NE(stable_hash("a", 1), stable_hash("a", 2)); }

}  // namespace
}  // namespace bitscale
