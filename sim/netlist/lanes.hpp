#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bitscale::netlist {

/// Which instructions a bit-sliced kernel may use. All of them compute the same bits and counts.
/// Chosen at run time, so that builds stay portable and every path can be tested on one machine.
enum class VectorPath { plain, avx2, avx512 };

/// Can this machine run the path? `plain` always.
[[nodiscard]] bool supported(VectorPath path);
/// The widest supported one.
[[nodiscard]] VectorPath best_path();
/// 64-bit words that one vector of the path holds.
[[nodiscard]] std::size_t vector_words(VectorPath path);

/// Zeroed words that start on a boundary fit for every vector.
class AlignedWords {
 public:
  AlignedWords() = default;
  explicit AlignedWords(std::size_t words) : blocks_((words + 7) / 8) {}
  [[nodiscard]] std::uint64_t* data() {
    return blocks_.empty() ? nullptr : blocks_.front().words.data();
  }

 private:
  struct alignas(64) Block {
    std::array<std::uint64_t, 8> words{};
  };
  std::vector<Block> blocks_;
};

/// 64 * W lanes as one machine value; the compiler's vector extension lets one source serve all
/// paths.
template <std::size_t W>
struct Lanes {
  typedef std::uint64_t Vector __attribute__((vector_size(8 * W), may_alias));  // NOLINT
};

// Kernels are written once and inlined into one function per path, which sets the instructions.
#define BITSCALE_KERNEL inline __attribute__((always_inline))
#if defined(__x86_64__)
#define BITSCALE_AVX2 __attribute__((target("avx2,bmi2,popcnt")))
#define BITSCALE_AVX512 \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,bmi2,popcnt")))
#else
#define BITSCALE_AVX2
#define BITSCALE_AVX512
#endif

}  // namespace bitscale::netlist
