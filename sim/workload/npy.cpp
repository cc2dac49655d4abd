#include "sim/workload/npy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <bitset>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "sim/core/errors.hpp"
#include "sim/workload/data_errors.hpp"
#include "sim/workload/encodings.hpp"

namespace bitscale {

namespace {

static_assert(std::endian::native == std::endian::little, "elements are copied as they are");

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return fmt::format("({})", fmt::join(shape, ", "));
}

std::vector<std::int64_t> without_ones(std::vector<std::int64_t> shape) {
  std::erase(shape, 1);
  return shape;
}

void check_shape(const NpyHeader& header, const std::string& name, const Tensor& tensor) {
  const std::vector<std::int64_t> expected = {tensor.n, tensor.c, tensor.h, tensor.w};
  if (without_ones(header.shape) == without_ones(expected)) return;
  refuse_tensor(name, fmt::format("expected shape {}, got {}", shape_text(expected),
                                  shape_text(header.shape)));
}

/// Rounds from the file's own full scale where its width is stated, else checks the range.
class Importer {
 public:
  Importer(const std::string& name, int source_bits, const TensorType& type)
      : name_(name), to_(type), own_(type) {
    if (source_bits > 0) {
      own_.bits = source_bits;
      // A width by itself is that of integers, from which the other encodings are rounded.
      if (own_.encoding != Encoding::unsigned_) own_.encoding = Encoding::twos;
    }
    shift_ = magnitude_bits(own_) - magnitude_bits(to_);
  }

  template <typename T>
  void run(const std::byte* data, std::vector<std::int16_t>& values) const {
    for (std::size_t i = 0; i < values.size(); ++i) {
      T element{};
      std::memcpy(&element, data + i * sizeof(T), sizeof(T));
      const auto value = static_cast<std::int64_t>(element);  // NOLINT(bugprone-signed-char-misuse)
      if (!is_value(own_, value))
        refuse_tensor(name_,
                      fmt::format("element {} is {}, outside {}", i, value, describe_values(own_)));
      values[i] = round_to(value, shift_, to_);
    }
  }

 private:
  const std::string& name_;
  TensorType to_, own_;
  int shift_ = 0;
};

/// A codebook's table is what its file holds: as many different values as indices can name.
void check_codebook(const std::string& name, const Tensor& tensor) {
  if (tensor.type.encoding != Encoding::codebook) return;
  std::bitset<1U << 16U> seen;
  for (const std::int16_t value : tensor.values) seen.set(static_cast<std::uint16_t>(value));
  const std::size_t entries = std::size_t{1} << static_cast<unsigned>(tensor.type.bits);
  if (seen.count() <= entries) return;
  refuse_tensor(name, fmt::format("holds {} different values; a codebook of {} bits has {} entries",
                                  seen.count(), tensor.type.bits, entries));
}

void import_values(const NpyHeader& header, const std::byte* data, const Importer& importer,
                   std::vector<std::int16_t>& values) {
  switch (header.type) {
    case NpyType::u1:
      return importer.run<std::uint8_t>(data, values);
    case NpyType::i1:
      return importer.run<std::int8_t>(data, values);
    case NpyType::u2:
      return importer.run<std::uint16_t>(data, values);
    case NpyType::i2:
      return importer.run<std::int16_t>(data, values);
    case NpyType::i4:
      return importer.run<std::int32_t>(data, values);
    case NpyType::i8:
      return importer.run<std::int64_t>(data, values);
  }
}

[[noreturn]] void unreadable(const std::string& path, const std::string& reason) {
  throw IoError(fmt::format("{}: error: cannot read the file: {}", path, reason));
}

}  // namespace

void decode_npy(std::span<const std::byte> file, const std::string& name, int source_bits,
                Tensor& tensor) {
  const NpyHeader header = parse_npy_header(file, file.size(), name);
  check_shape(header, name, tensor);
  tensor.values.resize(static_cast<std::size_t>(header.elements));
  import_values(header, file.data() + header.data_offset, Importer(name, source_bits, tensor.type),
                tensor.values);
  check_codebook(name, tensor);
  tensor.origin = Origin::real;
}

void read_npy(const std::string& path, int source_bits, Tensor& tensor) {
  std::error_code problem;
  const auto status = std::filesystem::status(path, problem);
  if (!std::filesystem::exists(status)) unreadable(path, "no such file");
  if (!std::filesystem::is_regular_file(status)) unreadable(path, "not a regular file");
  const std::uint64_t size = std::filesystem::file_size(path, problem);
  if (problem) unreadable(path, problem.message());
  std::ifstream stream(path, std::ios::binary);
  if (!stream) unreadable(path, "permission denied");
  // The header is checked before the rest is read: it, not the file, bounds the memory taken.
  std::vector<std::byte> bytes(std::min<std::uint64_t>(size, (std::uint64_t{1} << 20U) + 12));
  if (!stream.read(reinterpret_cast<char*>(bytes.data()), std::ssize(bytes)))
    unreadable(path, "it ended early");
  check_shape(parse_npy_header(bytes, size, path), path, tensor);
  const std::size_t prefix = bytes.size();
  bytes.resize(size);
  stream.read(reinterpret_cast<char*>(bytes.data() + prefix),
              static_cast<std::streamsize>(size - prefix));
  if (!stream) unreadable(path, "it ended early");
  decode_npy(bytes, path, source_bits, tensor);
}

std::vector<std::byte> encode_npy(const Tensor& tensor) {
  std::string text =
      fmt::format("{{'descr': '<i2', 'fortran_order': False, 'shape': ({}, {}, {}, {}), }}",
                  tensor.n, tensor.c, tensor.h, tensor.w);
  // Ten bytes before the dictionary; the data start at a multiple of 64.
  text.append(63 - (10 + text.size()) % 64, ' ');
  text += '\n';
  std::string head("\x93NUMPY\x01\x00", 8);
  head += static_cast<char>(text.size() & 0xffU);
  head += static_cast<char>(text.size() >> 8U);
  head += text;
  const std::size_t data_bytes = tensor.values.size() * sizeof(std::int16_t);
  std::vector<std::byte> file(head.size() + data_bytes);
  std::memcpy(file.data(), head.data(), head.size());
  if (data_bytes > 0) std::memcpy(file.data() + head.size(), tensor.values.data(), data_bytes);
  return file;
}

void write_npy(const std::string& path, const Tensor& tensor) {
  const std::vector<std::byte> file = encode_npy(tensor);
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  if (stream) stream.write(reinterpret_cast<const char*>(file.data()), std::ssize(file));
  stream.close();
  if (!stream) throw IoError(fmt::format("{}: error: cannot write the file", path));
}

}  // namespace bitscale
