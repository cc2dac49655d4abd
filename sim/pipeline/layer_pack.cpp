// A layer's unpriced result as CBOR: a list in the order of the members.
#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "sim/core/errors.hpp"
#include "sim/pipeline/run_reuse.hpp"

namespace bitscale {
namespace {

using Json = nlohmann::json;

Json pack(const std::vector<ActionCount>& actions) {
  Json list = Json::array();
  for (const ActionCount& a : actions) {
    list.push_back({a.component, static_cast<int>(a.action), a.width_a, a.width_b, a.capacity_bits,
                    a.access_bits, a.count});
  }
  return list;
}

std::vector<ActionCount> unpack_actions(const Json& list) {
  std::vector<ActionCount> actions;
  for (const Json& item : list) {
    ActionCount& a = actions.emplace_back();
    a.component = item.at(0).get<std::string>();
    a.action = static_cast<Action>(item.at(1).get<int>());
    a.width_a = item.at(2).get<int>();
    a.width_b = item.at(3).get<int>();
    a.capacity_bits = item.at(4).get<std::int64_t>();
    a.access_bits = item.at(5).get<std::int64_t>();
    a.count = item.at(6).get<std::uint64_t>();
  }
  return actions;
}

Json pack(const SwitchingSample& s) {
  return Json::array({s.full, s.transitions, s.sampled, s.units_per_transition,
                      s.relative_half_width, s.timed, s.glitch_factor,
                      s.glitch_relative_half_width});
}

SwitchingSample unpack_switching(const Json& item) {
  SwitchingSample s;
  s.full = item.at(0).get<bool>();
  s.transitions = item.at(1).get<std::uint64_t>();
  s.sampled = item.at(2).get<std::uint64_t>();
  s.units_per_transition = item.at(3).get<double>();
  s.relative_half_width = item.at(4).get<double>();
  s.timed = item.at(5).get<std::uint64_t>();
  s.glitch_factor = item.at(6).get<double>();
  s.glitch_relative_half_width = item.at(7).get<double>();
  return s;
}

Json pack(const OperandReport& o) {
  return Json::array({o.activations, o.weights, o.result, o.activation_zero_fraction,
                      o.weight_zero_fraction, o.effectual_macs});
}

OperandReport unpack_operands(const Json& item) {
  OperandReport o;
  o.activations = item.at(0).get<std::string>();
  o.weights = item.at(1).get<std::string>();
  o.result = item.at(2).get<std::string>();
  o.activation_zero_fraction = item.at(3).get<double>();
  o.weight_zero_fraction = item.at(4).get<double>();
  o.effectual_macs = item.at(5).get<std::uint64_t>();
  return o;
}

LayerResult unpack(const Json& json) {
  LayerResult r;
  std::size_t next = 0;
  const auto item = [&]() -> const Json& { return json.at(next++); };
  r.name = item().get<std::string>();
  r.kind = item().get<std::string>();
  r.macs = item().get<std::uint64_t>();
  r.cycles.by_cause = item().get<std::array<std::uint64_t, kCauses>>();
  const auto slots = item().get<std::array<std::uint64_t, 4>>();
  r.slots = {slots[0], slots[1], slots[2], slots[3]};
  const auto bits = item().get<std::array<int, 3>>();
  r.activation_bits = bits[0];
  r.weight_bits = bits[1];
  r.accumulator_bits = bits[2];
  r.operands = unpack_operands(item());
  r.actions = unpack_actions(item());
  r.values_computed = item().get<bool>();
  r.overflow_events = item().get<std::uint64_t>();
  if (const Json& widths = item(); !widths.is_null())
    r.widths = {widths.at(0).get<int>(), widths.at(1).get<int>()};
  const auto dram = item().get<std::array<std::uint64_t, 3>>();
  r.dram_bits_activations = dram[0];
  r.dram_bits_weights = dram[1];
  r.dram_bits_outputs = dram[2];
  if (const Json& raw = item(); !raw.is_null())
    r.dram_raw_bits = {raw.at(0).get<std::uint64_t>(), raw.at(1).get<std::uint64_t>()};
  if (const Json& check = item(); !check.is_null()) {
    r.check = {check.at(0).get<bool>(), check.at(1).get<std::uint64_t>(),
               check.at(2).get<std::string>(), check.at(3).get<bool>()};
  }
  r.mapping = item().get<std::string>();
  r.peak_macs_per_cycle = item().get<double>();
  if (const Json& channel = item(); !channel.is_null())
    r.channel_bits_per_cycle = channel.get<double>();
  if (const Json& switching = item(); !switching.is_null())
    r.switching = unpack_switching(switching);
  if (const Json& structure = item(); !structure.is_null())
    r.structure = {unpack_actions(structure), {}};
  return r;
}

}  // namespace

std::string pack_layer(const LayerResult& r) {
  Json json = Json::array({r.name, r.kind, r.macs, r.cycles.by_cause});
  json.push_back({r.slots.active, r.slots.guarded, r.slots.idle, r.slots.stalled});
  json.push_back({r.activation_bits, r.weight_bits, r.accumulator_bits});
  json.push_back(pack(r.operands));
  json.push_back(pack(r.actions));
  json.push_back(r.values_computed);
  json.push_back(r.overflow_events);
  json.push_back(r.widths ? Json::array({r.widths->needed, r.widths->guaranteed}) : Json());
  json.push_back({r.dram_bits_activations, r.dram_bits_weights, r.dram_bits_outputs});
  json.push_back(r.dram_raw_bits
                     ? Json::array({r.dram_raw_bits->activations, r.dram_raw_bits->weights})
                     : Json());
  json.push_back(r.check ? Json::array({r.check->matched, r.check->mismatches,
                                        r.check->first_mismatch, r.check->comparable})
                         : Json());
  json.push_back(r.mapping);
  json.push_back(r.peak_macs_per_cycle);
  json.push_back(r.channel_bits_per_cycle ? Json(*r.channel_bits_per_cycle) : Json());
  json.push_back(r.switching ? pack(*r.switching) : Json());
  json.push_back(r.structure ? pack(r.structure->actions) : Json());
  std::string bytes;
  Json::to_cbor(json, nlohmann::detail::output_adapter<char>(bytes));
  return bytes;
}

LayerResult unpack_layer(const std::string& content) {
  try {
    return unpack(Json::from_cbor(content));
  } catch (const Json::exception& error) {
    throw IoError(
        fmt::format("error: a stored simulation of a layer is damaged: {}", error.what()));
  }
}

}  // namespace bitscale
