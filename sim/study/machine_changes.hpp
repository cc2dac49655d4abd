#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/account.hpp"
#include "sim/mapping/mapping.hpp"
#include "sim/workload/operands.hpp"

namespace bitscale::study {

/// A machine that differs in one respect.
struct Candidate {
  std::string change;  ///< as --set takes it
  MachineConfig machine;
};

/// One layer on one machine: what changes are measured against.
struct Case {
  const MachineConfig& machine;
  const Layer& layer;
  const Operands* operands;
  Mapping mapping;
  CycleAccount cycles;
  std::uint64_t dram_bits = 0;
};

/// Cycles in which the channel, or the place for its results, made the array wait.
[[nodiscard]] std::uint64_t memory_waits(const CycleAccount& cycles);

// Changes that act on one kind of loss each; whether they help is for the caller to simulate.

/// A channel that carries the layer's bits in the time that the array needs anyway, or is twice as
/// wide; one without latency.
[[nodiscard]] std::vector<Candidate> faster_channels(const Case& c);
/// Another dimension on the positions that an axis leaves idle, longer axes for a ragged edge,
/// filter groups on idle PQ positions.
[[nodiscard]] std::vector<Candidate> fuller_arrays(const Case& c);
/// The array with one axis twice as long, along one of its loops.
[[nodiscard]] std::vector<Candidate> larger_arrays(const Case& c);
/// Read ports that deliver a step's operands in the time of a step.
[[nodiscard]] std::vector<Candidate> wider_ports(const Case& c);
/// What makes filling, loading, draining and spilling rarer or shorter.
[[nodiscard]] std::vector<Candidate> shorter_overheads(const Case& c);
/// A vector unit of twice the lanes.
[[nodiscard]] std::vector<Candidate> wider_vector_units(const Case& c);

/// `C 3 fills 3 of 16 positions along rows`, of the loop that leaves most positions idle.
[[nodiscard]] std::string idle_problem(const Case& c);

}  // namespace bitscale::study
