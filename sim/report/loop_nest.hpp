#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sim/report/result.hpp"
#include "sim/report/table.hpp"

namespace bitscale {

/// The loop nest of every layer as nested loops with what each level holds and moves, and the same
/// tiles as a machine file states them; '' of a run without nests.
[[nodiscard]] std::string loop_nests_text(const RunResult& run, const TextStyle& style = {});

[[nodiscard]] nlohmann::ordered_json loop_nest_json(const LoopNest& nest);

}  // namespace bitscale
