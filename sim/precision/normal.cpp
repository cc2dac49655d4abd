#include "sim/precision/normal.hpp"

#include <fmt/format.h>

#include <boost/math/distributions/normal.hpp>

namespace bitscale::precision {
namespace {

using boost::math::complement;

[[noreturn]] void refuse(const char* what, const char* expected, double got) {
  throw std::invalid_argument(fmt::format("{}: expected {}, got {:g}", what, expected, got));
}

}  // namespace

double density(double t) { return boost::math::pdf(boost::math::normal(), t); }

double tail(double t) { return boost::math::cdf(complement(boost::math::normal(), t)); }

double tail_quantile(double p) {
  require_probability(p);
  return boost::math::quantile(complement(boost::math::normal(), p));
}

void require_bits(const char* what, int bits) {
  if (bits < 1 || bits > kMaxBits) refuse(what, "1 to 64 bits", bits);
}

void require_length(std::int64_t length) {
  if (length < 1) refuse("length", "1 or more products", static_cast<double>(length));
}

void require_probability(double probability) {
  if (!(probability > 0 && probability < 1))
    refuse("probability", "a number above 0 and below 1", probability);
}

void require_positive(const char* what, double value) {
  if (!std::isfinite(value) || value <= 0) refuse(what, "a number above 0", value);
}

void require_not_negative(const char* what, double value) {
  if (!std::isfinite(value) || value < 0) refuse(what, "a number of 0 or more", value);
}

void require_finite(const char* what, double value) {
  if (!std::isfinite(value)) refuse(what, "a finite number", value);
}

}  // namespace bitscale::precision
