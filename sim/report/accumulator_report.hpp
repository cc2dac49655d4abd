#pragma once

#include <cmath>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sim/report/table.hpp"

namespace bitscale {

/// A register of one width at work: bit-true in the schedule's order, and from its gates.
struct RegisterFigures {
  double sqnr_dB = 0;            ///< of the finished sums against exact ones; infinite where equal
  double overflow_rate = 0;      ///< share of additions whose exact sum left the register
  double pJ_per_mac = 0;         ///< gates and registers of the units, nominal supply
  std::uint32_t path_units = 0;  ///< longest path that can switch, in gate delays
  double path_ns = 0;            ///< 0 where the technology has no delays
  std::string failure;           ///< why the machine has no such register; '' where it has
};

/// One choice of width for a layer.
struct RegisterChoice {
  std::string criterion;  ///< '' in a sweep of widths
  int output_bits = 0, register_bits = 0, dropped_bits = 0;
  double predicted_sqnr_dB = INFINITY;
  double finished_overflow_rate = 0;  ///< share of exact sums outside the register
  RegisterFigures wrap, saturate;
  std::vector<std::string> warnings;
};

struct AccumulatorLayer {
  std::string name, operands;  ///< origin of the operands
  std::string types;           ///< `8x8`
  std::int64_t length = 0;     ///< products of a sum
  std::uint64_t sums = 0;
  double predicted_mean = 0, predicted_sigma = 0;  ///< in last places of a product
  double measured_mean = 0, measured_sigma = 0;
  double excess_kurtosis = 0;  ///< measured
  std::int64_t low = 0, high = 0;
  std::vector<RegisterChoice> choices, sweep;
};

/// Widths of accumulators of a network, by criteria and as they work.
struct AccumulatorReport {
  std::string version, command, machine, workload, profile, technology;
  double vdd_V = 0;    ///< of the energies
  double delay_V = 0;  ///< of the paths; 0 where the technology has no delays
  double target_sqnr_dB = 0, target_probability = 0;
  std::vector<AccumulatorLayer> layers;
  std::vector<std::string> next;
};

[[nodiscard]] std::string accumulator_text(const AccumulatorReport& report, const TextStyle& style);
[[nodiscard]] nlohmann::ordered_json accumulator_json(const AccumulatorReport& report);
/// A row per layer and choice.
[[nodiscard]] std::string accumulator_csv(const AccumulatorReport& report);

}  // namespace bitscale
