#include "sim/workload/npy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "sim/core/errors.hpp"

namespace bitscale {
namespace {

using testing::HasSubstr;

constexpr TensorType kSixteen{16, Encoding::twos, 0};
constexpr TensorType kByte{8, Encoding::unsigned_, 0};

std::string header(const std::string& dictionary,
                   const std::string& version = std::string("\x01\x00", 2)) {
  std::string file = "\x93NUMPY" + version;
  file += static_cast<char>(dictionary.size() & 0xffU);
  file += static_cast<char>(dictionary.size() >> 8U);
  if (version[0] > 1) file += std::string(2, '\0');
  return file + dictionary;
}

std::string dictionary(const std::string& descr, const std::string& shape,
                       const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

template <typename T>
std::string data(const std::vector<T>& elements) {
  return {reinterpret_cast<const char*>(elements.data()), elements.size() * sizeof(T)};
}

Tensor tensor_of(const TensorType& type, std::int64_t n, std::int64_t c, std::int64_t h,
                 std::int64_t w) {
  return {type, n, c, h, w, {}, Origin::none};
}

Tensor decode(const std::string& file, Tensor tensor, int source_bits = 0) {
  decode_npy(std::as_bytes(std::span(file)), "w.npy", source_bits, tensor);
  return tensor;
}

/// What decoding a file of 2 x 3 int16 says.
template <typename Failure>
std::string failure(const std::string& file, const TensorType& type = kSixteen) {
  try {
    (void)decode(file, tensor_of(type, 1, 1, 2, 3));
  } catch (const Failure& error) {
    return error.what();
  }
  return "no such failure";
}

const std::vector<std::int16_t> kValues = {1, -2, 3, -4, 5, 32767};
const std::string kGood = header(dictionary("<i2", "(2, 3)")) + data(kValues);

TEST(Npy, ReadsValuesInCOrderAndCallsThemReal) {
  const Tensor tensor = decode(kGood, tensor_of(kSixteen, 1, 1, 2, 3));
  EXPECT_EQ(tensor.values, kValues);
  EXPECT_EQ(tensor.origin, Origin::real);
}

TEST(Npy, ReadsVersionsTwoAndThree) {
  for (const char version : {'\x02', '\x03'}) {
    const std::string file =
        header(dictionary("<i2", "(2, 3)"), std::string{version, '\0'}) + data(kValues);
    EXPECT_EQ(decode(file, tensor_of(kSixteen, 1, 1, 2, 3)).values, kValues);
  }
}

TEST(Npy, ReadsEveryIntegerType) {
  const Tensor expected = tensor_of(kByte, 1, 1, 1, 3);
  const std::vector<std::int16_t> values = {0, 100, 7};
  const auto read = [&](const char* descr, const std::string& bytes) {
    return decode(header(dictionary(descr, "(3,)")) + bytes, expected).values;
  };
  EXPECT_EQ(read("|u1", data(std::vector<std::uint8_t>{0, 100, 7})), values);
  EXPECT_EQ(read("|i1", data(std::vector<std::int8_t>{0, 100, 7})), values);
  EXPECT_EQ(read("<u2", data(std::vector<std::uint16_t>{0, 100, 7})), values);
  EXPECT_EQ(read("<i2", data(std::vector<std::int16_t>{0, 100, 7})), values);
  EXPECT_EQ(read("<i4", data(std::vector<std::int32_t>{0, 100, 7})), values);
  EXPECT_EQ(read("<i8", data(std::vector<std::int64_t>{0, 100, 7})), values);
}

TEST(Npy, AcceptsHeadersAsOtherWritersFormatThem) {
  const std::string compact = R"({"shape":(2,3),"fortran_order":False,"descr":"<i2"})";
  EXPECT_EQ(decode(header(compact) + data(kValues), tensor_of(kSixteen, 1, 1, 2, 3)).values,
            kValues);
}

TEST(Npy, AcceptsShapesThatDifferByAxesOfOne) {
  EXPECT_EQ(decode(kGood, tensor_of(kSixteen, 2, 3, 1, 1)).values, kValues);
  const std::string padded = header(dictionary("<i2", "(1, 2, 1, 3, 1)")) + data(kValues);
  EXPECT_EQ(decode(padded, tensor_of(kSixteen, 2, 1, 3, 1)).values, kValues);
}

TEST(Npy, NamesBothShapesWhereTheyDiffer) {
  const std::string file = header(dictionary("<i2", "(3, 2)")) + data(kValues);
  EXPECT_EQ(failure<ConfigError>(file), "w.npy: error: expected shape (1, 1, 2, 3), got (3, 2)");
}

TEST(Npy, RefusesTheSameCountInAnotherShape) {
  const std::string file = header(dictionary("<i2", "(6,)")) + data(kValues);
  EXPECT_THAT(failure<ConfigError>(file), HasSubstr("got (6)"));
}

TEST(Npy, NamesTheFirstValueOutOfRange) {
  EXPECT_EQ(failure<ConfigError>(kGood, kByte),
            "w.npy: error: element 1 is -2, outside unsigned 8 bits (0..255)");
}

TEST(Npy, ChecksTheRangeBeforeItNarrows) {
  const std::string file =
      header(dictionary("<i8", "(2, 3)")) + data(std::vector<std::int64_t>{0, 65536, 0, 0, 0, 0});
  EXPECT_THAT(failure<ConfigError>(file), HasSubstr("element 1 is 65536"));
}

TEST(Npy, RefusesZeroInABinaryTensor) {
  const std::string file =
      header(dictionary("|i1", "(2, 3)")) + data(std::vector<std::int8_t>{1, -1, 0, 1, 1, 1});
  EXPECT_THAT(failure<ConfigError>(file, {1, Encoding::binary_pm1, 0}),
              HasSubstr("element 2 is 0"));
}

TEST(Npy, RoundsFromTheWidthThatTheSourceStates) {
  const std::string file =
      header(dictionary("|u1", "(4,)")) + data(std::vector<std::uint8_t>{7, 8, 200, 255});
  const Tensor tensor = decode(file, tensor_of({4, Encoding::unsigned_, 0}, 1, 4, 1, 1), 8);
  EXPECT_EQ(tensor.values, (std::vector<std::int16_t>{0, 1, 13, 15}));
}

TEST(Npy, RefusesFloatingPointAndSaysHowToQuantise) {
  for (const char* descr : {"<f4", "<f8"}) {
    const std::string file = header(dictionary(descr, "(2, 3)")) + std::string(48, '\0');
    EXPECT_THAT(failure<ConfigError>(file), HasSubstr("quantise it first"));
  }
}

TEST(Npy, RefusesBigEndianFortranOrderAndOtherTypes) {
  EXPECT_THAT(failure<ConfigError>(header(dictionary(">i2", "(2, 3)"))), HasSubstr("big-endian"));
  EXPECT_THAT(failure<ConfigError>(header(dictionary("<i2", "(2, 3)", "True"))),
              HasSubstr("fortran_order is True"));
  EXPECT_THAT(failure<ConfigError>(header(dictionary("|b1", "(2, 3)"))),
              HasSubstr("expected integers of type |u1, |i1, <u2, <i2, <i4 or <i8, got '|b1'"));
  EXPECT_THAT(failure<ConfigError>(header(dictionary("\x1b[2J\n", "(2, 3)"))),
              HasSubstr("'?[2J?'"));
}

TEST(Npy, RefusesAFileThatIsNotOne) {
  EXPECT_THAT(failure<IoError>(""), HasSubstr("not a .npy file"));
  EXPECT_THAT(failure<IoError>("PK\x03\x04 an archive"), HasSubstr("not a .npy file"));
  EXPECT_THAT(failure<IoError>("\x93NUMPY\x09" + kGood.substr(7)),
              HasSubstr("version 9.0 is unknown"));
}

TEST(Npy, RefusesEveryTruncation) {
  for (std::size_t length = 0; length < kGood.size(); ++length)
    ASSERT_NE(failure<IoError>(kGood.substr(0, length)), "no such failure") << length;
}

TEST(Npy, SaysHowMuchDataIsMissingOrTooMuch) {
  EXPECT_THAT(failure<IoError>(kGood.substr(0, kGood.size() - 1)),
              HasSubstr("truncated: 6 elements of 2 bytes, but only 11 bytes of data"));
  EXPECT_THAT(failure<IoError>(kGood + "xyz"),
              HasSubstr("3 bytes too many after 6 elements of 2 bytes"));
}

TEST(Npy, RefusesHostileShapes) {
  const auto with_shape = [](const std::string& shape) {
    return failure<IoError>(header(dictionary("<i2", shape)) + data(kValues));
  };
  EXPECT_THAT(with_shape("(4611686018427387904, 4)"), HasSubstr("overflows 64 bits"));
  EXPECT_THAT(with_shape("(99999999999999999999,)"), HasSubstr("overflows 64 bits"));
  EXPECT_THAT(with_shape("(4611686018427387904,)"), HasSubstr("truncated"));
  EXPECT_THAT(with_shape("(-1, 6)"), HasSubstr("malformed header"));
  EXPECT_THAT(with_shape("(2 3)"), HasSubstr("malformed header"));
  EXPECT_THAT(with_shape("(6)"), HasSubstr("malformed header"));
  EXPECT_THAT(with_shape("(2.0, 3)"), HasSubstr("malformed header"));
  std::string axes = "(";
  for (int i = 0; i < 40; ++i) axes += "1, ";
  EXPECT_THAT(with_shape(axes + ")"), HasSubstr("more than 32 axes"));
}

TEST(Npy, RefusesHostileDictionaries) {
  const auto with_text = [](const std::string& text) {
    return failure<IoError>(header(text) + data(kValues));
  };
  EXPECT_THAT(with_text(""), HasSubstr("malformed header"));
  EXPECT_THAT(with_text("{"), HasSubstr("malformed header"));
  EXPECT_THAT(with_text("{'descr"), HasSubstr("malformed header"));
  EXPECT_THAT(with_text("{}"), HasSubstr("lacks one of the keys"));
  EXPECT_THAT(with_text("{'descr': '<i2', 'descr': '<i2'}"), HasSubstr("unexpected key 'descr'"));
  EXPECT_THAT(with_text("{'evil': 1}"), HasSubstr("unexpected key 'evil'"));
  EXPECT_THAT(with_text("{'fortran_order': Maybe}"), HasSubstr("malformed header"));
  EXPECT_THAT(with_text("{'descr': [('a', '<i2')]}"), HasSubstr("structured data types"));
  EXPECT_THAT(with_text(dictionary("<i2", "(2, 3)") + "import os"), HasSubstr("malformed header"));
}

TEST(Npy, RefusesAHeaderLongerThanTheFileOrAMebibyte) {
  std::string file = "\x93NUMPY" + std::string("\x02\x00\xff\xff\xff\xff", 6) + "{}";
  EXPECT_THAT(failure<IoError>(file), HasSubstr("truncated"));
  const std::uint64_t huge = std::uint64_t{1} << 40U;
  EXPECT_THROW((void)parse_npy_header(std::as_bytes(std::span(file)), huge, "w.npy"), IoError);
}

TEST(Npy, WritesWhatItReads) {
  Tensor tensor = tensor_of(kSixteen, 2, 1, 3, 1);
  tensor.values = kValues;
  tensor.origin = Origin::real;
  const std::vector<std::byte> file = encode_npy(tensor);
  EXPECT_EQ(parse_npy_header(file, file.size(), "w.npy").data_offset % 64, 0U);
  Tensor read = tensor_of(kSixteen, 2, 1, 3, 1);
  decode_npy(file, "w.npy", 0, read);
  EXPECT_EQ(read, tensor);
}

TEST(Npy, ReadsFilesLargerThanItsHeaderLimit) {
  const std::string path =
      testing::TempDir() + "bitscale_large_" + std::to_string(::getpid()) + ".npy";
  Tensor tensor = tensor_of(kSixteen, 1, 3, 512, 512);
  for (std::int64_t i = 0; i < tensor.elements(); ++i)
    tensor.values.push_back(static_cast<std::int16_t>(i % 30011));
  write_npy(path, tensor);
  Tensor read = tensor_of(kSixteen, 1, 3, 512, 512);
  read_npy(path, 0, read);
  EXPECT_EQ(read.values, tensor.values);
  std::filesystem::remove(path);
}

TEST(Npy, NamesAFileThatCannotBeReadOrWritten) {
  Tensor tensor = tensor_of(kSixteen, 1, 1, 1, 1);
  EXPECT_THROW(read_npy("/nonexistent/w.npy", 0, tensor), IoError);
  EXPECT_THROW(read_npy(testing::TempDir(), 0, tensor), IoError);
  EXPECT_THROW(write_npy("/nonexistent/w.npy", tensor), IoError);
}

}  // namespace
}  // namespace bitscale
