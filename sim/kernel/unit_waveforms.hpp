#pragma once

#include <cstdint>
#include <string>

#include "arch/unit.hpp"

namespace bitscale::kernel {

/// Runs one clocked unit on `steps` random operand sets and writes the waveforms of its pins to
/// `path`, which ends in .vcd. The first step clears the accumulator. Throws IoError where the file
/// cannot be written. One call at a time per process.
void write_unit_waveforms(const Unit& unit, std::int64_t lanes, const OperandTypes& types,
                          std::int64_t steps, const std::string& path);

}  // namespace bitscale::kernel
