#include "sim/workload/dataset.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "sim/core/errors.hpp"
#include "sim/workload/data_errors.hpp"

namespace bitscale {

namespace {

constexpr std::int64_t kSide = 28;
constexpr TensorType kPixelType{8, Encoding::unsigned_, 0};

/// Magic numbers of IDX files: unsigned bytes, with 3 axes or 1.
constexpr std::uint32_t kImageMagic = 0x00000803;
constexpr std::uint32_t kLabelMagic = 0x00000801;

struct Dataset {
  std::string_view name, images, labels;
};

constexpr std::array<Dataset, 2> kDatasets = {
    {{"fashion_mnist_test", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"},
     {"fashion_mnist_train", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"}}};

const Dataset& find_dataset(const std::string& name) {
  for (const Dataset& known : kDatasets)
    if (known.name == name) return known;
  refuse_tensor("", fmt::format("unknown data set '{}'; there are fashion_mnist_test and "
                                "fashion_mnist_train",
                                name));
}

std::string locate(std::string_view file) {
  const char* set = std::getenv("BITSCALE_DATASETS");
  const std::filesystem::path root = set != nullptr && *set != '\0' ? set : "/usr/share/datasets";
  return (root / "fashion-mnist" / file).string();
}

/// A gzip-compressed IDX file of unsigned bytes, read from its start.
class IdxFile {
 public:
  IdxFile(std::string path, std::uint32_t magic) : path_(std::move(path)) {
    if (!std::filesystem::exists(path_))
      throw IoError(
          fmt::format("{}: error: no such file; install the Debian package dataset-fashion-mnist, "
                      "or set BITSCALE_DATASETS to the folder that holds fashion-mnist/",
                      path_));
    file_.reset(gzopen(path_.c_str(), "rb"));
    if (!file_) throw IoError(fmt::format("{}: error: cannot read the file", path_));
    if (number() != magic) damaged("it does not start as an IDX file of its kind");
    count_ = number();
    if (magic == kImageMagic && (number() != kSide || number() != kSide))
      damaged("its images are not 28 x 28");
  }

  /// Bytes of items first .. first + count - 1.
  std::vector<std::uint8_t> items(std::int64_t first, std::int64_t count, std::int64_t item_bytes) {
    if (first < 0 || count < 0 || first > count_ || count > count_ - first)
      refuse_tensor(path_, fmt::format("holds items 0..{}, but {} items from {} on are asked for",
                                       count_ - 1, count, first));
    std::vector<std::uint8_t> skipped(static_cast<std::size_t>(item_bytes));
    for (std::int64_t i = 0; i < first; ++i) read(skipped);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count * item_bytes));
    read(bytes);
    return bytes;
  }

 private:
  [[noreturn]] void damaged(std::string_view how) const {
    throw IoError(fmt::format("{}: error: the data file is damaged: {}", path_, how));
  }

  void read(std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
      const auto part =
          static_cast<unsigned>(std::min<std::size_t>(bytes.size(), std::size_t{1} << 30U));
      const int got = gzread(file_.get(), bytes.data(), part);
      if (got <= 0) damaged("it ends early or does not decompress");
      bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
  }

  /// A big-endian word of 32 bits.
  std::uint32_t number() {
    std::array<std::uint8_t, 4> bytes{};
    read(bytes);
    std::uint32_t value = 0;
    for (const std::uint8_t byte : bytes) value = value << 8U | byte;
    return value;
  }

  struct Close {
    void operator()(gzFile_s* file) const { gzclose(file); }
  };

  std::string path_;
  std::unique_ptr<gzFile_s, Close> file_;
  std::int64_t count_ = 0;
};

}  // namespace

void read_images(const std::string& dataset, std::int64_t first_index, Tensor& tensor) {
  const Dataset& found = find_dataset(dataset);
  if (tensor.c != 1 || tensor.h != kSide || tensor.w != kSide)
    refuse_tensor(
        "", fmt::format("data set {} has images of 1 x 28 x 28, but the tensor is {} x {} x {}",
                        dataset, tensor.c, tensor.h, tensor.w));
  if (tensor.type.encoding == Encoding::binary_pm1)
    refuse_tensor("", fmt::format("data set {} has no negative values: binary_pm1 would make them "
                                  "all 1; use unsigned",
                                  dataset));
  IdxFile file(locate(found.images), kImageMagic);
  const std::vector<std::uint8_t> pixels = file.items(first_index, tensor.n, kSide * kSide);
  const int shift = magnitude_bits(kPixelType) - magnitude_bits(tensor.type);
  tensor.values.clear();
  tensor.values.reserve(pixels.size());
  for (const std::uint8_t pixel : pixels)
    tensor.values.push_back(round_to(pixel, shift, tensor.type));
  tensor.origin = Origin::real;
}

std::vector<std::uint8_t> read_labels(const std::string& dataset, std::int64_t first_index,
                                      std::int64_t count) {
  IdxFile file(locate(find_dataset(dataset).labels), kLabelMagic);
  return file.items(first_index, count, 1);
}

}  // namespace bitscale
