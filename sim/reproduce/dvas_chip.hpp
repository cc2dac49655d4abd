#pragma once

#include <string>
#include <vector>

#include "sim/power/operating_point.hpp"
#include "sim/report/power.hpp"
#include "sim/reproduce/reproductions.hpp"

// The 40 nm chip of Moons and Verhelst on AlexNet, for `reproduce dvas`: machine moons40 under
// declared or measured operands.
namespace bitscale::reproduce {

// Declared, none of them measured on tensors of the network.
inline constexpr double kZeros7 = 0.89;        ///< activations at 7 bit (published, recalled)
inline constexpr double kWeightZeros7 = 0.19;  ///< weights at 7 bit (published, recalled)
inline constexpr double kZeros16 = 0.80;  ///< activations at 16 bit, before 7 bits flush small ones

/// What differs between runs; the rest is machine moons40.
struct DvasSetting {
  int bits = 16;
  double activation_zeros = kZeros16, weight_zeros = 0;  ///< of tensors that are not files
  bool guarded = false;
  std::string policy = "fixed";
  std::string control = "follow";
  std::string structure;    ///< overrides of the unit's drawing, space between
  double path_units = 105;  ///< of that drawing at 16 bit: the time scale is fitted to it
  TensorFiles tensors;      ///< of layer 2
};

struct DvasOutcome {
  PowerReport power;
  OperatingPoint point;
  double frames_per_s = 0;
  [[nodiscard]] double chip_mW() const { return power.chip_mW(); }
};

/// AlexNet's second layer. Throws what make_tensor does for files.
[[nodiscard]] DvasOutcome dvas_layer_2(const DvasSetting& setting);

/// All convolutions with synthetic operands of the setting.
[[nodiscard]] DvasOutcome dvas_convolutions(const DvasSetting& setting);

/// The input that P x Q outputs take where no tap is padded.
void take_padding_off(LayerShape& shape);

/// A layer with nothing to save: every position works, uniform 16-bit words without zeros.
[[nodiscard]] DvasOutcome dvas_dense(const DvasSetting& setting);

/// The steps on one chip: A 16 bit, B 7 bit, C at the supply that 7 bit need, D zeros guarded.
struct DvasSteps {
  DvasOutcome a, b, c, d;
};

[[nodiscard]] DvasSteps dvas_steps(DvasSetting setting);

/// Shares of zeros in layer 2's tensors, counted where they are files and declared where not.
struct DvasZeros {
  double activations_16 = kZeros16, activations_7 = kZeros7;
  double weights_16 = 0, weights_7 = kWeightZeros7;
};

/// Reads the files, where there are any, and counts. Throws as make_tensor, and ConfigError for a
/// file in which 7 bits leave nothing but zeros.
[[nodiscard]] DvasZeros measure_zeros(const TensorFiles& files);

/// What the study rests on, a line each; reads the files for their digests.
[[nodiscard]] std::vector<std::string> dvas_inputs(const TensorFiles& tensors,
                                                   const DvasZeros& zeros);

}  // namespace bitscale::reproduce
