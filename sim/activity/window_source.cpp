#include "sim/activity/window_source.hpp"

#include <numeric>

namespace bitscale {
namespace {

constexpr std::array<Dim, kDims> kAllDims = {Dim::N, Dim::G, Dim::K, Dim::C,
                                             Dim::P, Dim::Q, Dim::R, Dim::S};
constexpr std::size_t kGroup = 64;
constexpr unsigned kGroupBits = 6;

/// Integer part of fraction x count, the fraction in units of 2^-64.
std::uint64_t scaled(std::uint64_t fraction, std::uint64_t count) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(fraction) * count) >> 64U);
}

/// Offset of the unit that a choice along every dimension stands for.
PerDim<std::int64_t> unit_offset(const Mapping& m, const PerDim<std::uint64_t>& choice) {
  PerDim<std::int64_t> offset;
  for (const Dim dim : kAllDims)
    offset[dim] = static_cast<std::int64_t>(choice[dim]) * m.in_unit[dim];
  return offset;
}

}  // namespace

WindowSampler::WindowSampler(const StreamSetup& setup, std::int64_t steps, std::uint64_t seed)
    : setup_(setup),
      steps_(steps),
      space_(setup.mapping),
      early_starts_(space_.units() * static_cast<std::uint64_t>(steps - 1)),
      starts_(space_.count() + early_starts_),
      random_(seed, tensor_stream(setup.mapping.layer, "activity")) {}

void WindowSampler::draw(std::size_t groups, WindowBatch& batch) {
  batch.windows.resize(groups * kGroup);
  batch.activations = batch.weights = {};
  for (std::size_t group = 0; group < groups; ++group) {
    // Columns of variables, each one value per 64th of its range, in random order (McKay, Beckman,
    // Conover 1979): which start, then one choice per dimension.
    std::array<std::array<std::uint64_t, kGroup>, kDims + 1> fractions{};
    for (auto& column : fractions) {
      std::array<std::uint64_t, kGroup> order{};
      std::iota(order.begin(), order.end(), 0U);
      for (std::size_t i = kGroup - 1; i > 0; --i)
        std::swap(order[i], order[scaled(next(), i + 1)]);
      for (std::size_t i = 0; i < kGroup; ++i)
        column[i] = order[i] << (64 - kGroupBits) | next() >> kGroupBits;
    }
    for (std::size_t i = 0; i < kGroup; ++i) {
      const std::uint64_t start = scaled(fractions[kDims][i], starts_);
      const bool early = start < early_starts_;
      PerDim<std::uint64_t> choice;
      for (std::size_t d = 0; d < kDims; ++d) {
        const auto dim = static_cast<Dim>(d);
        choice[dim] = scaled(fractions[d][i], early ? space_.units(dim) : space_.count(dim));
      }
      Window& window = batch.windows[group * kGroup + i];
      std::int64_t steps = steps_;
      if (early) {
        steps = 1 + static_cast<std::int64_t>(start % static_cast<std::uint64_t>(steps_ - 1));
        UnitStream stream(setup_, UnitWalk(setup_.mapping, unit_offset(setup_.mapping, choice)));
        stream.read(steps, window, batch.activations, batch.weights);
        continue;
      }
      PerDim<std::int64_t> pair;
      for (const Dim dim : kAllDims) pair[dim] = static_cast<std::int64_t>(choice[dim]);
      UnitStream stream(setup_, UnitWalk::at_choice(setup_.mapping, pair));
      stream.warm_up();
      stream.read(steps, window, batch.activations, batch.weights);
    }
  }
}

WindowList::WindowList(const StreamSetup& setup, std::int64_t steps)
    : setup_(setup), steps_(steps), space_(setup.mapping) {}

void WindowList::next(std::size_t count, WindowBatch& batch) {
  batch.windows.clear();
  batch.activations = batch.weights = {};
  while (batch.windows.size() < count) {
    if (current_.empty()) {
      if (next_unit_ == space_.units()) return;
      std::uint64_t index = next_unit_++;
      PerDim<std::uint64_t> choice;
      for (const Dim dim : kAllDims) {
        choice[dim] = index % space_.units(dim);
        index /= space_.units(dim);
      }
      current_.emplace_back(setup_, UnitWalk(setup_.mapping, unit_offset(setup_.mapping, choice)));
    }
    Window& window = batch.windows.emplace_back();
    if (!current_.front().read(steps_, window, batch.activations, batch.weights)) current_.clear();
  }
}

}  // namespace bitscale
