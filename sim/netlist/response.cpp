#include <array>

#include "sim/netlist/toggles.hpp"
#include "sim/netlist/zero_delay_kernel.hpp"

namespace bitscale::netlist {
namespace {

/// Settles the netlist step by step; a step's planes of all output bits go to `outputs`.
template <std::size_t W>
BITSCALE_KERNEL void respond(const Program& program, const Stimulus& stimulus, const Bits& bits,
                             std::uint64_t* values, std::uint64_t* outputs) {
  using Vector = typename Lanes<W>::Vector;
  std::vector<std::uint64_t> next(program.flip_flops.size() * W);
  ZeroDelayCounters<W, 1> counters(program.class_weight_halves.size());
  for (std::size_t chunk = 0; chunk * W < stimulus.words(); ++chunk) {
    for (std::size_t step = 0; step < stimulus.steps(); ++step) {
      if (step == 0) {
        clock_flip_flops<W, true>(program, values, next, counters);
      } else {
        clock_flip_flops<W, false>(program, values, next, counters);
      }
      load_inputs<W, 1, false>(program, stimulus, step, chunk, values, counters);
      run_block<W, 1, false>(program, values, counters);
      const auto* nodes = reinterpret_cast<const Vector*>(values);
      for (std::size_t i = 0; i < bits.size(); ++i) {
        std::uint64_t* plane = outputs + (step * bits.size() + i) * kPlaneWords + chunk * W;
        __builtin_memcpy(plane, &nodes[bits[i]], sizeof(Vector));
      }
    }
  }
}

void respond_plain(const Program& p, const Stimulus& s, const Bits& bits, std::uint64_t* values,
                   std::uint64_t* outputs) {
  respond<1>(p, s, bits, values, outputs);
}
BITSCALE_AVX2 void respond_avx2(const Program& p, const Stimulus& s, const Bits& bits,
                                std::uint64_t* values, std::uint64_t* outputs) {
  respond<4>(p, s, bits, values, outputs);
}
BITSCALE_AVX512 void respond_avx512(const Program& p, const Stimulus& s, const Bits& bits,
                                    std::uint64_t* values, std::uint64_t* outputs) {
  respond<8>(p, s, bits, values, outputs);
}

std::int64_t sign_extend(std::uint64_t value, std::size_t bits) {
  const std::uint64_t sign = std::uint64_t{1} << (bits - 1);
  return static_cast<std::int64_t>((value ^ sign) - sign);
}

}  // namespace

Response::Response(const Netlist& netlist, const Stimulus& stimulus, VectorPath path)
    : buses_(netlist.outputs.size()),
      lanes_(stimulus.lanes()),
      values_(stimulus.steps() * buses_ * lanes_) {
  const Program program(netlist);
  Bits bits;
  for (const Bus& bus : netlist.outputs) bits.insert(bits.end(), bus.bits.begin(), bus.bits.end());
  AlignedWords nodes(program.node_count * kPlaneWords);
  program.set_constants(nodes.data(), vector_words(path));
  std::vector<std::uint64_t> planes(stimulus.steps() * bits.size() * kPlaneWords);
  switch (path) {
    case VectorPath::plain:
      respond_plain(program, stimulus, bits, nodes.data(), planes.data());
      break;
    case VectorPath::avx2:
      respond_avx2(program, stimulus, bits, nodes.data(), planes.data());
      break;
    case VectorPath::avx512:
      respond_avx512(program, stimulus, bits, nodes.data(), planes.data());
      break;
  }
  std::array<std::uint64_t, 64> block{};
  const std::uint64_t* plane = planes.data();
  for (std::size_t step = 0; step < stimulus.steps(); ++step) {
    for (std::size_t bus = 0; bus < buses_; ++bus) {
      const Bus& of = netlist.outputs[bus];
      for (std::size_t word = 0; word < stimulus.words(); ++word) {
        block.fill(0);
        for (std::size_t bit = 0; bit < of.bits.size(); ++bit) {
          block.at(bit) = plane[bit * kPlaneWords + word];
        }
        transpose64(block);
        for (std::size_t lane = 0; lane < 64; ++lane) {
          values_[(step * buses_ + bus) * lanes_ + word * 64 + lane] =
              of.is_signed ? sign_extend(block.at(lane), of.bits.size())
                           : static_cast<std::int64_t>(block.at(lane));
        }
      }
      plane += of.bits.size() * kPlaneWords;
    }
  }
}

}  // namespace bitscale::netlist
