#include "sim/report/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "sim/core/plural.hpp"

namespace bitscale {
namespace {

using Json = nlohmann::ordered_json;

struct Row {
  int thread = 0;
  std::string_view name;
};
constexpr Row kLayers = {1, "layers"};
constexpr Row kVector = {7, "vector unit"};

Row row_of(Track track) {
  switch (track) {
    case Track::fetch_weights:
      return {2, "DRAM: weights"};
    case Track::fetch_activations:
      return {3, "DRAM: activations"};
    case Track::array:
      return {4, "array"};
    case Track::output_unit:
      return {5, "output unit"};
    case Track::write_back:
      break;
  }
  return {6, "DRAM: outputs"};
}

std::string_view work_of(Track track) {
  switch (track) {
    case Track::fetch_weights:
      return "fetch weights";
    case Track::fetch_activations:
      return "fetch activations";
    case Track::array:
      return "tile";
    case Track::output_unit:
      return "drain";
    case Track::write_back:
      break;
  }
  return "write back";
}

std::string_view category_of(Track track) {
  if (track == Track::array) return "tile";
  return track == Track::output_unit ? "drain" : "transfer";
}

/// Causes in the order in which they mostly come within a tile: the waits before it and the last
/// write-back are where they happened, the rest is grouped.
constexpr Cause kOrder[] = {Cause::wait_weights, Cause::wait_activations, Cause::wait_outputs,
                            Cause::fill,         Cause::stationary_load,  Cause::vector,
                            Cause::compute,      Cause::operand_fetch,    Cause::spill,
                            Cause::drain,        Cause::write_back};
static_assert(std::size(kOrder) == kCauses);

std::size_t causes_with_cycles(const CycleAccount& cycles) {
  return static_cast<std::size_t>(
      std::ranges::count_if(cycles.by_cause, [](std::uint64_t count) { return count > 0; }));
}

std::size_t events_of(const Timeline& timeline) {
  std::size_t events = 0;
  for (std::size_t track = 0; track < kTracks; ++track)
    events += timeline.slices(static_cast<Track>(track)).size();
  for (const CycleAccount& cycles : timeline.array_cycles()) events += causes_with_cycles(cycles);
  return events;
}

/// The list of events as text: written once, never held as a tree of values.
class Events {
 public:
  void name(std::string_view what, int thread, std::string_view name) {
    add(R"({{"ph":"M","pid":1,"tid":{},"name":"{}","args":{{"name":{}}}}})", thread, what,
        Json(name).dump());
  }
  void sort_index(int thread) {
    add(R"({{"ph":"M","pid":1,"tid":{0},"name":"thread_sort_index","args":{{"sort_index":{0}}}}})",
        thread);
  }
  void slice(const Row& row, std::string_view category, const std::string& name,
             std::uint64_t begin, std::uint64_t cycles, const std::string& arguments) {
    add(R"({{"ph":"X","pid":1,"tid":{},"cat":"{}","name":{},"ts":{},"dur":{}{}}})", row.thread,
        category, Json(name).dump(), begin, cycles,
        arguments.empty() ? "" : fmt::format(R"(,"args":{{{}}})", arguments));
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  template <typename... T>
  void add(fmt::format_string<T...> form, T&&... values) {
    text_ += text_.empty() ? "\n" : ",\n";
    fmt::format_to(std::back_inserter(text_), form, std::forward<T>(values)...);
  }
  std::string text_;
};

/// Slices of causes one behind the other from `begin` on.
void add_causes(Events& events, const Row& row, std::uint64_t begin, const CycleAccount& cycles) {
  for (const Cause cause : kOrder) {
    if (cycles[cause] == 0) continue;
    events.slice(row, "cause", std::string(kCauseNames[static_cast<std::size_t>(cause)]), begin,
                 cycles[cause], "");
    begin += cycles[cause];
  }
}

void add_tiles(Events& events, Track track, std::uint64_t layer_begin, const Timeline& timeline) {
  const std::vector<TileSlice>& slices = timeline.slices(track);
  const Row row = row_of(track);
  const bool array = track == Track::array;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    const TileSlice& slice = slices[i];
    if (slice.end == slice.begin) continue;
    const std::uint64_t begin = layer_begin + static_cast<std::uint64_t>(slice.begin);
    const std::string tiles = slice.first_tile == slice.last_tile
                                  ? fmt::format("{}", slice.first_tile)
                                  : fmt::format("{}-{}", slice.first_tile, slice.last_tile);
    events.slice(row, category_of(track), fmt::format("{} {}", work_of(track), tiles), begin,
                 static_cast<std::uint64_t>(slice.end - slice.begin),
                 array ? "" : fmt::format(R"("busy_cycles":{})", slice.busy));
    if (array) add_causes(events, row, begin, timeline.array_cycles()[i]);
  }
}

void add_layer(Events& events, const LayerResult& layer, double clock_Hz, std::uint64_t begin) {
  const std::uint64_t cycles = layer.cycles.total();
  if (cycles == 0) return;
  if (layer.operating) clock_Hz = static_cast<double>(layer.operating->clock_Hz);
  events.slice(
      kLayers, "layer", layer.name, begin, cycles,
      fmt::format(
          R"("kind":{},"macs":{},"clock_Hz":{},"dram_bits":{},"mapping":{},"tiles_per_slice":{})",
          Json(layer.kind).dump(), layer.macs, Json(clock_Hz).dump(), layer.dram_bits(),
          Json(layer.mapping).dump(), layer.timeline ? layer.timeline->tiles_per_slice() : 1));
  if (!layer.timeline) return add_causes(events, kVector, begin, layer.cycles);
  for (std::size_t track = 0; track < kTracks; ++track)
    add_tiles(events, static_cast<Track>(track), begin, *layer.timeline);
}

void add_names(Events& events, const RunResult& run) {
  events.name("process_name", 0,
              fmt::format("{} on {} (1 us = 1 array cycle)", run.provenance.workload,
                          run.provenance.machine));
  std::vector<Row> rows = {kLayers, kVector};
  for (std::size_t track = 0; track < kTracks; ++track)
    rows.push_back(row_of(static_cast<Track>(track)));
  for (const Row& row : rows) {
    events.name("thread_name", row.thread, row.name);
    events.sort_index(row.thread);
  }
}

}  // namespace

std::size_t trace_events(const std::vector<LayerResult>& layers) {
  std::size_t events = 0;
  for (const LayerResult& layer : layers)
    events += layer.timeline ? events_of(*layer.timeline) : causes_with_cycles(layer.cycles);
  return events;
}

void bound_trace(std::vector<LayerResult>& layers, std::size_t most) {
  std::vector<std::size_t> events;
  std::size_t total = 0;
  for (const LayerResult& layer : layers) {
    events.push_back(layer.timeline ? events_of(*layer.timeline) : 0);
    total += layer.timeline ? events.back() : causes_with_cycles(layer.cycles);
  }
  while (total > most) {
    const auto largest = std::ranges::max_element(events);
    if (*largest == 0) return;  // nothing left to merge
    Timeline& timeline =
        *layers[static_cast<std::size_t>(std::distance(events.begin(), largest))].timeline;
    timeline.coarsen();
    const std::size_t now = events_of(timeline);
    total -= *largest - now;
    // A layer of one slice per row has nothing left to merge.
    *largest = now <= kTracks + kCauses ? 0 : now;
  }
}

std::string trace_note(const RunResult& run) {
  std::int64_t most = 1;
  std::uint64_t merged = 0;
  for (const LayerResult& layer : run.layers) {
    if (!layer.timeline || layer.timeline->tiles_per_slice() == 1) continue;
    ++merged;
    most = std::max(most, layer.timeline->tiles_per_slice());
  }
  if (merged == 0) return "";
  return fmt::format(
      "to keep the trace under {} events, a slice stands for several tiles in {} of {} {}, up to "
      "{} "
      "each; sums are exact",
      kMostTraceEvents, merged, run.layers.size(), plural(run.layers.size(), "layer"), most);
}

std::string trace_json(const RunResult& run) {
  Events events;
  add_names(events, run);
  std::uint64_t begin = 0;
  for (const LayerResult& layer : run.layers) {
    add_layer(events, layer, run.clock_Hz, begin);
    begin += layer.cycles.total();
  }
  Json about = {
      {"time_unit", "1 us in this file = 1 array cycle"},
      {"order_of_causes",
       "within a tile causes are grouped; waits before it and the last write-back are in place"},
      {"most_events", kMostTraceEvents},
      {"clock_Hz", run.clock_Hz},
      {"cycles", begin},
      {"version", run.provenance.version},
      {"command", run.provenance.command},
      {"result_digest", run.provenance.result_digest}};
  if (const std::string note = trace_note(run); !note.empty()) about["note"] = note;
  return fmt::format("{{\"otherData\": {},\n\"traceEvents\": [{}\n]}}\n", about.dump(),
                     events.text());
}

}  // namespace bitscale
