#include "sim/sweep/space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "sim/core/hash.hpp"
#include "sim/core/rng.hpp"
#include "sim/core/rounding.hpp"

namespace bitscale::sweep {
namespace {

std::uint64_t length_of(const Axis& axis) {
  return axis.range ? static_cast<std::uint64_t>(axis.range->steps) : axis.levels.size();
}

/// 53 bits of a word as a number in [0, 1).
double unit_interval(std::uint64_t word) { return static_cast<double>(word >> 11U) * 0x1p-53; }

CounterRng stream_of(const SweepConfig& sweep, const Axis& axis) {
  return CounterRng(sweep.seed, stable_hash(axis.name));
}

}  // namespace

std::uint64_t permuted(std::uint64_t index, std::uint64_t size, std::uint64_t key) {
  if (size < 2) return index;
  const int half = (static_cast<int>(std::bit_width(size - 1)) + 1) / 2;
  const std::uint64_t mask = (std::uint64_t{1} << static_cast<unsigned>(half)) - 1;
  constexpr std::uint64_t kRounds = 6;
  do {
    std::uint64_t left = index >> static_cast<unsigned>(half);
    std::uint64_t right = index & mask;
    for (std::uint64_t round = 0; round < kRounds; ++round) {
      const std::uint64_t mixed = left ^ (mix64(right ^ mix64(key + round)) & mask);
      left = right;
      right = mixed;
    }
    index = (left << static_cast<unsigned>(half)) | right;
  } while (index >= size);
  return index;
}

config::Node range_value(const Range& range, double share, const Mark& where) {
  double value = range.logarithmic ? range.from * std::pow(range.to / range.from, share)
                                   : range.from + (range.to - range.from) * share;
  value = range.integer ? std::round(value) : round_significant(value);
  config::Node node;
  node.kind = config::Node::Kind::scalar;
  node.where = where;
  const bool whole = value == std::round(value) && std::abs(value) < 1e15;
  const bool counts = range.unit == config::Unit::bits;
  if (whole || counts) {
    node.scalar = fmt::format("{}", static_cast<std::int64_t>(std::llround(value)));
  } else {
    node.scalar = format_significant(value);
  }
  constexpr std::string_view kNames[] = {"Hz", "V", "s", "J", "W", "bit", "um2"};
  if (range.unit) node.scalar += kNames[static_cast<std::size_t>(*range.unit)];
  return node;
}

Space::Space(const SweepConfig& sweep) : sweep_(sweep), strides_(sweep.axes.size(), 1) {
  for (const Axis& axis : sweep.axes) keys_.insert(keys_.end(), axis.keys.begin(), axis.keys.end());
  if (sweep.combine == Combine::random || sweep.combine == Combine::latin_hypercube) {
    size_ = static_cast<std::uint64_t>(sweep.samples);
    return;
  }
  if (sweep.combine != Combine::product) {
    size_ = sweep.axes.empty() ? 0 : length_of(sweep.axes.front());
  } else {
    for (std::size_t i = sweep.axes.size(); i-- > 0;) {
      strides_[i] = size_;
      const std::uint64_t length = length_of(sweep.axes[i]);
      if (length > kMaxPoints || size_ * length > kMaxPoints) {
        std::string product;
        for (const Axis& axis : sweep.axes)
          product += fmt::format("{}{}", product.empty() ? "" : " x ", length_of(axis));
        throw ConfigError({{sweep.axes.front().where, "axes",
                            fmt::format("expected at most {} points, got {}; with combine: random "
                                        "or latin_hypercube `samples` of them are drawn",
                                        kMaxPoints, product)}});
      }
      size_ *= length;
    }
  }
  if (size_ > kMaxPoints) {
    throw ConfigError({{sweep.axes.front().where, "axes",
                        fmt::format("expected at most {} points, got {}", kMaxPoints, size_)}});
  }
}

double Space::share(std::size_t axis, std::uint64_t index) const {
  const CounterRng rng = stream_of(sweep_, sweep_.axes[axis]);
  const double within = unit_interval(rng(index));
  if (sweep_.combine == Combine::random) return within;
  // Latin hypercube (McKay, Beckman, Conover, 1979): one point in each of `size` slices per axis.
  const std::uint64_t slice = permuted(index, size_, rng(~std::uint64_t{0}));
  return (static_cast<double>(slice) + within) / static_cast<double>(size_);
}

std::uint64_t Space::level(std::size_t axis, std::uint64_t index) const {
  const std::uint64_t length = length_of(sweep_.axes[axis]);
  switch (sweep_.combine) {
    case Combine::product:
      return index / strides_[axis] % length;
    case Combine::zip:
    case Combine::list:
      return index;
    case Combine::random:
    case Combine::latin_hypercube:
      break;
  }
  const auto drawn = static_cast<std::uint64_t>(share(axis, index) * static_cast<double>(length));
  return std::min(drawn, length - 1);
}

double Space::coordinate(std::size_t axis, std::uint64_t index) const {
  const Axis& a = sweep_.axes[axis];
  if (a.range && a.range->steps == 0) return share(axis, index);
  return static_cast<double>(level(axis, index));
}

Point Space::at(std::uint64_t index) const {
  Point point;
  point.index = index;
  for (std::size_t i = 0; i < sweep_.axes.size(); ++i) {
    const Axis& axis = sweep_.axes[i];
    if (!axis.range) {
      const std::vector<Setting>& level_settings = axis.levels[level(i, index)];
      point.settings.insert(point.settings.end(), level_settings.begin(), level_settings.end());
      continue;
    }
    double at = 0;
    if (axis.range->steps == 0) {
      at = share(i, index);
    } else if (axis.range->steps > 1) {
      at = static_cast<double>(level(i, index)) / static_cast<double>(axis.range->steps - 1);
    }
    const config::Node value = range_value(*axis.range, at, axis.where);
    for (const std::string& key : axis.keys)
      point.settings.push_back({key, value, axis.keys_where});
  }
  return point;
}

}  // namespace bitscale::sweep
