#include "sim/report/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/core/plural.hpp"
#include "sim/core/quantity.hpp"
#include "sim/report/loop_nest.hpp"

namespace bitscale {

namespace {

using Align = Table::Align;

std::string bits_text(const LayerResult& layer) {
  if (layer.macs == 0) return "-";
  return fmt::format("{}x{}", layer.activation_bits, layer.weight_bits);
}

std::string share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  return format_percent(static_cast<double>(part) / static_cast<double>(whole));
}

std::string optional_plain(const std::optional<double>& value) {
  return value ? format_plain(*value) : "-";
}

/// Cause other than compute that took most of the layer's cycles, with its share; '' where there is
/// none.
std::string main_loss(const CycleAccount& cycles) {
  std::size_t worst = 0;
  for (std::size_t i = 1; i < kCauses; ++i) {
    if (static_cast<Cause>(i) == Cause::vector) continue;
    if (worst == 0 || cycles.by_cause[i] > cycles.by_cause[worst]) worst = i;
  }
  // Below a thousandth it explains nothing.
  if (cycles.by_cause[worst] == 0 || cycles.by_cause[worst] < cycles.total() / 1000) return "";
  return fmt::format("{} {}", kCauseNames[worst], share(cycles.by_cause[worst], cycles.total()));
}

/// The outcome of --check in a line; '' where nothing was checked.
std::string check_text(const RunResult& run, const TextStyle& style) {
  std::size_t checked = 0;
  std::size_t saturated = 0;
  for (const LayerResult& layer : run.layers) {
    if (!layer.check) continue;
    ++checked;
    if (!layer.check->comparable) ++saturated;
  }
  if (checked == 0) return "";
  if (!run.check_matched().value_or(true)) {
    return red("check: OUTPUTS DIFFER from the reference convolution", style);
  }
  if (saturated == 0 && run.overflow_events() > 0) {
    return fmt::format(
        "check: every output equals the reference convolution modulo the range of its accumulator, "
        "which {} {} left",
        format_integer(run.overflow_events()), plural(run.overflow_events(), "addition"));
  }
  if (saturated == 0) return green("check: every output equals the reference convolution", style);
  std::string text = fmt::format(
      "check: {} of {} {} cannot be compared with the reference convolution, because their "
      "accumulators saturated",
      saturated, checked, plural(checked, "layer"));
  if (saturated < checked) text += "; every output of the others equals it";
  return text;
}

std::string headline(const RunResult& run, const TextStyle& style) {
  const EnergyReport energy = run.energy();
  std::string name = run.provenance.workload;
  if (!run.provenance.profile.empty()) name += fmt::format(" ({})", run.provenance.profile);
  std::string text =
      bold(fmt::format("{} on {}: {} cycles, {} at {}, {}", name, run.provenance.machine,
                       format_integer(run.cycles().total()), format_time(run.seconds()),
                       clocks_text(run), format_energy_pJ(energy.total_pJ)),
           style);
  text += fmt::format(
      "\n  {} MACs, {} of the array used, {} pJ/MAC, {} average, {} {}\n", format_count(run.macs()),
      format_percent(run.utilization()), optional_plain(run.energy_per_mac_pJ()),
      format_quantity(run.average_power_mW() * 1e-3, QuantityUnit::watt),
      format_area_um2(run.area.total_um2), run.area.logic_only ? "logic area" : "area");
  const std::string check = check_text(run, style);
  if (!check.empty()) text += fmt::format("  {}\n", check);
  if (run.classification) text += "  " + accuracy_text(run);
  return text;
}

std::string layers_text(const RunResult& run, const TextStyle& style) {
  const bool overflows = run.overflow_events() > 0;
  const bool losses = std::any_of(run.layers.begin(), run.layers.end(), [](const auto& layer) {
    return !main_loss(layer.cycles).empty();
  });
  std::vector<Table::Column> columns = {
      {"layer", Align::left}, {"a x w bits"}, {"MACs"},  {"cycles"},
      {"array used"},         {"energy"},     {"pJ/MAC"}};
  if (overflows) columns.push_back({"overflows"});
  const bool widths = std::any_of(run.layers.begin(), run.layers.end(),
                                  [](const auto& layer) { return layer.widths.has_value(); });
  if (widths) {
    columns.push_back({"needed accumulator"});
    columns.push_back({"guaranteed"});
  }
  if (losses) columns.push_back({"largest loss", Align::left});
  Table table(std::move(columns));
  const auto add = [&](const std::string& name, const std::string& bits, std::uint64_t macs,
                       const CycleAccount& cycles, const std::optional<double>& utilization,
                       double energy_pJ, const std::optional<double>& pJ_per_mac,
                       std::uint64_t overflow_events,
                       const std::optional<AccumulatorWidths>& accumulator) {
    std::vector<std::string> row = {name,
                                    bits,
                                    macs > 0 ? format_count(macs) : "-",
                                    format_integer(cycles.total()),
                                    format_percent(utilization),
                                    format_energy_pJ(energy_pJ),
                                    optional_plain(pJ_per_mac)};
    if (overflows) row.push_back(format_integer(overflow_events));
    if (widths) {
      row.push_back(accumulator ? fmt::format("{} bit", accumulator->needed) : "");
      row.push_back(accumulator ? fmt::format("{} bit", accumulator->guaranteed) : "");
    }
    if (losses) row.push_back(main_loss(cycles));
    table.add_row(std::move(row));
  };
  for (const LayerResult& layer : run.layers) {
    add(layer.name, bits_text(layer), layer.macs, layer.cycles, layer.utilization(),
        layer.energy.total_pJ, layer.energy_per_mac_pJ(), layer.overflow_events, layer.widths);
  }
  table.add_rule();
  add("total", "", run.macs(), run.cycles(), run.utilization(), run.energy().total_pJ,
      run.energy_per_mac_pJ(), run.overflow_events(), std::nullopt);
  return table.text(style);
}

std::string causes_text(const RunResult& run, const TextStyle& style) {
  const CycleAccount cycles = run.cycles();
  Table table({{"cycles by cause", Align::left}, {"cycles"}, {"share"}});
  for (std::size_t i = 0; i < kCauses; ++i) {
    if (cycles.by_cause[i] == 0) continue;
    table.add_row({std::string(kCauseNames[i]), format_integer(cycles.by_cause[i]),
                   share(cycles.by_cause[i], cycles.total())});
  }
  table.add_rule();
  table.add_row({"total", format_integer(cycles.total()), share(cycles.total(), cycles.total())});
  return table.text(style);
}

std::string energy_text(const RunResult& run, const TextStyle& style) {
  const EnergyReport energy = run.energy();
  Table table({{"energy by component", Align::left}, {"energy"}, {"share"}});
  const auto percent = [&](double value) {
    return energy.total_pJ > 0 ? format_percent(value / energy.total_pJ) : std::string("-");
  };
  for (const ComponentShare& part : energy.components_pJ) {
    table.add_row({part.component, format_energy_pJ(part.value), percent(part.value)});
  }
  table.add_rule();
  table.add_row({"total", format_energy_pJ(energy.total_pJ), percent(energy.total_pJ)});
  return table.text(style);
}

std::string mismatches_text(const RunResult& run) {
  std::string text;
  for (const LayerResult& layer : run.layers) {
    if (!layer.check || layer.check->mismatches == 0) continue;
    text += fmt::format("  {}: {} {}: {}\n", layer.name, format_integer(layer.check->mismatches),
                        layer.check->mismatches == 1 ? "output differs" : "outputs differ",
                        layer.check->first_mismatch);
  }
  return text.empty() ? text : text + "\n";
}

/// What compression spares the channel, over all layers; '' where nothing is compressed.
std::string compression_text(const RunResult& run, bool named) {
  DramRawBits moved, raw;
  for (const LayerResult& layer : run.layers) {
    if (!layer.dram_raw_bits) continue;
    moved.activations += layer.dram_bits_activations;
    moved.weights += layer.dram_bits_weights;
    raw.activations += layer.dram_raw_bits->activations;
    raw.weights += layer.dram_raw_bits->weights;
  }
  if (raw.activations + raw.weights == 0) return "";
  return fmt::format(
      "  {}DRAM holds fetched operands compressed: {} of {} bits of activations, {} of {} of "
      "weights; outputs are written raw\n",
      named ? fmt::format("{} on {}: ", run.provenance.workload, run.provenance.machine) : "",
      format_integer(moved.activations), format_integer(raw.activations),
      format_integer(moved.weights), format_integer(raw.weights));
}

}  // namespace

