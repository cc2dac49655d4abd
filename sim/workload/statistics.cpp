#include "sim/workload/statistics.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <vector>

#include "sim/core/dispatch.hpp"

namespace bitscale {

namespace {

/// Along one axis, the positions that a tap meets inside the input: first, first + stride, ...
/// (count of them).
struct TapRange {
  std::int64_t first = 0, count = 0;
};

TapRange tap_range(std::int64_t offset, std::int64_t stride, std::int64_t outputs,
                   std::int64_t extent) {
  const std::int64_t skipped = offset < 0 ? ceil_div(-offset, stride) : 0;
  const std::int64_t first = offset + skipped * stride;
  if (first >= extent || skipped >= outputs) return {};
  return {first, std::min(outputs - skipped, (extent - 1 - first) / stride + 1)};
}

BITSCALE_HOT void add_nonzeros(const std::int16_t* row, std::int64_t width, std::int32_t* columns) {
  for (std::int64_t w = 0; w < width; ++w) columns[w] += row[w] != 0 ? 1 : 0;
}

BITSCALE_HOT void subtract_nonzeros(const std::int16_t* row, std::int64_t width,
                                    std::int32_t* columns) {
  for (std::int64_t w = 0; w < width; ++w) columns[w] -= row[w] != 0 ? 1 : 0;
}

BITSCALE_HOT void merge(const std::int16_t* plane, std::int64_t count, std::int16_t* merged) {
  for (std::int64_t i = 0; i < count; ++i)
    merged[i] = static_cast<std::int16_t>(merged[i] | plane[i]);
}

/// Counts the nonzeros of a plane under every tap of the window: column totals per row phase of the
/// stride, less the border rows that a tap does not meet, then running sums along the columns.
class TapCounter {
 public:
  explicit TapCounter(const LayerShape& shape)
      : shape_(shape),
        phases_(static_cast<std::size_t>(shape.stride_h * shape.W)),
        columns_(static_cast<std::size_t>(shape.W)),
        running_(static_cast<std::size_t>(shape.W)) {
    for (std::int64_t r = 0; r < shape.R; ++r)
      rows_.push_back(
          tap_range(r * shape.dilation_h - shape.pad_top, shape.stride_h, shape.P, shape.H));
    for (std::int64_t s = 0; s < shape.S; ++s)
      taps_.push_back(
          tap_range(s * shape.dilation_w - shape.pad_left, shape.stride_w, shape.Q, shape.W));
  }

  /// Adds the padded taps of one plane to counts [R][S].
  void add_padding(std::int64_t* counts) const {
    for (const TapRange& row : rows_)
      for (const TapRange& tap : taps_) *counts++ += shape_.P * shape_.Q - row.count * tap.count;
  }

  /// Adds the counts of one plane [H][W] to counts [R][S].
  void add(const std::int16_t* plane, std::int64_t* counts) {
    if (shape_.H == 1 && shape_.W == 1) {
      for (const TapRange& row : rows_)
        for (const TapRange& tap : taps_)
          *counts++ += row.count > 0 && tap.count > 0 && *plane != 0 ? 1 : 0;
      return;
    }
    total_by_phase(plane);
    for (const TapRange& row : rows_) {
      if (row.count > 0) {
        column_totals(plane, row);
        run_along_columns();
        for (std::size_t s = 0; s < taps_.size(); ++s) counts[s] += sum(taps_[s]);
      }
      counts += taps_.size();
    }
  }

 private:
  void total_by_phase(const std::int16_t* plane) {
    std::fill(phases_.begin(), phases_.end(), 0);
    for (std::int64_t h = 0; h < shape_.H; ++h)
      add_nonzeros(plane + h * shape_.W, shape_.W, phases_.data() + h % shape_.stride_h * shape_.W);
  }

  /// Nonzeros per column over the rows of one tap row.
  void column_totals(const std::int16_t* plane, const TapRange& row) {
    const std::int64_t width = shape_.W;
    const std::int64_t stride = shape_.stride_h;
    const std::int64_t phase = row.first % stride;
    const std::int64_t in_phase = (shape_.H - 1 - phase) / stride + 1;
    const std::int64_t end = row.first + row.count * stride;
    if (row.count * 2 < in_phase) {
      std::fill(columns_.begin(), columns_.end(), 0);
      for (std::int64_t h = row.first; h < end; h += stride)
        add_nonzeros(plane + h * width, width, columns_.data());
      return;
    }
    std::copy_n(phases_.begin() + phase * width, width, columns_.begin());
    for (std::int64_t h = phase; h < row.first; h += stride)
      subtract_nonzeros(plane + h * width, width, columns_.data());
    for (std::int64_t h = end; h < shape_.H; h += stride)
      subtract_nonzeros(plane + h * width, width, columns_.data());
  }

  /// running_[w] = columns w, w - stride, w - 2 stride, ...
  void run_along_columns() {
    const auto stride = static_cast<std::size_t>(shape_.stride_w);
    for (std::size_t w = 0; w < columns_.size(); ++w)
      running_[w] = columns_[w] + (w >= stride ? running_[w - stride] : 0);
  }

  [[nodiscard]] std::int64_t sum(const TapRange& tap) const {
    if (tap.count == 0) return 0;
    const std::int64_t last = tap.first + (tap.count - 1) * shape_.stride_w;
    const std::int64_t before = tap.first - shape_.stride_w;
    return running_[static_cast<std::size_t>(last)] -
           (before >= 0 ? running_[static_cast<std::size_t>(before)] : 0);
  }

