// What real operands add to a result for people: how many images came out right, and what the
// tensors hold.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/core/plural.hpp"
#include "sim/core/quantity.hpp"
#include "sim/report/power.hpp"
#include "sim/report/text.hpp"

namespace bitscale {

namespace {

using Align = Table::Align;

double per_image(double total, const RunResult& run) {
  return total / static_cast<double>(run.classification->images);
}

/// Cycles of one image: fractions do not matter where there are many.
std::string cycles_per_image(const RunResult& run) {
  const double cycles = per_image(static_cast<double>(run.cycles().total()), run);
  return cycles < 100 ? format_plain(cycles)
                      : format_integer(static_cast<std::uint64_t>(std::llround(cycles)));
}

/// Share of products without a zero, over the layers.
double effectual_share(const RunResult& run) {
  return static_cast<double>(run.effectual_macs()) / static_cast<double>(run.macs());
}

std::string percent_of(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  return format_percent(static_cast<double>(part) / static_cast<double>(whole));
}

/// Zeros of each array layer's two operands at each precision.
std::string zeros_text(const std::vector<RunResult>& runs, const TextStyle& style) {
  std::vector<Table::Column> columns = {{"% zeros in activations, weights", Align::left}};
  for (const RunResult& run : runs) columns.push_back({run.provenance.profile});
  Table table(std::move(columns));
  for (std::size_t i = 0; i < runs.front().layers.size(); ++i) {
    if (runs.front().layers[i].macs == 0) continue;
    std::vector<std::string> row = {runs.front().layers[i].name};
    for (const RunResult& run : runs) {
      const OperandReport& operands = run.layers[i].operands;
      row.push_back(fmt::format("{:.1f}, {:.1f}", 100 * operands.activation_zero_fraction,
                                100 * operands.weight_zero_fraction));
    }
    table.add_row(std::move(row));
  }
  return table.text(style);
}

/// `0.94`, with a mark where the model ends, and the clock where it is not the machine's.
std::string point_text(const RunResult& run, const OperatingPoint& point) {
  std::string text =
      fmt::format("{}{}", format_plain(point.datapath.V), point.datapath.at_floor ? " *" : "");
  if (static_cast<double>(point.clock_Hz) != run.clock_Hz)
    text += " at " + format_quantity(static_cast<double>(point.clock_Hz), QuantityUnit::hertz);
  return text;
}

/// Where each array layer runs at each precision, on machines whose supplies follow it.
std::string supplies_text(const std::vector<RunResult>& runs, const TextStyle& style) {
  if (!std::ranges::any_of(runs, has_supplies)) return "";
  std::vector<Table::Column> columns = {{"supply of the datapath, V", Align::left}};
  for (const RunResult& run : runs) columns.push_back({run.provenance.profile});
  Table table(std::move(columns));
  bool at_floor = false;
  for (std::size_t i = 0; i < runs.front().layers.size(); ++i) {
    if (runs.front().layers[i].macs == 0) continue;
    std::vector<std::string> row = {runs.front().layers[i].name};
    for (const RunResult& run : runs) {
      const std::optional<OperatingPoint>& point = run.layers[i].operating;
      row.push_back(point ? point_text(run, *point) : "-");
      at_floor = at_floor || (point && point->datapath.at_floor);
    }
    table.add_row(std::move(row));
  }
  std::string text = table.text(style);
  if (at_floor) text += "  * the lowest supply that the model or the machine allows\n";
  return text + "\n";
}

/// Energy of an image without the DRAM channel's; nothing where supplies are not modelled.
std::optional<double> chip_energy_per_image_pJ(const RunResult& run) {
  if (!has_supplies(run)) return std::nullopt;
  return per_image(run_power(run).chip_mW() * run.seconds() * 1e9, run);  // mW s = 1e9 pJ
}

std::string profiles_table(const std::vector<RunResult>& runs, const TextStyle& style) {
  const bool supplies = std::ranges::any_of(runs, has_supplies);
  std::vector<Table::Column> columns = {{"profile", Align::left}, {"accuracy"},
                                        {"95 % confidence"},      {"cycles/image"},
                                        {"time/image"},           {"energy/image"}};
  if (supplies) columns.push_back({"on chip"});
  columns.push_back({"MACs without a zero"});
  Table table(std::move(columns));
  for (const RunResult& run : runs) {
    if (!run.classification) continue;
    const Interval interval = accuracy_interval(*run.classification);
    std::vector<std::string> row = {
        run.provenance.profile.empty() ? "(own bits)" : run.provenance.profile,
        format_percent(run.classification->accuracy()),
        fmt::format("{} .. {}", format_percent(interval.low), format_percent(interval.high)),
        cycles_per_image(run),
        format_time(per_image(run.seconds(), run)),
        format_energy_pJ(per_image(run.energy().total_pJ, run))};
    const std::optional<double> chip_pJ = chip_energy_per_image_pJ(run);
    if (supplies) row.push_back(chip_pJ ? format_energy_pJ(*chip_pJ) : "-");
    row.push_back(format_percent(effectual_share(run)));
    table.add_row(std::move(row));
  }
  return table.text(style);
}

}  // namespace

std::string accuracy_text(const RunResult& run) {
  if (!run.classification) return "";
  const Classification& c = *run.classification;
  const Interval interval = accuracy_interval(c);
  return fmt::format(
      "accuracy: {} of {} {} are classified right, {} ({} to {} at 95 % confidence)\n"
      "  per image: {} cycles, {}, {}\n",
      format_integer(c.correct), format_integer(c.images), plural(c.images, "image"),
      format_percent(c.accuracy()), format_percent(interval.low), format_percent(interval.high),
      cycles_per_image(run), format_time(per_image(run.seconds(), run)),
      format_energy_pJ(per_image(run.energy().total_pJ, run)));
}

std::string operands_text(const RunResult& run, const TextStyle& style) {
  if (!run.classification) return "";
  Table table({{"operands of layer", Align::left},
               {"a x w bits"},
               {"zero activations"},
               {"zero weights"},
               {"MACs without a zero"}});
  for (const LayerResult& layer : run.layers) {
    if (layer.macs == 0) continue;
    const OperandReport& operands = layer.operands;
    table.add_row({layer.name, fmt::format("{}x{}", layer.activation_bits, layer.weight_bits),
                   format_percent(operands.activation_zero_fraction),
                   format_percent(operands.weight_zero_fraction),
                   percent_of(operands.effectual_macs, layer.macs)});
  }
  return table.text(style) + "\n";
}

std::string accuracies_text(const std::vector<RunResult>& runs, const TextStyle& style) {
  if (runs.empty()) return "nothing to compare\n";
  const RunResult& first = runs.front();
  std::string text = bold(fmt::format("{} on {}: {} {} at each precision",
                                      first.provenance.workload, first.provenance.machine,
                                      format_integer(first.images), plural(first.images, "image")),
                          style) +
                     "\n\n";
  text += profiles_table(runs, style) + "\n" + supplies_text(runs, style) +
          zeros_text(runs, style) + "\n" + bold("What the numbers rest on", style) + "\n";
  text += basis_text(basis_of(first)) + settings_text({first});
  for (const RunResult& run : runs)
    text += fmt::format("  {}: {}\n", run.provenance.profile, digests_text(run));
  return text;
}

}  // namespace bitscale
