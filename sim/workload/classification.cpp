#include "sim/workload/classification.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "sim/workload/dataset.hpp"

namespace bitscale {

Interval accuracy_interval(const Classification& classification) {
  constexpr double kDeviations = 1.959964;  // 95 % of a normal distribution lie within these
  const auto n = static_cast<double>(classification.images);
  const double share = classification.accuracy();
  const double squared = kDeviations * kDeviations;
  const double centre = share + squared / (2 * n);
  const double half = kDeviations * std::sqrt((share * (1 - share) + squared / (4 * n)) / n);
  const double scale = 1 + squared / n;
  return {std::max((centre - half) / scale, 0.0), std::min((centre + half) / scale, 1.0)};
}

std::vector<std::int32_t> classes_of(const Tensor& scores) {
  const std::int64_t classes = scores.c * scores.h * scores.w;
  if (classes < 1 || std::ssize(scores.values) != scores.elements())
    throw std::invalid_argument("classes_of: there are no scores");
  std::vector<std::int32_t> chosen;
  chosen.reserve(static_cast<std::size_t>(scores.n));
  for (auto image = scores.values.begin(); image != scores.values.end(); image += classes)
    chosen.push_back(static_cast<std::int32_t>(std::max_element(image, image + classes) - image));
  return chosen;
}

std::optional<Classification> classify(const Workload& workload, const Tensor& scores) {
  const TensorSource& source = workload.input_source;
  if (source.kind != TensorSource::Kind::dataset || scores.origin != Origin::real ||
      scores.c * scores.h * scores.w != kDatasetClasses || scores.n < 1)
    return std::nullopt;
  const std::vector<std::uint8_t> labels =
      read_labels(source.dataset, source.first_index, scores.n);
  const std::vector<std::int32_t> classes = classes_of(scores);
  Classification result;
  result.images = labels.size();
  for (std::size_t i = 0; i < labels.size(); ++i) result.correct += classes[i] == labels[i] ? 1 : 0;
  return result;
}

}  // namespace bitscale
