#pragma once

#include <cstdint>

#include "sim/mapping/mapping.hpp"
#include "sim/workload/operands.hpp"

namespace bitscale {

/// Zeros that one pair of run-length code can stand for: what its 5 bits count.
inline constexpr std::int64_t kLongestRun = 31;
inline constexpr int kRunBits = 5;

/// Bits of `tensor` as DRAM holds it, elements of `element_bits` each, in the tensor's own order.
/// bitmap: a flag per element and the elements that are not zero. run_length: pairs of a run of at
/// most 31 zeros and the element behind it (as Eyeriss codes its activations), which is a zero
/// itself where the run is longer, or the tensor ends with zeros. Can exceed the raw bits.
[[nodiscard]] std::int64_t coded_bits(const Tensor& tensor, int element_bits, Compression code);

/// The shares of their raw bits at which a layer's operands are fetched: their exact coded size,
/// or raw where the code would make a tensor larger (a flag per tensor, which is not counted).
/// Tiles then take that share of their bits each, as if zeros were spread evenly. Outputs are
/// written raw: the zeros of what the next layer makes of them are not known here.
void compress_operands(Mapping& mapping, const Operands& operands);

}  // namespace bitscale
