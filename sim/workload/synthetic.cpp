#include "sim/workload/synthetic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "sim/core/dispatch.hpp"
#include "sim/core/rng.hpp"
#include "sim/workload/data_errors.hpp"
#include "sim/workload/quantiles.hpp"
#include "sim/workload/tensor.hpp"

namespace bitscale {

namespace {

constexpr std::int64_t kBlock =
    512;  ///< elements made at once; small enough to stay in the first-level cache
constexpr int kMasterMagnitudeBits = 15;

static_assert(std::endian::native == std::endian::little,
              "halves of random words are in this order");

using RandomHalves = std::array<std::uint32_t, kBlock>;

/// How masters become values of the type.
struct Rounding {
  std::int32_t half = 0;
  std::int32_t shift = 0;
  std::int32_t low = 0, high = 0;
};

/// Elements 2i and 2i + 1 are the halves of word i.
BITSCALE_HOT void draw(const CounterRng& rng, std::uint64_t first_word, RandomHalves& halves) {
  std::array<std::uint64_t, kBlock / 2> words;
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = rng(first_word + i);
  std::memcpy(halves.data(), words.data(), sizeof(words));
}

/// |X| of 31 random bits, in master codes: the float format finds the octave and the segment in it.
BITSCALE_HOT void draw_magnitudes(const QuantileTable& table, const RandomHalves& halves,
                                  std::array<std::int32_t, kBlock>& magnitudes) {
  constexpr int kMantissaBits = 23;
  constexpr int kSegmentShift = kMantissaBits - QuantileTable::kStepBits;
  constexpr int kPositionShift = kSegmentShift - QuantileTable::kPositionBits;
  constexpr std::int32_t kFirstSegment = 127 << QuantileTable::kStepBits;
  constexpr std::int32_t kPositionMask = (1 << QuantileTable::kPositionBits) - 1;
  const std::int32_t* start = table.start.data();
  const std::int32_t* rise = table.rise.data();
  for (std::size_t i = 0; i < magnitudes.size(); ++i) {
    const auto word = static_cast<std::int32_t>((halves[i] >> 1U) | 1U);
    const auto bits = std::bit_cast<std::int32_t>(static_cast<float>(word));
    const std::int32_t segment = (bits >> kSegmentShift) - kFirstSegment;
    const std::int32_t position = (bits >> kPositionShift) & kPositionMask;
    const std::int32_t fixed =
        start[segment] + ((rise[segment] * position) >> QuantileTable::kPositionBits);
    magnitudes[i] = fixed >> QuantileTable::kFractionBits;
  }
}

/// Sign from the lowest bit of the random word, which the magnitude does not use.
BITSCALE_HOT void apply_signs(const RandomHalves& halves,
                              std::array<std::int32_t, kBlock>& masters) {
  for (std::size_t i = 0; i < masters.size(); ++i) {
    const std::int32_t sign = -static_cast<std::int32_t>(halves[i] & 1U);
    masters[i] = (masters[i] ^ sign) - sign;
  }
}

BITSCALE_HOT void round_masters(const Rounding& rounding,
                                std::array<std::int32_t, kBlock>& masters) {
  const Rounding r = rounding;
  for (std::int32_t& master : masters)
    master = std::clamp((master + r.half) >> r.shift, r.low, r.high);
}

BITSCALE_HOT void put_zeros(const RandomHalves& halves, std::uint32_t threshold,
                            std::array<std::int32_t, kBlock>& masters) {
  for (std::size_t i = 0; i < masters.size(); ++i)
    masters[i] = halves[i] < threshold ? 0 : masters[i];
}

BITSCALE_HOT void store(const std::int32_t* from, std::int16_t* to, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<std::int16_t>(from[i]);
}

void check(const TensorSource& source, const TensorType& type) {
  if (!(source.scale >= 0.0 && source.scale <= 4.0))
    refuse_tensor("",
                  fmt::format("scale: expected a number between 0 and 4, got {}", source.scale));
  if (!(source.zero_fraction >= 0.0 && source.zero_fraction <= 1.0))
    refuse_tensor("", fmt::format("zero_fraction: expected a number between 0 and 1, got {}",
                                  source.zero_fraction));
  if (magnitude_bits(type) < 0 || magnitude_bits(type) > kMasterMagnitudeBits)
    refuse_tensor("", fmt::format("bits: {} {} bits have no 16-bit master", type.bits,
                                  to_string(type.encoding)));
}

/// Values of every master code, for types whose rounding is no shift: [master + 2^15].
using MasterMap = std::vector<std::int16_t>;
constexpr std::int32_t kMasterMin = -(1 << kMasterMagnitudeBits);
constexpr std::int32_t kMasterMax = (1 << kMasterMagnitudeBits) - 1;

MasterMap log2_map(const TensorType& type) {
  const int shift = kMasterMagnitudeBits - magnitude_bits(type);
  MasterMap map;
  map.reserve(1 << 16);
  for (std::int32_t master = kMasterMin; master <= kMasterMax; ++master)
    map.push_back(round_to(master, shift, type));
  return map;
}

/// The nearest of ascending entries, the larger of two that are equally near.
MasterMap codebook_map(std::span<const std::int16_t> entries, const TensorType& type) {
  const int unit = 1 << (kMasterMagnitudeBits - magnitude_bits(type));
  MasterMap map;
  map.reserve(1 << 16);
  std::size_t entry = 0;
  for (std::int32_t master = kMasterMin; master <= kMasterMax; ++master) {
    while (entry + 1 < entries.size() && 2 * master >= (entries[entry] + entries[entry + 1]) * unit)
      ++entry;
    map.push_back(entries[entry]);
  }
  return map;
}

void look_up(const MasterMap& map, std::array<std::int32_t, kBlock>& masters) {
  for (std::int32_t& master : masters)
    master = map[static_cast<std::size_t>(std::clamp(master, kMasterMin, kMasterMax) - kMasterMin)];
}

/// Makes blocks of values for one tensor.
class Generator {
 public:
  Generator(const TensorSource& source, const TensorType& type, std::uint64_t stream)
      : distribution_(source.distribution),
        type_(type),
        values_(source.seed, stream),
        zeros_(source.seed, mix64(stream) + 1) {
    const int shift = kMasterMagnitudeBits - magnitude_bits(type);
    rounding_ = {shift > 0 ? 1 << (shift - 1) : 0, shift, min_value(type), max_value(type)};
    if (type.encoding != Encoding::binary_pm1)
      zero_threshold_ =
          static_cast<std::uint64_t>(std::llround(source.zero_fraction * 4294967296.0));
    constant_ = static_cast<std::int32_t>(std::llround(source.scale * (1 << kMasterMagnitudeBits)));
    if (distribution_ != Distribution::uniform && distribution_ != Distribution::constant)
      table_ = &magnitude_table(distribution_, source.scale);
    if (type.encoding == Encoding::log2) map_ = log2_map(type);
    if (type.encoding == Encoding::codebook)
      map_ = codebook_map(codebook_entries(source, type), type);
  }

