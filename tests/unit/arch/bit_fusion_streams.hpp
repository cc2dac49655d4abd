#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "arch/bit_fusion/bit_fusion.hpp"
#include "tests/unit/arch/block.hpp"

namespace bitscale::test {

inline constexpr std::array<Encoding, 2> kSigns = {Encoding::unsigned_, Encoding::twos};

/// Widths as they fuse, with the widest type of each; unsigned types end at 15 bits.
inline OperandTypes fusion_types(int activation_bits, Encoding activation, int weight_bits,
                                 Encoding weight, AccumulatorConfig accumulator = {48}) {
  const auto type = [](int bits, Encoding encoding) {
    return TensorType{bits == 16 && encoding == Encoding::unsigned_ ? 15 : bits, encoding, 0};
  };
  return {type(activation_bits, activation), type(weight_bits, weight), accumulator};
}

/// All types that fuse to widths of `widths`, in every sign mix.
inline std::vector<OperandTypes> all_fusion_types(const std::vector<int>& widths) {
  std::vector<OperandTypes> all;
  for (const int a : widths) {
    for (const int w : widths) {
      for (const Encoding signs_a : kSigns) {
        for (const Encoding signs_w : kSigns) all.push_back(fusion_types(a, signs_a, w, signs_w));
      }
    }
  }
  return all;
}

/// Operands of one step of one lane: a word per product.
struct FusionStep {
  std::vector<std::int32_t> activations, weights;
};

inline FusionStep random_step(const OperandTypes& types, int products, std::mt19937_64& random) {
  FusionStep step;
  for (int product = 0; product < products; ++product) {
    step.activations.push_back(random_value(types.activation, random));
    step.weights.push_back(random_value(types.weight, random));
  }
  return step;
}

/// For each product of a lane all pairs of operands while the others carry zeros, then while they
/// carry random words. Products are summed, so this proves every brick in every position.
inline std::vector<FusionStep> every_pair(const OperandTypes& types, std::mt19937_64& random) {
  const int products = fusion_mode(types).products();
  std::vector<FusionStep> steps;
  for (int product = 0; product < products; ++product) {
    for (std::int32_t a = min_value(types.activation); a <= max_value(types.activation); ++a) {
      for (std::int32_t w = min_value(types.weight); w <= max_value(types.weight); ++w) {
        FusionStep alone{std::vector<std::int32_t>(static_cast<std::size_t>(products)),
                         std::vector<std::int32_t>(static_cast<std::size_t>(products))};
        for (FusionStep step : {alone, random_step(types, products, random)}) {
          step.activations[static_cast<std::size_t>(product)] = a;
          step.weights[static_cast<std::size_t>(product)] = w;
          steps.push_back(std::move(step));
        }
      }
    }
  }
  return steps;
}

inline std::vector<FusionStep> random_steps(const OperandTypes& types, std::size_t count,
                                            std::mt19937_64& random) {
  std::vector<FusionStep> steps;
  for (std::size_t i = 0; i < count; ++i) {
    steps.push_back(random_step(types, fusion_mode(types).products(), random));
  }
  return steps;
}

}  // namespace bitscale::test
