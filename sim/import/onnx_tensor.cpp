#include "sim/import/onnx_tensor.hpp"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>

#include "sim/config/values.hpp"
#include "sim/core/checked.hpp"
#include "sim/core/errors.hpp"
#include "sim/workload/shapes.hpp"

namespace bitscale::importing {
namespace {

namespace fs = std::filesystem;
using onnx::TensorProto;

static_assert(std::endian::native == std::endian::little, "raw data are little-endian");

/// Bytes of one element in raw data; 0 for types that are no real numbers.
std::int64_t element_bytes(int type) {
  switch (type) {
    case TensorProto::UINT8:
    case TensorProto::INT8:
    case TensorProto::BOOL:
      return 1;
    case TensorProto::UINT16:
    case TensorProto::INT16:
    case TensorProto::FLOAT16:
    case TensorProto::BFLOAT16:
      return 2;
    case TensorProto::FLOAT:
    case TensorProto::INT32:
    case TensorProto::UINT32:
      return 4;
    case TensorProto::DOUBLE:
    case TensorProto::INT64:
    case TensorProto::UINT64:
      return 8;
    default:
      return 0;
  }
}

/// Elements in the field that onnx.proto assigns to the type.
std::int64_t typed_elements(const TensorProto& tensor) {
  switch (tensor.data_type()) {
    case TensorProto::FLOAT:
      return tensor.float_data_size();
    case TensorProto::DOUBLE:
      return tensor.double_data_size();
    case TensorProto::INT64:
      return tensor.int64_data_size();
    case TensorProto::UINT32:
    case TensorProto::UINT64:
      return tensor.uint64_data_size();
    default:
      return tensor.int32_data_size();
  }
}

std::optional<std::int64_t> count_of(const TensorProto& tensor) {
  std::int64_t count = 1;
  for (const std::int64_t extent : tensor.dims()) {
    const auto product = extent < 0 ? std::nullopt : checked_multiply(count, extent);
    if (!product) return std::nullopt;
    count = *product;
  }
  return count;
}

/// Where a tensor's data lie outside the model file.
struct External {
  std::string location;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
};

bool parse_size(const std::string& text, std::uint64_t& value) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

/// Nothing where an entry is not what onnx.proto says.
std::optional<External> external_of(const TensorProto& tensor) {
  External external;
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") external.location = entry.value();
    if (entry.key() == "offset" && !parse_size(entry.value(), external.offset)) return std::nullopt;
    std::uint64_t length = 0;
    if (entry.key() == "length" && !parse_size(entry.value(), length)) return std::nullopt;
    if (entry.key() == "length") external.length = length;
  }
  return external;
}

/// A path that stays in its folder: relative, without `..`.
bool stays_inside(const std::string& location) {
  const fs::path path(location);
  if (location.empty() || path.is_absolute() || location.find('\0') != std::string::npos)
    return false;
  for (const fs::path& part : path) {
    if (part == "..") return false;
  }
  return true;
}

std::string external_problem(const TensorProto& tensor, std::int64_t bytes) {
  const auto external = external_of(tensor);
  if (!external) return "its external data have an offset or length that is no number";
  if (!stays_inside(external->location))
    return fmt::format("its data lie outside the model's folder: '{}'",
                       config::excerpt(external->location));
  if (external->length && *external->length != static_cast<std::uint64_t>(bytes))
    return fmt::format("its shape needs {} bytes, its external data have {}", bytes,
                       *external->length);
  return "";
}

std::string shape_text(const TensorProto& tensor) {
  std::string text;
  for (const std::int64_t extent : tensor.dims())
    text += (text.empty() ? "" : " x ") + std::to_string(extent);
  return text.empty() ? "scalar" : config::excerpt(text);
}

float half_to_float(std::uint16_t half) {
  const float sign = (half & 0x8000U) != 0 ? -1.0F : 1.0F;
  const auto exponent = static_cast<int>((half >> 10U) & 0x1fU);
  const auto fraction = static_cast<float>(half & 0x3ffU);
  if (exponent == 0x1f) return std::numeric_limits<float>::quiet_NaN();  // infinities too
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024.0F + fraction, exponent - 25);
}

float bfloat_to_float(std::uint16_t value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16U);
}

template <typename T>
T load(const char* data, std::size_t index) {
  T value{};
  std::memcpy(&value, data + index * sizeof(T), sizeof(T));
  return value;
}

double raw_number(const char* data, int type, std::size_t index) {
  switch (type) {
    case TensorProto::FLOAT:
      return load<float>(data, index);
    case TensorProto::DOUBLE:
      return load<double>(data, index);
    case TensorProto::FLOAT16:
      return half_to_float(load<std::uint16_t>(data, index));
    case TensorProto::BFLOAT16:
      return bfloat_to_float(load<std::uint16_t>(data, index));
    case TensorProto::INT8:
      return load<std::int8_t>(data, index);
    case TensorProto::UINT8:
    case TensorProto::BOOL:
      return load<std::uint8_t>(data, index);
    case TensorProto::INT16:
      return load<std::int16_t>(data, index);
    case TensorProto::UINT16:
      return load<std::uint16_t>(data, index);
    case TensorProto::INT32:
      return load<std::int32_t>(data, index);
    case TensorProto::UINT32:
      return load<std::uint32_t>(data, index);
    case TensorProto::INT64:
      return static_cast<double>(load<std::int64_t>(data, index));
    default:
      return static_cast<double>(load<std::uint64_t>(data, index));
  }
}