std::string format_time(double seconds) { return format_quantity(seconds, QuantityUnit::second); }

std::string basis_text(const Basis& basis) {
  const bool synthetic = basis.operands == "synthetic" || basis.operands == "mixed";
  std::string text = fmt::format(
      "  operands: {}{}\n", basis.operands,
      synthetic ? " (values of a declared distribution and seed, not of a trained network)" : "");
  text += format_items("recalled, not checked against a source", basis.recalled);
  text += format_items("assumed", basis.assumed);
  text += format_items("costs that are not published figures", basis.costs);
  text += format_items("of the cost table", basis.technology_notes);
  if (!basis.left_out.empty()) {
    text += fmt::format("  not in the area: {}\n", fmt::join(basis.left_out, ", "));
  }
  return text;
}

Basis basis_of(const RunResult& run) {
  return {run.operands(),       run.provenance.recalled, run.provenance.assumed,
          run.provenance.costs, run.area.left_out,       run.provenance.technology_notes};
}

std::string settings_text(const std::vector<RunResult>& runs) {
  std::vector<std::string> ideal;
  bool others = false;
  for (const RunResult& run : runs) {
    const std::string& machine = run.provenance.machine;
    if (!run.ideal_memory) {
      others = true;
    } else if (std::ranges::find(ideal, machine) == ideal.end()) {
      ideal.push_back(machine);
    }
  }
  std::string text;
  if (!ideal.empty()) {
    text = fmt::format(
        "  ideal DRAM{}: a layer is resident as a whole, its tensors move once and take no "
        "time{}\n",
        others ? fmt::format(" on {}", fmt::join(ideal, ", ")) : "",
        others ? "; the others wait for theirs" : "");
  }
  for (const RunResult& run : runs) text += compression_text(run, runs.size() > 1);
  const RunResult& run = runs.front();
  const std::string model = run.provenance.energy_model == "horowitz"
                                ? ""
                                : fmt::format("energy model {}, ", run.provenance.energy_model);
  return text + fmt::format("  {} fidelity, {}technology {} at {} V, bitscale {}\n",
                            run.provenance.fidelity, model, run.provenance.technology,
                            format_plain(run.vdd_V), run.provenance.version);
}

