#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sim/core/errors.hpp"
#include "sim/import/scale_sim.hpp"

/// Any bytes are a topology or refused by a bitscale::Error; one that is read is written and read
/// again with as much work in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace importing = bitscale::importing;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  bitscale::Workload workload;
  try {
    workload = importing::check_tree(
        importing::to_tree(importing::read_scale_sim(text, "fuzz.csv", {8, 8})));
  } catch (const bitscale::Error&) {
    return 0;
  }
  const auto macs_of = [](const bitscale::Workload& net) {
    std::int64_t macs = 0;
    for (const bitscale::Layer& layer : net.layers) macs += layer.shape.macs();
    return macs;
  };
  // What hangs over the edge of a largest input is over the limit when written out.
  for (const bitscale::Layer& layer : workload.layers) {
    const bitscale::LayerShape& s = layer.shape;
    if (std::max(s.H + s.pad_bottom, s.W + s.pad_right) > bitscale::kMaxExtent) return 0;
  }
  const std::string again = importing::write_scale_sim(workload).csv;
  bitscale::Workload copy;
  try {
    copy = importing::check_tree(
        importing::to_tree(importing::read_scale_sim(again, "again.csv", {8, 8})));
  } catch (const bitscale::Error&) {
    std::abort();
  }
  if (macs_of(copy) != macs_of(workload)) std::abort();
  return 0;
}
