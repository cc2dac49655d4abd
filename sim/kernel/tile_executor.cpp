#include "sim/kernel/tile_executor.hpp"

#include <algorithm>
#include <cstdlib>

#include "sim/core/dispatch.hpp"

namespace bitscale::kernel {
namespace {

/// Sum of |w|, negative weights at `negative` each.
BITSCALE_HOT std::int64_t magnitude_sum(const std::int16_t* values, std::int64_t count,
                                        std::int32_t negative) {
  std::int64_t sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += values[i] < 0 ? negative : values[i];
  return sum;
}

BITSCALE_HOT std::int32_t largest_magnitude(const std::int16_t* values, std::size_t count,
                                            std::int32_t negative) {
  std::int32_t largest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int32_t magnitude = values[i] < 0 ? negative : values[i];
    largest = std::max(largest, magnitude);
  }
  return largest;
}

std::int64_t accumulator_limit(const AccumulatorConfig& accumulator) {
  // Kernels use 64-bit sums; a bound of 2^62 leaves room for one more addition.
  return accumulator.bits >= 63 ? (std::int64_t{1} << 62)
                                : (std::int64_t{1} << (accumulator.bits - 1)) - 1;
}

}  // namespace

std::int64_t partial_sum_bound(const LayerShape& shape, const Operands& operands,
                               std::int16_t pad_value) {
  const std::int32_t activation_scale = -min_value(operands.activations.type);
  const std::int32_t weight_scale = -min_value(operands.weights.type);
  const std::int64_t taps = shape.C * shape.R * shape.S;
  std::int64_t filter_sum = 0;
  for (std::int64_t k = 0; k < shape.G * shape.K; ++k) {
    filter_sum = std::max(
        filter_sum, magnitude_sum(operands.weights.values.data() + k * taps, taps, weight_scale));
  }
  const std::vector<std::int16_t>& activations = operands.activations.values;
  const std::int32_t largest =
      largest_magnitude(activations.data(), activations.size(), activation_scale);
  return filter_sum * std::max(largest, std::abs(std::int32_t{pad_value}));
}

TileExecutor::TileExecutor(const Mapping& mapping, const Unit& unit, const Operands* operands,
                           bool widths)
    : mapping_(mapping), unit_(unit), operands_(operands) {
  if (operands_ == nullptr) return;
  sums_.assign(static_cast<std::size_t>(mapping.sums_per_output() * mapping.shape.outputs()), 0);
  max_sum_ = partial_sum_bound(mapping.shape, *operands, mapping.pad_value);
  exact_ = max_sum_ <= accumulator_limit(mapping.segment);
  if (!widths) return;
  range_.emplace();
  if (!exact_) unbounded_ = sums_;
}

/// Where segments lie along C, each has the channels of its own subword.
void TileExecutor::list_reduction(const Ranges& ranges, std::int64_t segment) {
  const Mapping& m = mapping_;
  const std::int64_t stride = m.sums_per_output();
  lanes_ = m.spatial[Dim::C] / stride * m.spatial[Dim::R] * m.spatial[Dim::S];
  std::vector<Dim> loops;
  for (const Dim dim : m.step_order) {
    if (dim == Dim::C || dim == Dim::R || dim == Dim::S) loops.push_back(dim);
  }
  steps_ = 1;
  for (const Dim dim : loops) steps_ *= ceil_div(ranges[dim].extent(), m.spatial[dim]);
  reduction_.clear();
  for (std::int64_t step = 0; step < steps_; ++step) {
    PerDim<std::int64_t> begin;
    for (const Dim dim : {Dim::C, Dim::R, Dim::S}) begin[dim] = ranges[dim].begin;
    std::int64_t rest = step;
    for (auto dim = loops.rbegin(); dim != loops.rend(); ++dim) {
      const std::int64_t count = ceil_div(ranges[*dim].extent(), m.spatial[*dim]);
      begin[*dim] += (rest % count) * m.spatial[*dim];
      rest /= count;
    }
    for (std::int64_t r = begin[Dim::R]; r < begin[Dim::R] + m.spatial[Dim::R]; ++r) {
      for (std::int64_t s = begin[Dim::S]; s < begin[Dim::S] + m.spatial[Dim::S]; ++s) {
        for (std::int64_t c = begin[Dim::C] + segment; c < begin[Dim::C] + m.spatial[Dim::C];
             c += stride) {
          const bool used =
              r < ranges[Dim::R].end && s < ranges[Dim::S].end && c < ranges[Dim::C].end;
          reduction_.push_back(used ? Reduction{c, r, s} : Reduction{});
        }
      }
    }
  }
}

void TileExecutor::pack_weights(const Ranges& ranges, std::int64_t segment,
                                std::int64_t first_filter, std::int64_t filters) {
  Ranges key;
  for (const Dim dim : {Dim::C, Dim::R, Dim::S}) key[dim] = ranges[dim];
  key[Dim::K] = {first_filter, first_filter + filters};
  if (weights_packed_ && key == packed_weights_for_ && segment == packed_segment_) return;
  packed_weights_for_ = key;
  packed_segment_ = segment;
  weights_packed_ = true;
  const LayerShape& s = mapping_.shape;
  list_reduction(ranges, segment);
  weights_.assign(reduction_.size() * static_cast<std::size_t>(filters), 0);
  const std::int64_t taps = s.C * s.R * s.S;
  // Filters in blocks, so that the block's source lines stay in the cache while rows of the result
  // are written.
  constexpr std::int64_t kBlock = 32;
  for (std::int64_t block = 0; block < filters; block += kBlock) {
    const std::int64_t end = std::min(block + kBlock, filters);
    for (std::size_t i = 0; i < reduction_.size(); ++i) {
      const Reduction& at = reduction_[i];
      if (at.c < 0) continue;
      const std::int16_t* source =
          operands_->weights.values.data() + first_filter * taps + (at.c * s.R + at.r) * s.S + at.s;
      std::int16_t* row = weights_.data() + static_cast<std::int64_t>(i) * filters;
      for (std::int64_t k = block; k < end; ++k) row[k] = source[k * taps];
    }
  }
}

