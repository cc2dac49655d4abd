#include "sim/netlist/lanes.hpp"

namespace bitscale::netlist {

bool supported(VectorPath path) {
#if defined(__x86_64__)
  switch (path) {
    case VectorPath::plain:
      return true;
    case VectorPath::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    case VectorPath::avx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  }
#endif
  return path == VectorPath::plain;
}

VectorPath best_path() {
  static const VectorPath kBest = supported(VectorPath::avx512) ? VectorPath::avx512
                                  : supported(VectorPath::avx2) ? VectorPath::avx2
                                                                : VectorPath::plain;
  return kBest;
}

std::size_t vector_words(VectorPath path) {
  switch (path) {
    case VectorPath::plain:
      return 1;
    case VectorPath::avx2:
      return 4;
    case VectorPath::avx512:
      return 8;
  }
  return 1;
}

}  // namespace bitscale::netlist
