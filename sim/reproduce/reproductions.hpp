#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/report/progress.hpp"
#include "sim/report/result.hpp"

namespace bitscale::reproduce {

/// Tensors of the layer that a reproduction is about, as .npy files; '' for a synthetic one.
struct TensorFiles {
  std::string activations, weights;
  int bits = 16;  ///< of their values, two's complement: full scale is 2^(bits - 1)
  [[nodiscard]] bool given() const { return !activations.empty() || !weights.empty(); }
};

/// A published result that bitscale derives anew from declared inputs. No published value is an
/// input of the simulation: the figures to compare with stand in the checks alone.
struct Reproduction {
  std::string name;
  std::string description;
  std::vector<ReproduceCheck> (*run)(const ProgressOutput& progress);
  /// Those that take tensors of their layer; null for the others.
  std::vector<ReproduceCheck> (*run_on)(const TensorFiles& tensors,
                                        const ProgressOutput& progress) = nullptr;
};

[[nodiscard]] std::span<const Reproduction> reproductions();

/// Stripes over DaDianNao on eight networks (2.24x).
[[nodiscard]] std::vector<ReproduceCheck> reproduce_stripes(const ProgressOutput& progress);

/// Bit Fusion over Eyeriss and Stripes on eight networks, and a Fusion Unit over temporal units.
[[nodiscard]] std::vector<ReproduceCheck> reproduce_bitfusion(const ProgressOutput& progress);

/// Supplies, energies and factors k0..k5 of the DVAFS multiplier study.
[[nodiscard]] std::vector<ReproduceCheck> reproduce_dvafs(const ProgressOutput& progress);

/// Energies of adders and multipliers in Horowitz's table from their gates and one constant.
[[nodiscard]] std::vector<ReproduceCheck> reproduce_horowitz(const ProgressOutput& progress);

/// A 32-bit accumulator against a 3x1-bit multiplier (about 10x).
[[nodiscard]] std::vector<ReproduceCheck> reproduce_accumulator(const ProgressOutput& progress);

/// Power of AlexNet's second layer with precision, voltage and guarding (2.56x).
[[nodiscard]] std::vector<ReproduceCheck> reproduce_dvas(const ProgressOutput& progress);
/// The same with zero fractions measured on tensors that are given. Throws ConfigError, IoError for
/// files that are not of the layer's shape and width.
[[nodiscard]] std::vector<ReproduceCheck> reproduce_dvas_on(const TensorFiles& tensors,
                                                            const ProgressOutput& progress);

/// Activity reduction of the subword multiplier at 4 bit, its idle adders and its overhead.
[[nodiscard]] std::vector<ReproduceCheck> reproduce_dvafs_activity(const ProgressOutput& progress);

/// Energy per MAC, weight storage and quoted loss of the methods of quantised networks.
[[nodiscard]] std::vector<ReproduceCheck> reproduce_quantised(const ProgressOutput& progress);

/// Energy per MAC of every unit, with and without glitches.
[[nodiscard]] std::vector<ReproduceCheck> reproduce_energy_per_mac(const ProgressOutput& progress);

/// Bits of a finished sum by the minimum precision criterion and by bit growth.
[[nodiscard]] std::vector<ReproduceCheck> reproduce_mpc(const ProgressOutput& progress);

/// Full adders and storage of networks at their least precision, and costs of training.
[[nodiscard]] std::vector<ReproduceCheck> reproduce_complexity(const ProgressOutput& progress);

/// Compute SNR of in-memory columns and the bits of their converters.
[[nodiscard]] std::vector<ReproduceCheck> reproduce_imc(const ProgressOutput& progress);

}  // namespace bitscale::reproduce