std::string digests_text(const RunResult& run) {
  const auto shortened = [](const std::string& hash) { return hash.substr(0, 12); };
  const Provenance& provenance = run.provenance;
  return fmt::format("config {}, workload {}, technology {}, result {}",
                     shortened(provenance.config_sha256), shortened(provenance.workload_sha256),
                     shortened(provenance.technology_sha256), shortened(provenance.result_digest));
}

std::string next_text(const std::vector<std::string>& commands, const TextStyle& style) {
  if (commands.empty()) return "";
  return fmt::format("{}\n  {}\n", bold("Next", style), fmt::join(commands, "\n  "));
}

std::string run_text(const RunResult& run, const TextStyle& style) {
  std::string text = headline(run, style) + "\n";
  text += mismatches_text(run);
  text += layers_text(run, style) + "\n";
  text += operands_text(run, style);
  text += causes_text(run, style) + "\n";
  text += energy_text(run, style) + "\n";
  text += loop_nests_text(run, style);
  text += structure_text(run, style);
  text += power_text(run, style);
  text += bold("What the numbers rest on", style) + "\n";
  text += basis_text(basis_of(run)) + settings_text({run});
  text += "  " + digests_text(run) + "\n\n";
  return text + next_text(run.next, style);
}

}  // namespace bitscale
