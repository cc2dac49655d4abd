#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/workload/tensor.hpp"

namespace bitscale {

/// Element types of .npy files that can be read: little-endian integers.
enum class NpyType { u1, i1, u2, i2, i4, i8 };

/// What the header of a .npy file says (NumPy enhancement proposal 1, versions 1.0, 2.0 and 3.0).
struct NpyHeader {
  NpyType type = NpyType::i2;
  std::vector<std::int64_t> shape;
  std::int64_t elements = 0;  ///< product of the shape
  std::size_t element_bytes = 2;
  std::size_t data_offset = 0;  ///< bytes from the file's start to the first element
};

/// Reads the header in `start`, the first bytes of a file of file_bytes bytes (1 MiB of them, or
/// all), and checks that the data fill the rest of the file exactly; nothing is allocated by what
/// the header claims. `name` is the file in messages. Throws IoError for anything that is not a
/// well-formed file, ConfigError for a file that is but holds something else: floating point,
/// big-endian or Fortran-ordered data.
[[nodiscard]] NpyHeader parse_npy_header(std::span<const std::byte> start, std::uint64_t file_bytes,
                                         const std::string& name);

/// Fills `tensor` (extents and type set by the caller) from the bytes of a whole file. The file's
/// shape must be the tensor's four extents, or equal them where axes of extent 1 are left out on
/// both sides. source_bits 0: values must be in the tensor's type; else the values' own width, from
/// which they are rounded to the type. Throws as parse_npy_header, and ConfigError for another
/// shape, a value out of range, by its index, or more different values than a codebook has entries.
void decode_npy(std::span<const std::byte> file, const std::string& name, int source_bits,
                Tensor& tensor);

/// decode_npy of the file at `path`; IoError where it cannot be read. The values count as real.
void read_npy(const std::string& path, int source_bits, Tensor& tensor);

/// A tensor as .npy file, version 1.0, '<i2', four axes.
[[nodiscard]] std::vector<std::byte> encode_npy(const Tensor& tensor);

/// Writes encode_npy to `path`. Throws IoError.
void write_npy(const std::string& path, const Tensor& tensor);

}  // namespace bitscale
