#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/workload/tensor.hpp"

namespace bitscale {

/// How many images of a batch a network put into the class that its data set labels them with.
struct Classification {
  std::uint64_t images = 0;
  std::uint64_t correct = 0;
  bool operator==(const Classification&) const = default;
  /// correct / images; `images` is never 0 in what classify() returns.
  [[nodiscard]] double accuracy() const {
    return static_cast<double>(correct) / static_cast<double>(images);
  }
};

/// Bounds of a share.
struct Interval {
  double low = 0, high = 1;
};

/// The accuracies over all images of the kind that the batch's result is in keeping with, at 95 %
/// confidence: Wilson's score interval (Wilson, JASA 1927), which holds for small batches and for
/// shares near 0 and 1.
[[nodiscard]] Interval accuracy_interval(const Classification& classification);

/// Class of each image: the index of its largest score, the lowest of equals. Scores are
/// [n][class], whatever extents the classes are spread over. Throws std::invalid_argument where
/// there are none.
[[nodiscard]] std::vector<std::int32_t> classes_of(const Tensor& scores);

/// Compares the classes of what a network's last layer wrote with the labels of the data set that
/// its input comes from. Nothing where there is nothing to compare: an input that is no data set,
/// another number of scores than of classes, or scores that do not come from real weights and
/// images alone. Throws as read_labels.
[[nodiscard]] std::optional<Classification> classify(const Workload& workload,
                                                     const Tensor& scores);

}  // namespace bitscale
