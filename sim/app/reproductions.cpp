#include "sim/app/reproductions.hpp"

#include <array>

namespace bitscale::app {

std::span<const Reproduction> reproductions() {
  static const std::array<Reproduction, 4> kReproductions = {{
      {"stripes", "Stripes over DaDianNao on eight networks (2.24x)", reproduce_stripes},
      {"dvafs", "the DVAFS multiplier: supplies, energy per word, factors k0..k5", reproduce_dvafs},
      {"horowitz", "adders and multipliers of Horowitz's table from their gates and one constant",
       reproduce_horowitz},
      {"accumulator", "a 32-bit accumulator against a 3x1-bit multiplier (about 10x)",
       reproduce_accumulator},
  }};
  return kReproductions;
}

}  // namespace bitscale::app