void TileExecutor::pack_activations(std::int64_t n, std::int64_t group, std::int64_t first_pixel,
                                    std::int64_t pixels) {
  const LayerShape& s = mapping_.shape;
  activations_.assign(reduction_.size() * static_cast<std::size_t>(pixels), mapping_.pad_value);
  const std::int16_t* image =
      operands_->activations.values.data() + (n * s.G + group) * s.C * s.H * s.W;
  for (std::int64_t done = 0; done < pixels;) {
    const std::int64_t p = (first_pixel + done) / s.Q;
    const std::int64_t q = (first_pixel + done) % s.Q;
    const std::int64_t run = std::min(pixels - done, s.Q - q);
    for (std::size_t i = 0; i < reduction_.size(); ++i) {
      const Reduction& at = reduction_[i];
      const std::int64_t y = p * s.stride_h + at.r * s.dilation_h - s.pad_top;
      if (at.c < 0 || y < 0 || y >= s.H) continue;
      const std::int16_t* line = image + (at.c * s.H + y) * s.W;
      std::int16_t* out = activations_.data() + static_cast<std::int64_t>(i) * pixels + done;
      const std::int64_t x0 = q * s.stride_w + at.s * s.dilation_w - s.pad_left;
      const std::int64_t begin = x0 >= 0 ? 0 : ceil_div(-x0, s.stride_w);
      const std::int64_t end = x0 >= s.W ? 0 : std::min(run, (s.W - 1 - x0) / s.stride_w + 1);
      for (std::int64_t j = begin; j < end; ++j) out[j] = line[x0 + j * s.stride_w];
    }
    done += run;
  }
}

void TileExecutor::accumulate_run(std::int64_t segment, std::int64_t n, std::int64_t group,
                                  std::int64_t first_filter, std::int64_t filters,
                                  std::int64_t first_pixel, std::int64_t pixels) {
  pack_activations(n, group, first_pixel, pixels);
  const LayerShape& s = mapping_.shape;
  AccumulateBlock block;
  block.steps = steps_;
  block.lanes = lanes_;
  block.filters = filters;
  block.windows = pixels;
  block.activations = activations_.data();
  block.weights = weights_.data();
  block.weight_stride = filters;
  block.accumulator_stride = s.G * s.K;
  block.accumulators = sums_.data() + segment * s.outputs() +
                       (n * s.P * s.Q + first_pixel) * block.accumulator_stride + first_filter;
  block.exact = exact_;
  block.max_sum = max_sum_;
  if (range_ && exact_) block.range = &*range_;  // the same sums, in schedule order
  record_.overflow_events += unit_.accumulate(block, mapping_.types);
  if (!range_ || exact_) return;
  block.accumulators = unbounded_.data() + (block.accumulators - sums_.data());
  block.range = &*range_;
  (void)unit_.accumulate(block, mapping_.types);
}

void TileExecutor::execute(const Pass& pass, std::int64_t /*duration*/) {
  const Traffic traffic = pass_traffic(mapping_, pass);
  record_.macs += traffic.macs;
  record_.unit_steps += traffic.unit_steps;
  for (std::int64_t segment = 0; segment < mapping_.sums_per_output(); ++segment)
    compute_segment(pass.ranges, segment);
}

void TileExecutor::compute_segment(const Ranges& r, std::int64_t segment) {
  const Mapping& m = mapping_;
  const LayerShape& s = m.shape;
  for (std::int64_t g = r[Dim::G].begin; g < r[Dim::G].end; ++g) {
    std::int64_t filter = m.packed_groups ? r[Dim::K].begin : g * s.K + r[Dim::K].begin;
    const std::int64_t last = m.packed_groups ? r[Dim::K].end : g * s.K + r[Dim::K].end;
    while (filter < last) {  // one group's filters at a time: each group has activations of its own
      const std::int64_t group = filter / s.K;
      const std::int64_t filters = std::min(last, (group + 1) * s.K) - filter;
      pack_weights(r, segment, filter, filters);
      for (std::int64_t n = r[Dim::N].begin; n < r[Dim::N].end; ++n) {
        if (m.flattened) {
          accumulate_run(segment, n, group, filter, filters, r[Dim::P].begin, r[Dim::P].extent());
          continue;
        }
        for (std::int64_t p = r[Dim::P].begin; p < r[Dim::P].end; ++p) {
          accumulate_run(segment, n, group, filter, filters, p * s.Q + r[Dim::Q].begin,
                         r[Dim::Q].extent());
        }
      }
      filter += filters;
    }
  }
}

void TileExecutor::finish() {
  if (operands_ == nullptr) return;
  const LayerShape& s = mapping_.shape;
  const std::int64_t filters = s.G * s.K;
  const std::int64_t pixels = s.P * s.Q;
  record_.sums.assign(static_cast<std::size_t>(s.outputs()), 0);
  for (std::int64_t segment = 0; segment < mapping_.sums_per_output(); ++segment) {
    for (std::int64_t n = 0; n < s.N; ++n) {
      for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
        const std::int64_t* source =
            sums_.data() + segment * s.outputs() + (n * pixels + pixel) * filters;
        std::int64_t* image = record_.sums.data() + n * filters * pixels + pixel;
        for (std::int64_t k = 0; k < filters; ++k) image[k * pixels] += source[k];
      }
    }
  }
  sums_.clear();
}

}  // namespace bitscale::kernel