  LayerShape shape_;
  std::vector<TapRange> rows_, taps_;
  std::vector<std::int32_t> phases_;   ///< [phase][W]
  std::vector<std::int32_t> columns_;  ///< [W]
  std::vector<std::int64_t> running_;  ///< [W]
};

BITSCALE_HOT std::uint64_t count_nonzeros(const std::int16_t* values, std::int64_t count) {
  std::uint64_t nonzeros = 0;
  // Short runs, so that the inner counter can be narrow.
  while (count > 0) {
    const std::int64_t run = std::min<std::int64_t>(count, 16384);
    std::int16_t zeros = 0;
    for (std::int64_t i = 0; i < run; ++i)
      zeros = static_cast<std::int16_t>(zeros + (values[i] == 0));
    nonzeros += static_cast<std::uint64_t>(run - zeros);
    values += run;
    count -= run;
  }
  return nonzeros;
}

bool has_extents(const Tensor& t, std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w) {
  return t.n == n && t.c == c && t.h == h && t.w == w && std::ssize(t.values) == n * c * h * w;
}

void check_activations(const LayerShape& s, const Tensor& activations) {
  if (!has_extents(activations, s.N, s.G * s.C, s.H, s.W))
    throw std::invalid_argument("operand statistics: activations do not have the layer's extents");
}

double zero_share(std::uint64_t elements, std::uint64_t nonzeros) {
  if (elements == 0) return 0.0;
  return static_cast<double>(elements - nonzeros) / static_cast<double>(elements);
}

}  // namespace

double OperandStatistics::activation_zero_fraction() const {
  return zero_share(activations, nonzero_activations);
}

double OperandStatistics::weight_zero_fraction() const {
  return zero_share(weights, nonzero_weights);
}

OperandStatistics count_operands(const LayerShape& shape, const Tensor& activations,
                                 const Tensor& weights, std::int16_t pad_value) {
  check_activations(shape, activations);
  if (!has_extents(weights, shape.G * shape.K, shape.C, shape.R, shape.S))
    throw std::invalid_argument("operand statistics: weights do not have the layer's extents");
  OperandStatistics result;
  result.products = static_cast<std::uint64_t>(shape.macs());
  result.activations = activations.values.size();
  result.nonzero_activations = count_nonzeros(activations.values.data(), shape.inputs());
  result.weights = weights.values.size();

  const std::int64_t window = shape.R * shape.S;
  const std::int64_t taps = shape.C * window;
  TapCounter counter(shape);
  std::vector<std::int64_t> activation_counts(static_cast<std::size_t>(taps));
  std::vector<std::int32_t> weight_counts(static_cast<std::size_t>(taps));
  for (std::int64_t g = 0; g < shape.G; ++g) {
    std::fill(activation_counts.begin(), activation_counts.end(), 0);
    for (std::int64_t n = 0; n < shape.N; ++n) {
      const std::int64_t first_plane = (n * shape.G + g) * shape.C;
      for (std::int64_t c = 0; c < shape.C; ++c) {
        std::int64_t* counts = activation_counts.data() + c * window;
        counter.add(activations.values.data() + (first_plane + c) * shape.H * shape.W, counts);
        if (pad_value != 0) counter.add_padding(counts);
      }
    }
    std::fill(weight_counts.begin(), weight_counts.end(), 0);
    for (std::int64_t k = 0; k < shape.K; ++k)
      add_nonzeros(weights.values.data() + (g * shape.K + k) * taps, taps, weight_counts.data());
    for (std::size_t t = 0; t < activation_counts.size(); ++t) {
      const auto under_tap = static_cast<std::uint64_t>(activation_counts[t]);
      const auto of_tap = static_cast<std::uint64_t>(weight_counts[t]);
      result.active_products += under_tap * of_tap;
      result.nonzero_activation_products += under_tap * static_cast<std::uint64_t>(shape.K);
      result.nonzero_weights += of_tap;
    }
  }
  result.nonzero_weight_products =
      result.nonzero_weights * static_cast<std::uint64_t>(shape.N * shape.P * shape.Q);
  return result;
}

ActiveGroups count_active_groups(const LayerShape& shape, const Tensor& activations,
                                 std::int64_t lanes, std::int16_t pad_value) {
  check_activations(shape, activations);
  if (lanes < 1) throw std::invalid_argument("count_active_groups: a group has at least one lane");
  const std::int64_t pixels = shape.H * shape.W;
  TapCounter counter(shape);
  std::vector<std::int64_t> counts(static_cast<std::size_t>(shape.R * shape.S));
  std::vector<std::int16_t> merged(static_cast<std::size_t>(pixels));
  ActiveGroups active;
  for (std::int64_t group = 0; group < shape.N * shape.G; ++group) {
    const std::int16_t* planes = activations.values.data() + group * shape.C * pixels;
    for (std::int64_t first = 0; first < shape.C; first += lanes) {
      const std::int64_t last = std::min(first + lanes, shape.C);
      std::fill(merged.begin(), merged.end(), std::int16_t{0});
      for (std::int64_t c = first; c < last; ++c) merge(planes + c * pixels, pixels, merged.data());
      std::fill(counts.begin(), counts.end(), 0);
      counter.add(merged.data(), counts.data());
      if (pad_value != 0) counter.add_padding(counts.data());
      std::uint64_t windows = 0;
      for (const std::int64_t count : counts) windows += static_cast<std::uint64_t>(count);
      active.groups += windows * static_cast<std::uint64_t>(shape.K);
      active.products += windows * static_cast<std::uint64_t>(shape.K * (last - first));
    }
  }
  return active;
}

}  // namespace bitscale
