#pragma once

#include <cstdint>
#include <optional>

#include "sim/core/account.hpp"
#include "sim/mapping/schedule.hpp"

namespace bitscale {

/// The oracle for ideal memory: cycles by cause from products of loop counts; only drains that the
/// passes do not hide, and what crosses tiles, take a recurrence over the passes. Exact, cause for
/// cause, for a layer with ideal DRAM; for a real channel the array's own share, every wait for the
/// channel left out.
[[nodiscard]] CycleAccount closed_form(const Mapping& mapping);

/// Array cycles that no schedule with this traffic can undercut: the closed form's own cycles, or
/// what the channel needs for the bits of `traffic` (read and written), whichever is larger.
[[nodiscard]] std::uint64_t bandwidth_bound(const Mapping& mapping, const Traffic& traffic);

/// Array cycles that `bits` occupy the channel, rounded up to memory cycles and then to array
/// cycles.
[[nodiscard]] std::int64_t channel_cycles(const DramConfig& dram, std::int64_t clock_Hz,
                                          std::int64_t bits);
[[nodiscard]] std::int64_t channel_cycles(const Mapping& mapping, std::int64_t bits);

/// The roofs of a layer: products per cycle when no position is ever idle, and the channel's bits
/// per array cycle (nothing for ideal memory).
[[nodiscard]] double peak_macs_per_cycle(const Mapping& mapping);
[[nodiscard]] std::optional<double> channel_bits_per_cycle(const DramConfig& dram,
                                                           std::int64_t clock_Hz);

}  // namespace bitscale