  void make_block(std::int64_t block, std::int16_t* to, std::int64_t count) {
    const auto first_word = static_cast<std::uint64_t>(block) * (kBlock / 2);
    draw_masters(first_word);
    if (type_.encoding == Encoding::binary_pm1) {
      for (std::int32_t& master : masters_) master = master < 0 ? -1 : 1;
    } else if (!map_.empty()) {
      look_up(map_, masters_);
    } else {
      round_masters(rounding_, masters_);
    }
    if (zero_threshold_ > 0xffffffffULL) {
      masters_.fill(0);
    } else if (zero_threshold_ > 0) {
      draw(zeros_, first_word, halves_);
      put_zeros(halves_, static_cast<std::uint32_t>(zero_threshold_), masters_);
    }
    store(masters_.data(), to, count);
  }

 private:
  void draw_masters(std::uint64_t first_word) {
    if (distribution_ == Distribution::constant) {
      masters_.fill(constant_);
      return;
    }
    draw(values_, first_word, halves_);
    const bool is_unsigned = type_.encoding == Encoding::unsigned_;
    if (distribution_ == Distribution::uniform) {
      for (std::size_t i = 0; i < masters_.size(); ++i)
        masters_[i] = is_unsigned ? static_cast<std::int32_t>(halves_[i] >> 17U)
                                  : static_cast<std::int32_t>(halves_[i]) >> 16;
      return;
    }
    draw_magnitudes(*table_, halves_, masters_);
    // Magnitudes beyond full scale saturate while they are rounded.
    if (!is_unsigned && distribution_ != Distribution::half_normal) apply_signs(halves_, masters_);
  }

