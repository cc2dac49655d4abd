#include "sim/precision/dot_product.hpp"

#include "sim/precision/quantiser.hpp"

namespace bitscale::precision {
namespace {

const double kSignedOffsetdB = to_dB(3);  // 4.77 dB

Quantiser activation_quantiser(const DotProduct& dot) {
  return {dot.activation_bits, dot.activation_max, dot.activation_signed};
}
Quantiser weight_quantiser(const DotProduct& dot) {
  return {dot.weight_bits, dot.weight_max, true};
}

void check(const DotProduct& dot) {
  require_length(dot.length);
  require_bits("activations", dot.activation_bits);
  require_bits("weights", dot.weight_bits);
  require_positive("largest activation", dot.activation_max);
  require_positive("largest weight", dot.weight_max);
  require_positive("mean square of the activations", dot.activation_power);
  require_positive("variance of the weights", dot.weight_variance);
}

/// Noise of one product, and its signal, with errors of `x` and `w` times step^2 / 12.
double product_noise(const DotProduct& dot, double x, double w, bool second_order) {
  const double dx = dot.activation_step() * dot.activation_step() * x / 12;
  const double dw = dot.weight_step() * dot.weight_step() * w / 12;
  return dot.weight_variance * dx + dot.activation_power * dw + (second_order ? dx * dw : 0);
}

}  // namespace

double DotProduct::activation_step() const { return activation_quantiser(*this).step(); }
double DotProduct::weight_step() const { return weight_quantiser(*this).step(); }
double DotProduct::activation_zeta_dB() const {
  return to_dB(activation_max * activation_max / activation_power);
}
double DotProduct::weight_zeta_dB() const {
  return to_dB(weight_max * weight_max / weight_variance);
}

Estimate input_sqnr_dB(const DotProduct& dot, bool second_order) {
  check(dot);
  Estimate result{
      to_dB(dot.weight_variance * dot.activation_power / product_noise(dot, 1, 1, second_order))};
  for (const Estimate& operand :
       {quantisation_sqnr_dB(activation_quantiser(dot), std::sqrt(dot.activation_power)),
        quantisation_sqnr_dB(weight_quantiser(dot), std::sqrt(dot.weight_variance))}) {
    result.warnings.insert(result.warnings.end(), operand.warnings.begin(), operand.warnings.end());
  }
  return result;
}

double biased_input_sqnr_dB(const DotProduct& dot, double activation_mean) {
  check(dot);
  require_finite("mean of the activations", activation_mean);
  const double bias = activation_mean * full_range_bias_steps(dot.weight_bits) * dot.weight_step();
  const double noise = product_noise(dot, full_range_noise_factor(dot.activation_bits),
                                     full_range_noise_factor(dot.weight_bits), true);
  return to_dB(dot.weight_variance * dot.activation_power /
               (noise + static_cast<double>(dot.length - 1) * bias * bias));
}

double combine_dB(double a, double b) { return -to_dB(from_dB(-a) + from_dB(-b)); }

double loss_of_margin_dB(double margin) { return to_dB(1 + from_dB(-margin)); }

double margin_for_loss_dB(double loss) {
  require_positive("loss in dB", loss);
  return -to_dB(from_dB(loss) - 1);
}

Estimate full_range_output_sqnr_dB(int bits, double activation_zeta_dB, double weight_zeta_dB,
                                   std::int64_t length) {
  require_bits("output", bits);
  require_length(length);
  require_not_negative("zeta of the activations in dB", activation_zeta_dB);
  require_not_negative("zeta of the weights in dB", weight_zeta_dB);
  Estimate result{kBitdB * bits + kSignedOffsetdB - activation_zeta_dB - weight_zeta_dB -
                  to_dB(static_cast<double>(length))};
  if (result.value < 5) {
    result.warnings.emplace_back(
        "below 5 dB the step is more than about two deviations of the sum, and its error no longer "
        "uniform: the figure is too high");
  }
  return result;
}

}  // namespace bitscale::precision
