#include "sim/reproduce/reproductions.hpp"

#include <array>

namespace bitscale::reproduce {

std::span<const Reproduction> reproductions() {
  static const std::array<Reproduction, 12> kReproductions = {{
      {"stripes", "Stripes over DaDianNao on eight networks (2.24x)", reproduce_stripes},
      {"bitfusion", "Bit Fusion over Eyeriss (3.9x, energy 5.1x) and Stripes (2.6x, 3.9x)",
       reproduce_bitfusion},
      {"dvas", "AlexNet layer 2 on the 40 nm chip of Moons and Verhelst in four steps (2.56x)",
       reproduce_dvas, reproduce_dvas_on},
      {"dvafs", "the DVAFS multiplier: supplies, energy per word, factors k0..k5", reproduce_dvafs},
      {"horowitz", "adders and multipliers of Horowitz's table from their gates and one constant",
       reproduce_horowitz},
      {"accumulator", "a 32-bit accumulator against a 3x1-bit multiplier (about 10x)",
       reproduce_accumulator},
      {"dvafs_activity", "activity of the subword multiplier: 12.5x at 4 bit, 3.2x at 4x4",
       reproduce_dvafs_activity},
      {"quantised", "energy per MAC and weight storage of the methods of quantised networks",
       reproduce_quantised},
      {"energy_per_mac", "energy per MAC of every unit at 16, 8, 4, 2 and 1 bits (predictions)",
       reproduce_energy_per_mac},
      {"mpc", "bits of a sum: 8 by minimum precision, 12 and 20 by bit growth", reproduce_mpc},
      {"complexity", "BinaryNet against least precision (3.5x, 2x), and the costs of training",
       reproduce_complexity},
      {"imc", "in-memory columns: SNR against rows and mismatch, and bits of the converter",
       reproduce_imc},
  }};
  return kReproductions;
}

}  // namespace bitscale::reproduce