  Distribution distribution_;
  TensorType type_;
  CounterRng values_, zeros_;
  const QuantileTable* table_ = nullptr;
  Rounding rounding_;
  MasterMap map_;                     ///< empty where the type is rounded by a shift
  std::uint64_t zero_threshold_ = 0;  ///< of 2^32
  std::int32_t constant_ = 0;
  RandomHalves halves_{};
  std::array<std::int32_t, kBlock> masters_{};
};

/// Master codes at the quantiles (i + 1/2) / count, ascending.
std::vector<std::int32_t> master_quantiles(const TensorSource& source, std::int64_t count) {
  std::vector<std::int32_t> quantiles(static_cast<std::size_t>(count));
  const bool positive = source.distribution == Distribution::half_normal;
  RandomHalves halves{};
  for (std::int64_t i = 0; i < count; ++i) {
    auto& quantile = quantiles[static_cast<std::size_t>(i)];
    // Positions of the tail's probability: half of it lies on either side of a symmetric one.
    const std::int64_t from_end = positive || 2 * i >= count ? count - 1 - i : i;
    const std::int64_t words = std::int64_t{1} << (positive ? 31 : 32);
    halves[static_cast<std::size_t>(i)] =
        static_cast<std::uint32_t>((2 * from_end + 1) * words / count);
    if (source.distribution == Distribution::uniform)
      quantile =
          static_cast<std::int32_t>(((2 * i + 1) << kMasterMagnitudeBits) / count) + kMasterMin;
    if (source.distribution == Distribution::constant)
      quantile =
          static_cast<std::int32_t>(std::llround(source.scale * (1 << kMasterMagnitudeBits)));
  }
  if (source.distribution == Distribution::uniform || source.distribution == Distribution::constant)
    return quantiles;
  std::array<std::int32_t, kBlock> magnitudes{};
  draw_magnitudes(magnitude_table(source.distribution, source.scale), halves, magnitudes);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int32_t magnitude = magnitudes[static_cast<std::size_t>(i)];
    quantiles[static_cast<std::size_t>(i)] = !positive && 2 * i < count ? -magnitude : magnitude;
  }
  return quantiles;
}

}  // namespace

std::vector<std::int16_t> codebook_entries(const TensorSource& source, const TensorType& type) {
  check(source, type);
  const int shift = kMasterMagnitudeBits - magnitude_bits(type);
  std::vector<std::int16_t> entries;
  for (const std::int32_t quantile : master_quantiles(source, std::int64_t{1} << type.bits))
    entries.push_back(round_to(quantile, shift, type));
  if (source.zero_fraction > 0) {
    *std::min_element(entries.begin(), entries.end(),
                      [](int a, int b) { return std::abs(a) < std::abs(b); }) = 0;
  }
  return entries;
}

void fill_synthetic(const TensorSource& source, const TensorType& type, std::uint64_t stream,
                    std::int64_t first_index, std::span<std::int16_t> values) {
  check(source, type);
  Generator generator(source, type, stream);
  const auto total = static_cast<std::int64_t>(values.size());
  std::array<std::int16_t, kBlock> scratch{};
  std::int64_t done = 0;
  while (done < total) {
    const std::int64_t index = first_index + done;
    const std::int64_t skip = index % kBlock;
    const std::int64_t count = std::min(kBlock - skip, total - done);
    if (skip == 0) {
      generator.make_block(index / kBlock, values.data() + done, count);
    } else {
      generator.make_block(index / kBlock, scratch.data(), kBlock);
      std::copy_n(scratch.begin() + skip, count, values.begin() + done);
    }
    done += count;
  }
}

}  // namespace bitscale
