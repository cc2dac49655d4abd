#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/workload/tensor.hpp"

namespace bitscale {

/// Real images that Debian ships: 'fashion_mnist_test' (10 000) and 'fashion_mnist_train' (60 000),
/// 28 x 28 grey values of 8 unsigned bits, package dataset-fashion-mnist. They are looked for in
/// $BITSCALE_DATASETS/fashion-mnist where that variable is set, else in
/// /usr/share/datasets/fashion-mnist.

/// Fills `tensor` (extents [n][1][28][28] and type set by the caller) with images first_index,
/// first_index + 1, ... A grey value counts as a fraction of full scale: types of fewer magnitude
/// bits get it rounded half up and saturated, wider ones shifted left. Throws IoError where the
/// files are missing or damaged, ConfigError for an unknown name, another shape or images beyond
/// the last.
void read_images(const std::string& dataset, std::int64_t first_index, Tensor& tensor);

/// Classes of every data set here.
constexpr std::int64_t kDatasetClasses = 10;

/// Labels 0..kDatasetClasses - 1 of `count` images. Throws as read_images.
[[nodiscard]] std::vector<std::uint8_t> read_labels(const std::string& dataset,
                                                    std::int64_t first_index, std::int64_t count);

}  // namespace bitscale
