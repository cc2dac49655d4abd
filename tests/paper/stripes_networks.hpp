#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bitscale::testing_support {

/// A convolution as the published tables give it: filters and channels of all groups, square
/// kernel, square output, and the activation bits of the Stripes papers at full accuracy.
struct PublishedConvolution {
  std::int64_t K = 0, C = 0, kernel = 0, groups = 1, output = 0, bits = 0;
};

struct PublishedNetwork {
  std::string name;
  std::vector<PublishedConvolution> layers;
};

/// Filters of an inception module: 1x1, 3x3 reduction, 3x3, 5x5 reduction, 5x5, pool projection.
struct Inception {
  std::int64_t channels, one, reduce_three, three, reduce_five, five, pool, output, bits;
};

inline std::vector<PublishedConvolution> googlenet() {
  std::vector<PublishedConvolution> layers = {
      {64, 3, 7, 1, 112, 10}, {64, 64, 1, 1, 56, 8}, {192, 64, 3, 1, 56, 8}};
  const std::vector<Inception> modules = {
      {192, 64, 96, 128, 16, 32, 32, 28, 10},    {256, 128, 128, 192, 32, 96, 64, 28, 9},
      {480, 192, 96, 208, 16, 48, 64, 14, 8},    {512, 160, 112, 224, 24, 64, 64, 14, 10},
      {512, 128, 128, 256, 24, 64, 64, 14, 9},   {512, 112, 144, 288, 32, 64, 64, 14, 8},
      {528, 256, 160, 320, 32, 128, 128, 14, 9}, {832, 256, 160, 320, 32, 128, 128, 7, 10},
      {832, 384, 192, 384, 48, 128, 128, 7, 7}};
  for (const Inception& m : modules) {
    layers.push_back({m.one, m.channels, 1, 1, m.output, m.bits});
    layers.push_back({m.reduce_three, m.channels, 1, 1, m.output, m.bits});
    layers.push_back({m.three, m.reduce_three, 3, 1, m.output, m.bits});
    layers.push_back({m.reduce_five, m.channels, 1, 1, m.output, m.bits});
    layers.push_back({m.five, m.reduce_five, 5, 1, m.output, m.bits});
    layers.push_back({m.pool, m.channels, 1, 1, m.output, m.bits});
  }
  return layers;
}

inline std::vector<PublishedConvolution> vgg_19() {
  const std::vector<std::int64_t> bits = {12, 12, 12, 11, 12, 10, 11, 11,
                                          13, 12, 13, 13, 13, 13, 13, 13};
  struct Block {
    std::int64_t filters, layers, output;
  };
  std::vector<PublishedConvolution> layers;
  std::int64_t channels = 3;
  for (const Block& block :
       {Block{64, 2, 224}, {128, 2, 112}, {256, 4, 56}, {512, 4, 28}, {512, 4, 14}}) {
    for (std::int64_t i = 0; i < block.layers; ++i) {
      layers.push_back({block.filters, channels, 3, 1, block.output, bits[layers.size()]});
      channels = block.filters;
    }
  }
  return layers;
}

/// The eight networks of the Stripes papers, typed from the published tables, apart from the
/// workload files.
inline std::vector<PublishedNetwork> stripes_networks() {
  return {
      {"lenet", {{20, 1, 5, 1, 24, 3}, {50, 20, 5, 1, 8, 3}}},
      {"convnet", {{32, 3, 5, 1, 32, 4}, {32, 32, 5, 1, 16, 8}, {64, 32, 5, 1, 8, 8}}},
      {"alexnet",
       {{96, 3, 11, 1, 55, 9},
        {256, 96, 5, 2, 27, 8},
        {384, 256, 3, 1, 13, 5},
        {384, 384, 3, 2, 13, 5},
        {256, 384, 3, 2, 13, 7}}},
      {"nin",
       {{96, 3, 11, 1, 54, 8},
        {96, 96, 1, 1, 54, 8},
        {96, 96, 1, 1, 54, 8},
        {256, 96, 5, 1, 27, 9},
        {256, 256, 1, 1, 27, 7},
        {256, 256, 1, 1, 27, 8},
        {384, 256, 3, 1, 13, 8},
        {384, 384, 1, 1, 13, 9},
        {384, 384, 1, 1, 13, 9},
        {1024, 384, 3, 1, 6, 8},
        {1024, 1024, 1, 1, 6, 8},
        {1000, 1024, 1, 1, 6, 8}}},
      {"googlenet", googlenet()},
      {"vgg_m",
       {{96, 3, 7, 1, 109, 7},
        {256, 96, 5, 1, 26, 7},
        {512, 256, 3, 1, 13, 7},
        {512, 512, 3, 1, 13, 8},
        {512, 512, 3, 1, 13, 7}}},
      {"vgg_s",
       {{96, 3, 7, 1, 109, 7},
        {256, 96, 5, 1, 33, 8},
        {512, 256, 3, 1, 17, 9},
        {512, 512, 3, 1, 17, 7},
        {512, 512, 3, 1, 17, 9}}},
      {"vgg_19", vgg_19()},
  };
}

}  // namespace bitscale::testing_support