double typed_number(const TensorProto& tensor, int index) {
  switch (tensor.data_type()) {
    case TensorProto::FLOAT:
      return tensor.float_data(index);
    case TensorProto::DOUBLE:
      return tensor.double_data(index);
    case TensorProto::INT64:
      return static_cast<double>(tensor.int64_data(index));
    case TensorProto::UINT32:
    case TensorProto::UINT64:
      return static_cast<double>(tensor.uint64_data(index));
    case TensorProto::FLOAT16:
      return half_to_float(static_cast<std::uint16_t>(tensor.int32_data(index)));
    case TensorProto::BFLOAT16:
      return bfloat_to_float(static_cast<std::uint16_t>(tensor.int32_data(index)));
    default:
      return tensor.int32_data(index);
  }
}

/// The bytes of a tensor outside the model, after every link was followed.
std::string read_external(const TensorProto& tensor, const std::string& folder) {
  const External external = *external_of(tensor);
  const auto bytes =
      static_cast<std::uint64_t>(element_count(tensor) * element_bytes(tensor.data_type()));
  std::error_code error;
  const fs::path root = fs::weakly_canonical(folder.empty() ? "." : folder, error);
  const fs::path path = fs::weakly_canonical(root / external.location, error);
  const auto refuse = [&](std::string_view reason) {
    throw IoError(fmt::format("{}: error: weights of '{}': {}", (root / external.location).string(),
                              config::excerpt(tensor.name()), reason));
  };
  const fs::path inside = path.lexically_relative(root);
  if (error || inside.empty() || *inside.begin() == "..")
    refuse("the file lies outside the model's folder");
  if (!fs::is_regular_file(path, error)) refuse("no such file");
  const std::uint64_t size = fs::file_size(path, error);
  if (error || external.offset > size || bytes > size - external.offset)
    refuse(fmt::format("{} bytes wanted behind byte {}, the file has {}", bytes, external.offset,
                       size));
  std::string data(bytes, '\0');
  std::ifstream stream(path, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(external.offset));
  if (!stream.read(data.data(), static_cast<std::streamsize>(bytes))) refuse("cannot be read");
  return data;
}

}  // namespace

std::string tensor_problem(const TensorProto& tensor) {
  const auto count = count_of(tensor);
  if (!count || *count > kMaxTensorElements)
    return fmt::format("its shape is {}; a tensor holds at most {} elements", shape_text(tensor),
                       kMaxTensorElements);
  const std::int64_t width = element_bytes(tensor.data_type());
  if (width == 0) return fmt::format("elements of type {}, no numbers", tensor.data_type());
  if (tensor.has_segment()) return "it is a segment of a tensor";
  if (tensor.data_location() == TensorProto::EXTERNAL)
    return external_problem(tensor, *count * width);
  if (tensor.has_raw_data()) {
    const auto present = static_cast<std::int64_t>(tensor.raw_data().size());
    if (present == *count * width) return "";
    return fmt::format("its shape {} needs {} bytes, the file has {}", shape_text(tensor),
                       *count * width, present);
  }
  const std::int64_t present = typed_elements(tensor);
  if (present == *count) return "";
  return fmt::format("its shape {} needs {} elements, the file has {}", shape_text(tensor), *count,
                     present);
}

std::int64_t element_count(const TensorProto& tensor) { return count_of(tensor).value_or(0); }

std::optional<std::vector<std::int64_t>> integers_of(const TensorProto& tensor) {
  const int type = tensor.data_type();
  if (type != TensorProto::INT64 && type != TensorProto::INT32) return std::nullopt;
  if (tensor.data_location() == TensorProto::EXTERNAL) return std::nullopt;
  std::vector<std::int64_t> values(static_cast<std::size_t>(element_count(tensor)));
  const char* raw = tensor.has_raw_data() ? tensor.raw_data().data() : nullptr;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int index = static_cast<int>(i);
    if (type == TensorProto::INT64) {
      values[i] = raw != nullptr ? load<std::int64_t>(raw, i) : tensor.int64_data(index);
    } else {
      values[i] = raw != nullptr ? load<std::int32_t>(raw, i) : tensor.int32_data(index);
    }
  }
  return values;
}

WeightAt numbers_of(const TensorProto& tensor, const std::string& folder) {
  const int type = tensor.data_type();
  if (tensor.data_location() == TensorProto::EXTERNAL) {
    const auto data = std::make_shared<const std::string>(read_external(tensor, folder));
    return [data, type](std::size_t i) { return raw_number(data->data(), type, i); };
  }
  if (tensor.has_raw_data()) {
    const char* data = tensor.raw_data().data();
    return [data, type](std::size_t i) { return raw_number(data, type, i); };
  }
  return [&tensor](std::size_t i) { return typed_number(tensor, static_cast<int>(i)); };
}

}  // namespace bitscale::importing
