#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "sim/mapping/machine.hpp"

namespace bitscale {
namespace {

constexpr std::int64_t kMaxAxis = 65536;
constexpr std::int64_t kMaxBits = std::int64_t{1} << 50;

bool is_reduction(Dim dim) { return dim == Dim::C || dim == Dim::R || dim == Dim::S; }

std::optional<AxisLoop> parse_loop(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::optional<Dim> dim = dim_named(text.substr(0, space));
  const std::string_view factor = text.substr(space + 1);
  if (!dim) return std::nullopt;
  if (factor == "fit") return AxisLoop{*dim, 0};
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(factor.data(), factor.data() + factor.size(), value);
  if (error != std::errc{} || end != factor.data() + factor.size()) return std::nullopt;
  if (value < 1 || value > kMaxAxis) return std::nullopt;
  return AxisLoop{*dim, value};
}

void check_axis(config::Reader& reader, const Axis& axis) {
  std::int64_t product = 1;
  bool reduces = false;
  for (const AxisLoop& loop : axis.loops) {
    product *= std::max<std::int64_t>(loop.factor, 1);
    reduces = reduces || is_reduction(loop.dim);
    if (product > axis.size) {
      reader.problem(
          "loops",
          fmt::format("expected factors whose product is at most the axis' size {}, got {}",
                      axis.size, product));
      return;
    }
  }
  if (reduces == (axis.partial_sums == Combination::local)) {
    reader.problem("partial_sums",
                   reduces
                       ? "expected tree or chain, because C, R or S lies along this axis, got local"
                       : "expected local, because neither C, R nor S lies along this axis");
  }
}

Axis parse_axis(config::Reader& reader, bool lanes) {
  static const std::vector<std::pair<std::string_view, Movement>> kMovements = {
      {"broadcast", Movement::broadcast},
      {"unicast", Movement::unicast},
      {"forward", Movement::forward}};
  static const std::vector<std::pair<std::string_view, Movement>> kActivationMovements = [] {
    auto movements = kMovements;
    movements.emplace_back("slide", Movement::slide);
    return movements;
  }();
  static const std::vector<std::pair<std::string_view, Combination>> kCombinations = {
      {"local", Combination::local}, {"tree", Combination::tree}, {"chain", Combination::chain}};
  const std::size_t problems = reader.problem_count();
  Axis axis;
  axis.size = reader.doc("Positions along this axis").integer("size", 1, kMaxAxis, 1);
  const std::vector<std::string> loops =
      reader
          .doc(
              "Spatial loops, outermost first: 'K 256', or 'C fit' for what the layer and the axis "
              "leave room for")
          .texts("loops", std::vector<std::string>{}, true);
  for (const std::string& text : loops) {
    if (const std::optional<AxisLoop> loop = parse_loop(text)) {
      axis.loops.push_back(*loop);
    } else {
      reader.problem("loops", fmt::format("expected a dimension of N G K C P Q R S PQ and a factor "
                                          "from 1 to {} or fit, such as "
                                          "'K 256', got '{}'",
                                          kMaxAxis, text));
    }
  }
  axis.activations = reader.doc("How activations reach the positions")
                         .choice("activations", kActivationMovements,
                                 std::optional(lanes ? Movement::unicast : Movement::broadcast));
  axis.weights = reader.doc("How weights reach the positions")
                     .choice("weights", kMovements,
                             std::optional(lanes ? Movement::unicast : Movement::broadcast));
  axis.partial_sums = reader.doc("How partial sums of the positions combine")
                          .choice("partial_sums", kCombinations,
                                  std::optional(lanes && !axis.loops.empty() ? Combination::tree
                                                                             : Combination::local));
  // The lanes belong to the unit, whose gates depend on them.
  if (!lanes) {
    axis.resize_step =
        reader.doc("Steps in which comparisons at one area, say, change the size; 0: never")
            .integer("resize_step", 0, kMaxAxis, 1);
  }
  if (!reader.describing() && reader.problem_count() == problems) check_axis(reader, axis);
  reader.finish();
  return axis;
}

std::int64_t bits_of(double value) { return static_cast<std::int64_t>(std::llround(value)); }

BufferConfig parse_buffer(config::Reader& reader) {
  BufferConfig buffer;
  buffer.capacity_bits =
      bits_of(reader.doc("Size; 0 is unlimited in time and has no energy cost to look up")
                  .quantity("capacity", config::Unit::bits, 0, static_cast<double>(kMaxBits), 0.0));
  buffer.banks = reader.doc("Banks of equal size; an access costs the energy of one")
                     .integer("banks", 1, 1 << 20, 1);
  if (buffer.capacity_bits % buffer.banks != 0) {
    reader.problem("banks",
                   fmt::format("expected a number that divides the capacity of {} bits, got {}",
                               buffer.capacity_bits, buffer.banks));
  }
  buffer.port_bits = reader.doc("Bits per array cycle of the port to the array; 0 never limits")
                         .integer("port_bits", 0, kMaxBits, 0);
  buffer.access_bits =
      reader.doc("Width of one access, for its energy").integer("access_bits", 1, 1 << 20, 64);
  buffer.latency_cycles =
      reader.doc("Array cycles from request to first word, charged once per layer")
          .integer("latency_cycles", 0, 1 << 20, 0);
  buffer.double_buffered =
      reader.doc("Fill one half while the array reads the other").boolean("double_buffered", true);
  buffer.skip_zeros =
      reader.doc("Zero operands are not read for the array, as their flags say: saves energy")
          .boolean("skip_zeros", false);
  reader.finish();
  return buffer;
}

DramConfig parse_dram(config::Reader& reader) {
  auto dram = reader.variant<DramConfig>(
      "kind",
      {{"ideal", [](config::Reader&) { return DramConfig{}; }},
       {"channel",
        [](config::Reader& channel) {
          DramConfig result;
          result.bits_per_cycle =
              channel.doc("Bits per memory cycle").integer("bits_per_cycle", 1, 1 << 24);
          result.clock_Hz = bits_of(
              channel.doc("Memory clock").quantity("clock", config::Unit::hertz, 1.0, 1e12));
          result.latency_cycles = channel.doc("Memory cycles per request before its first word")
                                      .integer("latency_cycles", 0, 1 << 20, 0);
          return result;
        }}},
      std::string("ideal"));
  dram.compression =
      reader
          .doc(
              "Code of the operands that layers fetch: none; bitmap, a flag per element and the "
              "non-zeros; run_length, 5 bits of zeros and the element behind them")
          .choice<Compression>("compression",
                               {{"none", Compression::none},
                                {"bitmap", Compression::bitmap},
                                {"run_length", Compression::run_length}},
                               Compression::none);
  reader.finish();
  return dram;
}

std::vector<Dim> default_order(Operand stationary) {
  switch (stationary) {
    case Operand::weights:
      return {Dim::G, Dim::K, Dim::C, Dim::R, Dim::S, Dim::N, Dim::PQ};
    case Operand::activations:
      return {Dim::N, Dim::G, Dim::PQ, Dim::C, Dim::R, Dim::S, Dim::K};
    case Operand::outputs:
      break;
  }
  return {Dim::N, Dim::G, Dim::K, Dim::PQ, Dim::C, Dim::R, Dim::S};
}

bool is_complete_order(std::vector<Dim> order) {
  std::ranges::sort(order);
  return order == std::vector<Dim>{Dim::N, Dim::G, Dim::K, Dim::C, Dim::R, Dim::S, Dim::PQ} ||
         order == std::vector<Dim>{Dim::N, Dim::G, Dim::K, Dim::C, Dim::P, Dim::Q, Dim::R, Dim::S};
}

RegisterFileConfig parse_register_file(config::Reader& reader) {
  RegisterFileConfig file;
  file.capacity_bits =
      bits_of(reader
                  .doc("Size of one; a product reads two operands and a partial sum and writes "
                       "one back; 0: registers have no cost of their own")
                  .quantity("capacity", config::Unit::bits, 0, static_cast<double>(kMaxBits), 0.0));
  file.word_bits = reader.doc("Width of a word").integer("word_bits", 1, 64, 16);
  reader.finish();
  return file;
}

}  // namespace

ArrayConfig parse_array(config::Reader& reader) {
  ArrayConfig array;
  array.rows =
      reader.section_or_default("rows", [](config::Reader& r) { return parse_axis(r, false); });
  array.columns =
      reader.section_or_default("columns", [](config::Reader& r) { return parse_axis(r, false); });
  array.lanes =
      reader.section_or_default("lanes", [](config::Reader& r) { return parse_axis(r, true); });
  array.accumulator_sets = reader.doc("2: a pass drains while the next one computes")
                               .integer("accumulator_sets", 1, 2, 2);
  array.accumulator_entries =
      reader.doc("Outputs that one position of rows x columns holds per set")
          .integer("accumulator_entries", 1, 1 << 24, 1);
  array.drain_outputs_per_cycle =
      reader.doc("Results that leave the array per cycle; 0: a whole pass in one cycle")
          .integer("drain_outputs_per_cycle", 0, 1 << 24, 0);
  array.pipeline_depth =
      reader.doc("Cycles from operand to accumulator").integer("pipeline_depth", 0, 1 << 16, 0);
  array.shadow_weights =
      reader.doc("The next stationary operands load while the present ones compute")
          .boolean("shadow_weights", false);
  array.vector_lanes = reader.doc("Elements per cycle of layers without MACs")
                           .integer("vector_lanes", 1, 1 << 20, 16);
  array.register_file = reader.doc("Memory of every position, for its energy and area: no time")
                            .section_or_default("register_file", parse_register_file);
  if (array.positions() > (std::int64_t{1} << 24)) {
    reader.problem("rows",
                   fmt::format("expected at most 2^24 positions in rows x columns x lanes, got {}",
                               array.positions()));
  }
  reader.finish();
  return array;
}

Dataflow parse_dataflow(config::Reader& reader) {
  Dataflow dataflow;
  const auto stationary = reader.doc("Name of a loop order: which operand stays in the array")
                              .choice<Operand>("stationary",
                                               {{"output", Operand::outputs},
                                                {"weight", Operand::weights},
                                                {"input", Operand::activations}},
                                               Operand::outputs);
  const std::vector<std::string> order = reader
                                             .doc(
                                                 "Temporal loops, outermost first, instead of "
                                                 "`stationary`: N G K C R S and PQ (or P and Q)")
                                             .texts("order", std::vector<std::string>{});
  dataflow.order = default_order(stationary);
  if (!order.empty()) {
    if (reader.has("stationary"))
      reader.problem("order", "expected either stationary or order, got both");
    std::vector<Dim> given;
    for (const std::string& name : order) {
      if (const std::optional<Dim> dim = dim_named(name)) given.push_back(*dim);
    }
    if (given.size() == order.size() && is_complete_order(given)) {
      dataflow.order = given;
    } else {
      reader.problem("order", "expected each of N, G, K, C, R, S and PQ (or P and Q) once");
    }
  }
  dataflow.windows = reader.doc("How output pixels fill PQ positions")
                         .choice<Windows>("windows",
                                          {{"flattened", Windows::flattened},
                                           {"per_row", Windows::per_row},
                                           {"ideal", Windows::ideal}},
                                          Windows::flattened);
  dataflow.fc_mode = reader.doc("What PQ positions do in a layer with one output pixel")
                         .choice<FcMode>("fc_mode",
                                         {{"single_column", FcMode::single_column},
                                          {"multiplexed", FcMode::multiplexed}},
                                         FcMode::single_column);
  dataflow.pack_groups = reader.doc("Groups side by side along K instead of one after another")
                             .boolean("pack_groups", false);
  reader.finish();
  return dataflow;
}

MemoryConfig parse_memory(config::Reader& reader) {
  MemoryConfig memory;
  memory.dram = reader.section_or_default("dram", parse_dram);
  memory.activations = reader.section_or_default("activations", parse_buffer);
  memory.weights = reader.section_or_default("weights", parse_buffer);
  memory.outputs = reader.section_or_default("outputs", parse_buffer);
  memory.shared_capacity_bits = bits_of(
      reader
          .doc("The three buffers share one memory of this size, each with a port of its own; 0: "
               "separate")
          .quantity("shared_capacity", config::Unit::bits, 0, static_cast<double>(kMaxBits), 0.0));
  memory.tiling = reader.section_or_default("tiling", parse_tiling);
  reader.finish();
  return memory;
}

}  // namespace bitscale
