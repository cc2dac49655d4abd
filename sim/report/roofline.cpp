#include "sim/report/roofline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/core/plural.hpp"
#include "sim/core/rounding.hpp"
#include "sim/report/csv.hpp"
#include "sim/report/json.hpp"

namespace bitscale {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kWidth = 100;

std::string plain(std::optional<double> value) { return value ? format_plain(*value) : "-"; }

std::string cell(std::optional<double> value) { return value ? format_significant(*value) : ""; }

std::string_view bound_of(const LayerRoofline& layer) {
  if (layer.macs == 0) return "";
  return layer.memory_bound() ? "memory" : "compute";
}

/// `compute 90.1 %, wait_weights 9.9 %`, the largest first.
std::string causes_text(const LayerRoofline& layer) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < kCauses; ++i) {
    if (layer.cycles.by_cause[i] > 0) order.push_back(i);
  }
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return layer.cycles.by_cause[a] > layer.cycles.by_cause[b];
  });
  std::string text;
  for (const std::size_t i : order) {
    const double share =
        static_cast<double>(layer.cycles.by_cause[i]) / static_cast<double>(layer.cycles.total());
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", kCauseNames[i], format_percent(share));
  }
  return text;
}

}  // namespace

LayerRoofline roofline_of(const LayerResult& layer) {
  LayerRoofline roof;
  roof.name = layer.name;
  roof.kind = layer.kind;
  roof.macs = layer.macs;
  roof.cycles = layer.cycles;
  roof.dram_bits = layer.dram_bits();
  roof.peak_macs_per_cycle = layer.peak_macs_per_cycle;
  roof.channel_bits_per_cycle = layer.channel_bits_per_cycle;
  return roof;
}

std::optional<double> LayerRoofline::intensity_macs_per_byte() const {
  if (dram_bits == 0) return {};
  return 8 * static_cast<double>(macs) / static_cast<double>(dram_bits);
}

std::optional<double> LayerRoofline::bandwidth_roof_macs_per_cycle() const {
  const std::optional<double> intensity = intensity_macs_per_byte();
  if (!intensity || !channel_bits_per_cycle) return {};
  return *intensity * *channel_bits_per_cycle / 8;
}

double LayerRoofline::roof_macs_per_cycle() const {
  return std::min(peak_macs_per_cycle,
                  bandwidth_roof_macs_per_cycle().value_or(peak_macs_per_cycle));
}

bool LayerRoofline::memory_bound() const { return roof_macs_per_cycle() < peak_macs_per_cycle; }

double LayerRoofline::attained_macs_per_cycle() const {
  const std::uint64_t total = cycles.total();
  return total == 0 ? 0 : static_cast<double>(macs) / static_cast<double>(total);
}

double LayerRoofline::share_of_roof() const {
  const double roof = roof_macs_per_cycle();
  return roof > 0 ? attained_macs_per_cycle() / roof : 0;
}

double LayerRoofline::idle_cycles() const {
  if (macs == 0) return 0;
  const double useful = static_cast<double>(macs) / peak_macs_per_cycle;
  return std::max(0.0, static_cast<double>(cycles[Cause::compute]) - useful);
}

std::string roofline_text(const RooflineReport& report, const TextStyle& style) {
  using enum Table::Align;
  std::string text =
      bold(fmt::format("{}{} on {}: roofs of {} {}", report.workload,
                       report.profile.empty() ? "" : fmt::format(" ({})", report.profile),
                       report.machine, report.layers.size(), plural(report.layers.size(), "layer")),
           style) +
      "\n\n";
  Table table({{"layer", left},
               {"cycles", right},
               {"MAC/byte", right},
               {"peak", right},
               {"DRAM roof", right},
               {"bound", left},
               {"attained", right},
               {"of roof", right}});
  for (const LayerRoofline& layer : report.layers) {
    const bool work = layer.macs > 0;
    table.add_row({layer.name, format_integer(layer.cycles.total()),
                   work ? plain(layer.intensity_macs_per_byte()) : "-",
                   work ? format_plain(layer.peak_macs_per_cycle) : "-",
                   work ? plain(layer.bandwidth_roof_macs_per_cycle()) : "-",
                   work ? std::string(bound_of(layer)) : "-",
                   work ? format_plain(layer.attained_macs_per_cycle()) : "-",
                   work ? format_percent(layer.share_of_roof()) : "-"});
  }
  text += table.text(style) +
          "\n  peak, DRAM roof and attained in MACs per array cycle; bound: which of the two roofs "
          "is lower\n";
  for (const LayerRoofline& layer : report.layers) {
    if (layer.cycles.total() == 0) continue;
    text += fmt::format("\n{}: {}\n  {}\n", bold(layer.name, style), causes_text(layer),
                        wrap_text(layer.advice, kWidth, 2));
  }
  return text;
}

