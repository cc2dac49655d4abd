#include "sim/activity/window_columns.hpp"

#include <algorithm>
#include <array>

namespace bitscale {

using netlist::Stimulus;

namespace {

constexpr std::size_t kGroup = 64;

void put_bits(std::uint64_t* words, const UnitGates::OwnRegister& place, std::uint64_t value) {
  for (std::size_t bit = 0; bit < place.bits; ++bit) {
    const std::size_t at = place.first_bit + bit;
    words[at / kGroup] |= (value >> bit & 1U) << (at % kGroup);
  }
}

}  // namespace

Stimulus side_by_side(const netlist::Netlist& netlist, const std::vector<std::uint32_t>& planes,
                      const std::vector<Excerpt>& excerpts, std::size_t width,
                      std::size_t columns) {
  const std::size_t groups = (excerpts.size() + kGroup - 1) / kGroup;
  Stimulus stimulus(netlist, columns, groups * kGroup);
  std::array<std::uint64_t, kGroup> block{};
  for (std::size_t column = 0; column < columns; ++column) {
    for (std::size_t group = 0; group < groups; ++group) {
      const std::size_t lanes = std::min(kGroup, excerpts.size() - group * kGroup);
      for (std::size_t word = 0; word < width; ++word) {
        block.fill(0);
        for (std::size_t i = 0; i < lanes; ++i) {
          const Excerpt& excerpt = excerpts[group * kGroup + i];
          const std::vector<std::uint64_t>& all = excerpt.window->columns;
          const std::size_t at = excerpt.first + column;
          block.at(i) = all[std::min(at, all.size() / width - 1) * width + word];
        }
        netlist::transpose64(block);
        const std::size_t bits = std::min(kGroup, planes.size() - word * kGroup);
        for (std::size_t bit = 0; bit < bits; ++bit) {
          const std::uint32_t plane = planes[word * kGroup + bit];
          if (plane != UnitGates::kNoPlane) stimulus.set_word(column, plane, group, block.at(bit));
        }
      }
    }
  }
  return stimulus;
}

std::vector<Excerpt> whole(const std::vector<Window>& windows) {
  std::vector<Excerpt> excerpts;
  excerpts.reserve(windows.size());
  for (const Window& window : windows) excerpts.push_back({&window, 0});
  return excerpts;
}

void follow_registers(const UnitGates& gates, std::vector<Window>& windows) {
  if (gates.own_registers().empty()) return;
  const std::size_t width = gates.packed_words();
  std::size_t columns = 0;
  for (const Window& window : windows)
    columns = std::max(columns, window.settling + window.transitions);
  const Stimulus stimulus =
      side_by_side(gates.follower(), gates.follower_planes(), whole(windows), width, columns);
  const netlist::Response response(gates.follower(), stimulus);
  for (std::size_t lane = 0; lane < windows.size(); ++lane) {
    Window& window = windows[lane];
    for (std::size_t column = 0; column < window.settling + window.transitions; ++column) {
      std::uint64_t* words = window.columns.data() + column * width;
      for (std::size_t i = 0; i < gates.own_registers().size(); ++i) {
        const std::int64_t value = response.value(column, i, lane);
        put_bits(words, gates.own_registers()[i], static_cast<std::uint64_t>(value));
      }
    }
    const auto dropped = static_cast<std::ptrdiff_t>((window.settling - 1) * width);
    window.columns.erase(window.columns.begin(), window.columns.begin() + dropped);
    window.settling = 1;
  }
}

}  // namespace bitscale
