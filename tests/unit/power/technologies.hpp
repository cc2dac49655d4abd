#pragma once

#include <string>
#include <string_view>

#include "sim/config/tree.hpp"
#include "sim/power/technology.hpp"

namespace bitscale {

/// The preset every energy of the first machines rests on.
inline Technology horowitz45() {
  return config::read_all(config::load_yaml("configs/technologies/horowitz45.yaml"),
                          parse_technology);
}

/// A technology file with `costs` (indented by two) under `costs:`.
inline Technology technology_with(std::string_view costs) {
  std::string text =
      "schema_version: 1\nkind: technology\nname: bench\ndescription: for tests\n"
      "node_nm: 45\nvdd: 0.9V\ncosts:\n";
  text += costs;
  return config::read_all(config::parse_yaml(text, "bench.yaml"), parse_technology);
}

inline ActionCount multiply(int a, int b, std::uint64_t count = 1) {
  return {"multiplier", Action::multiply, a, b, 0, 0, count};
}
inline ActionCount add(int bits, std::uint64_t count = 1) {
  return {"adder_tree", Action::add, bits, 0, 0, 0, count};
}
inline ActionCount memory(Action action, std::int64_t capacity_bits, std::int64_t access_bits = 64,
                          std::uint64_t count = 1) {
  return {"weight_buffer", action, 0, 0, capacity_bits, access_bits, count};
}
inline ActionCount dram(Action action, std::uint64_t count = 1) {
  return {"dram_weights", action, 0, 0, 0, 0, count};
}

constexpr std::int64_t kKiB = 8 * 1024;

}  // namespace bitscale
