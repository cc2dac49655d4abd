#include "sim/netlist/registers.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace bitscale::netlist {
namespace {

/// 'name' of flip-flop name[bit].
std::string register_name(const Netlist& netlist, NodeId flip_flop) {
  const std::string name = node_name(netlist, flip_flop);
  return name.substr(0, name.rfind('['));
}

/// Flip-flops by the name they share, in order of appearance; bits as Builder::flip_flops made
/// them, least significant first.
std::vector<Bus> registers_of(const Netlist& netlist, std::string_view prefix) {
  std::vector<Bus> registers;
  std::map<std::string, std::size_t> places;
  for (NodeId id = 0; id < netlist.nodes.size(); ++id) {
    if (netlist.nodes[id].cell != Cell::flip_flop) continue;
    const std::string name = register_name(netlist, id);
    if (!name.starts_with(prefix)) continue;
    const auto [place, is_new] = places.emplace(name, registers.size());
    if (is_new) registers.push_back({name, {}, false});
    registers[place->second].bits.push_back(id);
  }
  return registers;
}

}  // namespace

CutNetlist cut_registers(const Netlist& netlist, std::string_view prefix) {
  CutNetlist cut{netlist, netlist.inputs.size(), 0};
  Netlist& open = cut.netlist;
  // What drives and loads a net does not change because we look inside.
  open.weight_halves = node_weight_halves(netlist);
  for (Bus& bus : registers_of(netlist, prefix)) {
    cut.flip_flops += bus.bits.size();
    Bus next{bus.name + "_next", {}, false};
    for (const NodeId bit : bus.bits) next.bits.push_back(netlist.nodes[bit].in[0]);
    const auto shows_it = [&](const Bus& output) { return output.bits == bus.bits; };
    const auto shown = std::ranges::find_if(open.outputs, shows_it);
    if (shown != open.outputs.end()) bus.is_signed = next.is_signed = shown->is_signed;
    std::erase_if(open.outputs, shows_it);
    for (const NodeId bit : bus.bits) {
      open.nodes[bit] = {Cell::input, false, {kNoNode, kNoNode, kNoNode}};
      open.state_inputs.push_back(bit);
    }
    open.inputs.push_back(std::move(bus));
    open.outputs.push_back(std::move(next));
  }
  check(open);
  return cut;
}

}  // namespace bitscale::netlist
