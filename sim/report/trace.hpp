#pragma once

#include <string>
#include <vector>

#include "sim/report/result.hpp"

namespace bitscale {

/// Slices that a trace file holds at most, those of layers and the names of rows aside.
inline constexpr std::size_t kMostTraceEvents = 200000;

/// Events that the layers' timelines become in a trace file.
[[nodiscard]] std::size_t trace_events(const std::vector<LayerResult>& layers);

/// Makes slices of the longest timelines stand for more tiles each, until the layers fit into
/// `most` events. To be called as layers finish, so that timelines never take much memory.
void bound_trace(std::vector<LayerResult>& layers, std::size_t most = kMostTraceEvents);

/// The tile timelines of a run in the Trace Event Format that Perfetto and chrome://tracing open:
/// complete events, one row per part of the machine, layers one after another. One microsecond in
/// the file stands for one array cycle, because layers may run at different clocks.
[[nodiscard]] std::string trace_json(const RunResult& run);

/// Which layers' slices stand for several tiles; '' where none.
[[nodiscard]] std::string trace_note(const RunResult& run);

}  // namespace bitscale