Json roofline_json(const RooflineReport& report) {
  Json json = {{"schema_version", kReportSchemaVersion},
               {"kind", "explain-layer"},
               {"provenance",
                {{"version", report.version},
                 {"command", report.command},
                 {"machine", report.machine},
                 {"workload", report.workload},
                 {"profile", report.profile},
                 {"config_sha256", report.config_sha256}}},
               {"layers", Json::array()}};
  for (const LayerRoofline& layer : report.layers) {
    Json causes = Json::object();
    for (std::size_t i = 0; i < kCauses; ++i)
      causes[std::string(kCauseNames[i])] = layer.cycles.by_cause[i];
    const bool work = layer.macs > 0;
    const auto figure = [&](std::optional<double> value) {
      return work ? json_number(value) : Json(nullptr);
    };
    Json row = {{"name", layer.name},
                {"kind", layer.kind},
                {"macs", layer.macs},
                {"cycles", layer.cycles.total()},
                {"cycles_by_cause", causes},
                {"idle_cycles", json_number(layer.idle_cycles())},
                {"dram_bits", layer.dram_bits},
                {"intensity_macs_per_byte", figure(layer.intensity_macs_per_byte())},
                {"peak_macs_per_cycle", figure(layer.peak_macs_per_cycle)},
                {"bandwidth_roof_macs_per_cycle", figure(layer.bandwidth_roof_macs_per_cycle())},
                {"bound", work ? Json(bound_of(layer)) : Json(nullptr)},
                {"attained_macs_per_cycle", figure(layer.attained_macs_per_cycle())},
                {"share_of_roof", figure(layer.share_of_roof())},
                {"advice", layer.advice},
                {"change", layer.change ? Json(layer.change->change) : Json(nullptr)},
                {"cycles_after_change", layer.change ? Json(layer.change->cycles) : Json(nullptr)}};
    json["layers"].push_back(std::move(row));
  }
  return json;
}

std::string roofline_csv(const RooflineReport& report) {
  std::string text =
      "machine,workload,profile,layer,kind,macs,cycles,idle_cycles,dram_bits,"
      "intensity_macs_per_byte,peak_macs_per_cycle,bandwidth_roof_macs_per_cycle,bound,"
      "attained_macs_per_cycle,share_of_roof,advice,change,cycles_after_change";
  for (const std::string_view cause : kCauseNames) text += fmt::format(",{}_cycles", cause);
  text += '\n';
  for (const LayerRoofline& layer : report.layers) {
    const bool work = layer.macs > 0;
    const auto figure = [&](std::optional<double> value) { return work ? cell(value) : ""; };
    text += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}", csv_cell(report.machine),
        csv_cell(report.workload), csv_cell(report.profile), csv_cell(layer.name),
        csv_cell(layer.kind), layer.macs, layer.cycles.total(), cell(layer.idle_cycles()),
        layer.dram_bits, figure(layer.intensity_macs_per_byte()), figure(layer.peak_macs_per_cycle),
        figure(layer.bandwidth_roof_macs_per_cycle()), bound_of(layer),
        figure(layer.attained_macs_per_cycle()), figure(layer.share_of_roof()),
        csv_cell(layer.advice), layer.change ? csv_cell(layer.change->change) : "",
        layer.change ? std::to_string(layer.change->cycles) : "");
    for (const std::uint64_t count : layer.cycles.by_cause) text += fmt::format(",{}", count);
    text += '\n';
  }
  return text;
}

}  // namespace bitscale
