#include "sim/precision/assignment.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/errors.hpp"
#include "sim/workload/data_errors.hpp"
#include "sim/workload/tensor.hpp"

namespace bitscale::precision {
namespace {

constexpr int kMostUnsigned = 15, kMostTwos = 16, kFewestTwos = 2;

ChosenTensor chosen(const Layer& layer, std::size_t index, const TensorType& type, bool weights,
                    int stored_bits) {
  if (type.encoding != Encoding::unsigned_ && type.encoding != Encoding::twos)
    throw MappingError(layer.name, "noise gains are about unsigned or two's complement tensors");
  const bool is_signed = type.encoding == Encoding::twos;
  const double range = std::exp2(magnitude_bits(type) - type.frac_bits);
  const int most = is_signed ? kMostTwos : kMostUnsigned;
  return {layer.name,
          index,
          weights,
          is_signed ? range : range / 2,
          is_signed ? kFewestTwos : 1,
          stored_bits > 0 ? std::min(stored_bits, most) : most,
          stored_bits > 0};
}

/// 0 where nothing is rounded.
double step_of(const ChosenTensor& tensor, int bits) {
  if (tensor.stored && bits >= tensor.most_bits) return 0;
  return tensor.scale * std::exp2(1 - bits);
}

double power_of(const Sensitivity::Rival& rival, const ChosenTensor& tensor) {
  return (tensor.weights ? rival.weight_power : rival.activation_power)[tensor.layer_index];
}

double drift_of(const Sensitivity::Rival& rival, const ChosenTensor& tensor) {
  return (tensor.weights ? rival.weight_drift : rival.activation_drift)[tensor.layer_index];
}

/// Errors of one rival's margin. A tensor of real numbers has an error uniform over its step. One
/// of stored integers that loses d bits has 2^d equally likely errors, of which a half step goes
/// up: their mean is step 2^-(d + 1), half a stored step whatever d is, and their variance
/// step^2 (1 - 4^-d) / 12.
struct MarginError {
  double uniform = 0;  ///< variance, every element's error uniform over its step
  double mean = 0, variance = 0;
};

MarginError margin_error(const Sensitivity::Rival& rival, std::span<const ChosenTensor> tensors,
                         std::span<const int> bits) {
  MarginError error;
  for (std::size_t t = 0; t < tensors.size(); ++t) {
    const double step = step_of(tensors[t], bits[t]);
    const double variance = step * step * power_of(rival, tensors[t]) / 12;
    error.uniform += variance;
    if (!tensors[t].stored || step == 0) {
      error.variance += variance;
      continue;
    }
    const int dropped = tensors[t].most_bits - bits[t];
    error.variance += variance * (1 - quarter_power(dropped));
    error.mean += step * std::exp2(-dropped - 1) * drift_of(rival, tensors[t]);
  }
  return error;
}

}  // namespace

std::vector<ChosenTensor> chosen_tensors(const Workload& workload) {
  std::vector<ChosenTensor> tensors;
  for (const bool weights : {false, true}) {
    for (std::size_t i = 0; i < workload.layers.size(); ++i) {
      const Layer& layer = workload.layers[i];
      if (!is_array_layer(layer.kind)) continue;
      const bool first = std::ranges::find(layer.inputs, -1) != layer.inputs.end();
      const int stored = weights ? layer.weight.bits : first ? workload.input_type.bits : 0;
      tensors.push_back(
          chosen(layer, i, weights ? layer.weight : layer.activation, weights, stored));
    }
  }
  return tensors;
}

std::vector<double> noise_gains(std::span<const Sensitivity> images,
                                std::span<const ChosenTensor> tensors) {
  require_length(std::ssize(images));
  std::vector<double> gains;
  for (const ChosenTensor& tensor : tensors) {
    double sum = 0;
    for (const Sensitivity& image : images) {
      for (const Sensitivity::Rival& rival : image.rivals)
        sum += power_of(rival, tensor) / (24 * rival.margin * rival.margin);
    }
    gains.push_back(sum / static_cast<double>(images.size()) * tensor.scale * tensor.scale);
  }
  return gains;
}

MismatchEstimate estimate_mismatch(std::span<const Sensitivity> images,
                                   std::span<const ChosenTensor> tensors,
                                   std::span<const int> bits) {
  require_length(std::ssize(images));
  MismatchEstimate sum;
  for (const Sensitivity& image : images) {
    double capped = 0;
    double gaussian = 0;
    for (const Sensitivity::Rival& rival : image.rivals) {
      const MarginError error = margin_error(rival, tensors, bits);
      sum.bound += error.uniform / (2 * rival.margin * rival.margin);
      const double margin = rival.margin + error.mean;
      capped += margin > 0 ? std::min(0.5, error.variance / (2 * margin * margin)) : 1;
      if (error.variance > 0) {
        gaussian += tail(margin / std::sqrt(error.variance));
      } else {
        gaussian += margin > 0 ? 0 : 1;
      }
    }
    sum.capped += std::min(1.0, capped);
    sum.gaussian += std::min(1.0, gaussian);
  }
  const auto count = static_cast<double>(images.size());
  return {sum.bound / count, sum.capped / count, sum.gaussian / count};
}

std::vector<int> bits_within_limits(std::span<const ChosenTensor> tensors, int least,
                                    std::span<const int> offsets) {
  std::vector<int> limited;
  for (std::size_t t = 0; t < tensors.size(); ++t)
    limited.push_back(std::clamp(least + offsets[t], tensors[t].fewest_bits, tensors[t].most_bits));
  return limited;
}

double by_rule(const MismatchEstimate& estimate, MismatchRule rule) {
  switch (rule) {
    case MismatchRule::bound:
      return std::max(estimate.bound, estimate.capped);
    case MismatchRule::capped:
      return estimate.capped;
    case MismatchRule::gaussian:
      return estimate.gaussian;
  }
  return estimate.bound;
}

std::string_view to_string(MismatchRule rule) {
  switch (rule) {
    case MismatchRule::bound:
      return "bound";
    case MismatchRule::capped:
      return "capped";
    case MismatchRule::gaussian:
      return "gaussian";
  }
  return "";
}

PrecisionAssignment assign_within_limits(std::span<const Sensitivity> images,
                                         std::span<const ChosenTensor> tensors,
                                         std::span<const int> offsets, double probability,
                                         MismatchRule rule) {
  require_probability(probability);
  PrecisionAssignment result;
  for (result.least = 1; result.least <= kMostTwos; ++result.least) {
    result.bits = bits_within_limits(tensors, result.least, offsets);
    result.bound = by_rule(estimate_mismatch(images, tensors, result.bits), rule);
    if (result.bound <= probability) return result;
  }
  refuse_tensor("",
                fmt::format("no types are wide enough for {:g} % of changed classes: the widest "
                            "leave {:.3g} %",
                            100 * probability, 100 * result.bound));
}

}  // namespace bitscale::precision
