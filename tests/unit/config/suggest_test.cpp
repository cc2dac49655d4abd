#include "sim/core/suggest.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bitscale {
namespace {

TEST(EditDistance, CountsInsertionsDeletionsAndSubstitutions) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("lanes", "lane"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(EditDistance, CountsASwapOfNeighboursAsOne) { EXPECT_EQ(edit_distance("rwos", "rows"), 1U); }

TEST(EditDistance, IgnoresCase) { EXPECT_EQ(edit_distance("TPU_like", "tpu_LIKE"), 0U); }

TEST(Nearest, FindsTheClosestCandidate) {
  const std::vector<std::string> names = {"columns", "rows", "lanes"};
  EXPECT_EQ(nearest("rwos", names), "rows");
  EXPECT_EQ(nearest("colums", names), "columns");
}

TEST(Nearest, FindsNothingWhereAllAreFar) {
  const std::vector<std::string> names = {"columns", "rows"};
  EXPECT_FALSE(nearest("clock", names));
  EXPECT_FALSE(nearest("x", std::vector<std::string>{"P"}));
  EXPECT_FALSE(nearest(std::string(10000, 'a'), std::vector<std::string>{std::string(9999, 'a')}));
}

TEST(Nearest, PrefersTheEarlierOfEquals) {
  EXPECT_EQ(nearest("abx", std::vector<std::string>{"aby", "abz"}), "aby");
}

TEST(Suggestion, ListsTheCandidatesWhereNoneIsNear) {
  const std::vector<std::string> names = {"rows", "columns"};
  EXPECT_EQ(suggestion("rwos", names), ", did you mean 'rows'?");
  EXPECT_EQ(suggestion("foo", names), ", expected one of rows, columns");
  EXPECT_EQ(suggestion("foo", {}), "");
}

}  // namespace
}  // namespace bitscale
