#pragma once

#include <string>

#include "sim/report/result.hpp"
#include "sim/report/table.hpp"

namespace bitscale {

struct CompareResult;

/// A run for people: the headline, every layer, why the cycles passed, where the energy went, what
/// the numbers rest on, and what to type next.
[[nodiscard]] std::string run_text(const RunResult& run, const TextStyle& style = {});

/// How many images came out right, and what one of them takes; '' where nothing was classified.
[[nodiscard]] std::string accuracy_text(const RunResult& run);

/// Zeros of each array layer's operands, of a run that classified images; '' of others.
[[nodiscard]] std::string operands_text(const RunResult& run, const TextStyle& style = {});

/// One trained network at several precisions: what each is worth and what it costs.
[[nodiscard]] std::string accuracies_text(const std::vector<RunResult>& runs,
                                          const TextStyle& style = {});

/// What energies from gates rest on, with both models side by side where there are two; '' where
/// gates were not followed.
[[nodiscard]] std::string structure_text(const RunResult& run, const TextStyle& style = {});

/// Energies from gates of the runs of a comparison, at both ends of the glitch gain; '' where gates
/// were not followed.
[[nodiscard]] std::string structure_text(const CompareResult& comparison,
                                         const TextStyle& style = {});

/// Clock, supplies and mean power of every layer; '' where supplies are not modelled.
[[nodiscard]] std::string power_text(const RunResult& run, const TextStyle& style = {});
/// The clocks that layers ran at: `204 MHz`, or `51 MHz to 204 MHz`.
[[nodiscard]] std::string clocks_text(const RunResult& run);

/// A comparison for people: who wins by how much, a row per workload and machine, layers where
/// there is one workload, what was held equal.
[[nodiscard]] std::string compare_text(const CompareResult& comparison,
                                       const TextStyle& style = {});

/// A reproduction for people: headline figures beside the published ones, then every check, inputs
/// and sources.
[[nodiscard]] std::string reproduce_text(const ReproduceResult& result,
                                         const TextStyle& style = {});

/// What the numbers of one or several runs rest on.
struct Basis {
  std::string operands;
  std::vector<std::string> recalled, assumed, costs, left_out, technology_notes;
};

[[nodiscard]] Basis basis_of(const RunResult& run);
/// Origins of operands, assumed and recalled inputs, costs that are not published, one list each.
[[nodiscard]] std::string basis_text(const Basis& basis);
/// The commands to type next, one a line under their heading; '' for none.
[[nodiscard]] std::string next_text(const std::vector<std::string>& commands,
                                    const TextStyle& style);
/// Whose DRAM costs no time; fidelity, technology, supply and version of one or several runs alike.
[[nodiscard]] std::string settings_text(const std::vector<RunResult>& runs);
/// The shortened hashes of a run.
[[nodiscard]] std::string digests_text(const RunResult& run);

/// `1.234 ms`.
[[nodiscard]] std::string format_time(double seconds);

}  // namespace bitscale
