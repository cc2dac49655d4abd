#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace bitscale::precision {

/// Whether `value` is the printed number but for 1 in its last digit: `3.1429e-2` is within 1e-6.
inline ::testing::AssertionResult is(double value, const std::string& printed) {
  const std::size_t exponent = printed.find_first_of("eE");
  const std::string digits = printed.substr(0, exponent);
  const std::size_t point = digits.find('.');
  const auto decimals =
      point == std::string::npos ? 0.0 : static_cast<double>(digits.size() - point - 1);
  const double power =
      exponent == std::string::npos ? 0.0 : std::stod(printed.substr(exponent + 1));
  const double last = std::pow(10.0, power - decimals);
  if (std::abs(value - std::stod(printed)) <= last * (1 + 1e-9))
    return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << value << " is not " << printed;
}

}  // namespace bitscale::precision
