#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "sim/core/checked.hpp"
#include "sim/core/errors.hpp"
#include "sim/workload/data_errors.hpp"
#include "sim/workload/npy.hpp"

namespace bitscale {

namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr std::size_t kMaxHeader = std::size_t{1} << 20U;
constexpr std::size_t kMaxAxes = 32;  // NumPy's own limit

[[noreturn]] void malformed(const std::string& name, const std::string& what) {
  throw IoError(fmt::format("{}: error: {}", name, what));
}

struct TypeName {
  std::string_view descr;
  NpyType type;
  std::size_t bytes;
};

constexpr std::array<TypeName, 6> kTypes = {{{"|u1", NpyType::u1, 1},
                                             {"|i1", NpyType::i1, 1},
                                             {"<u2", NpyType::u2, 2},
                                             {"<i2", NpyType::i2, 2},
                                             {"<i4", NpyType::i4, 4},
                                             {"<i8", NpyType::i8, 8}}};

/// Reads the header's Python dictionary: the keys 'descr', 'fortran_order' and 'shape', once each.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  void run() {
    expect('{');
    while (!take('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr" && !descr) {
        if (peek() == '[') malformed(name_, "structured data types are not supported");
        descr = quoted();
      } else if (key == "fortran_order" && !fortran) {
        fortran = boolean();
      } else if (key == "shape" && !shape) {
        shape = tuple();
      } else {
        malformed(name_, fmt::format("unexpected key '{}' in the header", printable(key)));
      }
      if (!take(',') && peek() != '}') bad();
    }
    skip_spaces();
    if (at_ != text_.size()) bad();
    if (!descr || !fortran || !shape)
      malformed(name_, "the header lacks one of the keys 'descr', 'fortran_order', 'shape'");
  }

  /// Bytes that are not printable ASCII would spoil a terminal.
  static std::string printable(std::string_view text) {
    std::string result(text.substr(0, 40));
    std::replace_if(
        result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return result;
  }

  std::optional<std::string_view> descr;
  std::optional<bool> fortran;
  std::optional<std::vector<std::int64_t>> shape;

 private:
  [[noreturn]] void bad() const {
    malformed(name_, fmt::format("malformed header at byte {} of its dictionary", at_));
  }

  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }

  char peek() {
    skip_spaces();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }

  void expect(char wanted) {
    if (!take(wanted)) bad();
  }

  std::string_view quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') bad();
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) bad();
    const std::string_view content = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return content;
  }

  bool boolean() {
    skip_spaces();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_, word.size()) != word) continue;
      at_ += word.size();
      return value;
    }
    bad();
  }

  std::vector<std::int64_t> tuple() {
    std::vector<std::int64_t> extents;
    expect('(');
    while (!take(')')) {
      skip_spaces();
      std::int64_t extent = 0;
      const char* first = text_.data() + at_;
      const auto [end, problem] = std::from_chars(first, text_.data() + text_.size(), extent);
      if (problem == std::errc::result_out_of_range)
        malformed(name_, "the shape overflows 64 bits");
      if (problem != std::errc() || extent < 0) bad();
      at_ += static_cast<std::size_t>(end - first);
      if (extents.size() == kMaxAxes) malformed(name_, "more than 32 axes");
      extents.push_back(extent);
      // A tuple of one has its comma; others may.
      if (!take(',') && (peek() != ')' || extents.size() == 1)) bad();
    }
    return extents;
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
};

const TypeName& find_type(std::string_view descr, const std::string& name) {
  for (const TypeName& known : kTypes)
    if (known.descr == descr) return known;
  if (descr.starts_with("<f"))
    refuse_tensor(
        name, fmt::format("holds floating point ('{}'); quantise it first, for example in Python: "
                          "numpy.clip(numpy.round(x * 2**frac_bits), low, high).astype('<i2')",
                          HeaderParser::printable(descr)));
  if (descr.starts_with(">"))
    refuse_tensor(name, fmt::format("holds big-endian data ('{}'); expected little-endian: "
                                    "x.astype(x.dtype.newbyteorder('<'))",
                                    HeaderParser::printable(descr)));
  refuse_tensor(name,
                fmt::format("expected integers of type |u1, |i1, <u2, <i2, <i4 or <i8, got '{}'",
                            HeaderParser::printable(descr)));
}

/// The dictionary's text; sets where the data start.
std::string_view locate_dictionary(std::span<const std::byte> start, std::uint64_t file_bytes,
                                   const std::string& name, std::size_t& data_offset) {
  const std::string_view bytes(reinterpret_cast<const char*>(start.data()), start.size());
  if (!bytes.starts_with(kMagic))
    malformed(name, "not a .npy file: its first bytes are not \\x93NUMPY");
  if (bytes.size() < 10) malformed(name, "truncated: the file ends within its header");
  const auto byte = [&](std::size_t i) { return std::to_integer<std::size_t>(start[i]); };
  const std::size_t major = byte(6);
  if (major < 1 || major > 3 || byte(7) != 0)
    malformed(name, fmt::format(".npy version {}.{} is unknown; expected 1.0, 2.0 or 3.0", major,
                                byte(7)));
  const std::size_t length_bytes = major == 1 ? 2 : 4;
  const std::size_t text_offset = 8 + length_bytes;
  if (bytes.size() < text_offset) malformed(name, "truncated: the file ends within its header");
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) length |= byte(8 + i) << (8 * i);
  data_offset = text_offset + length;
  if (data_offset > file_bytes) malformed(name, "truncated: the file ends within its header");
  if (length > kMaxHeader || data_offset > bytes.size())
    malformed(name, fmt::format("a header of {} bytes; more than 1 MiB is refused", length));
  return bytes.substr(text_offset, length);
}

}  // namespace

NpyHeader parse_npy_header(std::span<const std::byte> start, std::uint64_t file_bytes,
                           const std::string& name) {
  NpyHeader header;
  HeaderParser parser(locate_dictionary(start, file_bytes, name, header.data_offset), name);
  parser.run();
  const TypeName& type = find_type(*parser.descr, name);
  header.type = type.type;
  header.element_bytes = type.bytes;
  header.shape = *parser.shape;
  if (*parser.fortran)
    refuse_tensor(name, "fortran_order is True; expected C order: numpy.ascontiguousarray(x)");
  header.elements = 1;
  for (const std::int64_t extent : header.shape) {
    const auto product = checked_multiply(header.elements, extent);
    if (!product) malformed(name, "the shape overflows 64 bits");
    header.elements = *product;
  }
  const auto bytes = checked_multiply(header.elements, static_cast<std::int64_t>(type.bytes));
  const std::uint64_t present = file_bytes - header.data_offset;
  if (!bytes || static_cast<std::uint64_t>(*bytes) > present)
    malformed(name, fmt::format("truncated: {} elements of {} bytes, but only {} bytes of data",
                                header.elements, type.bytes, present));
  if (static_cast<std::uint64_t>(*bytes) < present)
    malformed(name, fmt::format("{} bytes too many after {} elements of {} bytes",
                                present - static_cast<std::uint64_t>(*bytes), header.elements,
                                type.bytes));
  return header;
}

}  // namespace bitscale
