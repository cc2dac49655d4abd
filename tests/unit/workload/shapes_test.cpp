#include "sim/workload/shapes.hpp"

#include <gtest/gtest.h>

#include <random>

namespace bitscale {
namespace {

/// A shape, or the problem as `key: message`.
struct Inferred {
  std::optional<LayerShape> shape;
  std::string problem;
};

Inferred infer(const LayerGeometry& geometry, const std::vector<TensorShape>& inputs) {
  Inferred result;
  result.shape = infer_shape(geometry, inputs, [&](std::string_view key, const std::string& text) {
    result.problem += std::string(key) + ": " + text;
  });
  return result;
}

LayerGeometry window(LayerKind kind, Pair kernel, Pair stride, Padding pad = {}) {
  LayerGeometry geometry;
  geometry.kind = kind;
  geometry.kernel = kernel;
  geometry.stride = stride;
  geometry.pad = pad;
  return geometry;
}

TEST(Shapes, ConvolutionTakesUnevenPadsAndStrides) {
  LayerGeometry geometry = window(LayerKind::conv, {3, 5}, {1, 2}, {0, 1, 1, 2});
  geometry.out_channels = 8;
  const LayerShape shape = infer(geometry, {{2, 4, 9, 9}}).shape.value();
  EXPECT_EQ(shape.P, 8);  // 9 + 0 + 1 - 3 + 1
  EXPECT_EQ(shape.Q, 4);  // (9 + 1 + 2 - 5) / 2 + 1
  EXPECT_EQ(shape.N, 2);
  EXPECT_EQ(shape.K, 8);
  EXPECT_EQ(shape.C, 4);
}

TEST(Shapes, DilationWidensTheKernel) {
  LayerGeometry geometry = window(LayerKind::conv, {3, 3}, {1, 1});
  geometry.dilation = {2, 3};
  const LayerShape shape = infer(geometry, {{1, 1, 10, 10}}).shape.value();
  EXPECT_EQ(shape.P, 6);
  EXPECT_EQ(shape.Q, 4);
}

TEST(Shapes, GroupsSplitChannelsAndFilters) {
  LayerGeometry geometry = window(LayerKind::conv, {1, 1}, {1, 1});
  geometry.out_channels = 12;
  geometry.groups = 4;
  const LayerShape shape = infer(geometry, {{1, 8, 3, 3}}).shape.value();
  EXPECT_EQ(shape.G, 4);
  EXPECT_EQ(shape.K, 3);
  EXPECT_EQ(shape.C, 2);
  EXPECT_EQ(shape.macs(), 4 * 3 * 2 * 9);
}

TEST(Shapes, DepthwiseHasAGroupPerChannel) {
  LayerGeometry geometry = window(LayerKind::depthwise, {3, 3}, {1, 1}, {1, 1, 1, 1});
  geometry.multiplier = 2;
  const LayerShape shape = infer(geometry, {{1, 8, 5, 5}}).shape.value();
  EXPECT_EQ(shape.G, 8);
  EXPECT_EQ(shape.K, 2);
  EXPECT_EQ(shape.C, 1);
  EXPECT_EQ(shape.outputs(), 16 * 25);
}

TEST(Shapes, FullyConnectedFlattensItsInput) {
  LayerGeometry geometry;
  geometry.kind = LayerKind::fully_connected;
  geometry.out_channels = 10;
  const LayerShape shape = infer(geometry, {{3, 16, 4, 5}}).shape.value();
  EXPECT_EQ(shape.C, 320);
  EXPECT_EQ(shape.K, 10);
  EXPECT_EQ(shape.macs(), 3 * 320 * 10);
  EXPECT_EQ(shape.P * shape.Q * shape.R * shape.S, 1);
}

TEST(Shapes, MatmulHasItsRowsOnP) {
  LayerGeometry geometry;
  geometry.kind = LayerKind::matmul;
  geometry.rows = 7;
  geometry.inner = 30;
  geometry.columns = 20;
  const LayerShape shape = infer(geometry, {{1, 30, 7, 1}}).shape.value();
  EXPECT_EQ(shape.P, 7);
  EXPECT_EQ(shape.H, 7);
  EXPECT_EQ(shape.macs(), 7 * 30 * 20);
}

TEST(Shapes, PoolStridesByItsKernelWhereNoneIsGiven) {
  LayerGeometry geometry;
  geometry.kind = LayerKind::max_pool;
  geometry.kernel = Pair{2, 3};
  const LayerShape shape = infer(geometry, {{1, 5, 8, 9}}).shape.value();
  EXPECT_EQ(shape.P, 4);
  EXPECT_EQ(shape.Q, 3);
  EXPECT_EQ(shape.C, 5);
}

TEST(Shapes, GlobalPoolCoversTheInput) {
  LayerGeometry geometry;
  geometry.kind = LayerKind::average_pool;
  const LayerShape shape = infer(geometry, {{1, 5, 8, 9}}).shape.value();
  EXPECT_EQ(shape.R, 8);
  EXPECT_EQ(shape.S, 9);
  EXPECT_EQ(shape.P * shape.Q, 1);
}

TEST(Shapes, CeilModeAddsTheWindowThatHangsOverTheEdge) {
  LayerGeometry geometry = window(LayerKind::max_pool, {3, 3}, {2, 2});
  EXPECT_EQ(infer(geometry, {{1, 1, 32, 32}}).shape.value().P, 15);
  geometry.ceil_mode = true;
  EXPECT_EQ(infer(geometry, {{1, 1, 32, 32}}).shape.value().P, 16);
}

TEST(Shapes, CeilModeLeavesOutAWindowThatWouldSeeOnlyPad) {
  LayerGeometry geometry = window(LayerKind::max_pool, {2, 2}, {2, 2}, {1, 1, 1, 1});
  geometry.ceil_mode = true;
  // Room for ceil((3 + 2 - 2) / 2) + 1 = 3 windows, but the third would start at 4 = 3 + 1.
  EXPECT_EQ(infer(geometry, {{1, 1, 3, 3}}).shape.value().P, 2);
}

TEST(Shapes, ConcatAddsChannels) {
  LayerGeometry geometry;
  geometry.kind = LayerKind::concat;
  const LayerShape shape = infer(geometry, {{1, 3, 4, 5}, {1, 8, 4, 5}}).shape.value();
  EXPECT_EQ(shape.C, 11);
  EXPECT_EQ(shape.P, 4);
  EXPECT_EQ(shape.Q, 5);
}

/// Windows whose every tap lies in the padded input, counted one by one.
std::int64_t count_windows(std::int64_t input, std::int64_t kernel, std::int64_t stride,
                           std::int64_t dilation, std::int64_t pads) {
  std::int64_t windows = 0;
  for (std::int64_t start = 0; start < input + pads; start += stride) {
    if (start + (kernel - 1) * dilation < input + pads) ++windows;
  }
  return windows;
}

TEST(Shapes, OutputExtentsEqualTheWindowsCountedOneByOne) {
  std::mt19937 random(1);  // NOLINT: a fixed seed, so that a failure comes back
  const auto draw = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  int fitting = 0;
  for (int trial = 0; trial < 2000; ++trial) {
    LayerGeometry g = window(LayerKind::conv, {draw(1, 5), draw(1, 5)}, {draw(1, 4), draw(1, 4)},
                             {draw(0, 3), draw(0, 3), draw(0, 3), draw(0, 3)});
    g.dilation = {draw(1, 3), draw(1, 3)};
    const TensorShape input{1, 1, draw(1, 12), draw(1, 12)};
    const std::int64_t p =
        count_windows(input.h, g.kernel->h, g.stride->h, g.dilation.h, g.pad.top + g.pad.bottom);
    const std::int64_t q =
        count_windows(input.w, g.kernel->w, g.stride->w, g.dilation.w, g.pad.left + g.pad.right);
    const Inferred result = infer(g, {input});
    ASSERT_EQ(result.shape.has_value(), p > 0 && q > 0);
    if (!result.shape) continue;
    ++fitting;
    EXPECT_EQ(result.shape->P, p);
    EXPECT_EQ(result.shape->Q, q);
  }
  EXPECT_GT(fitting, 1000);
}

TEST(Shapes, RefuseWeightsOverTheLargestTensor) {
  LayerGeometry geometry;
  geometry.kind = LayerKind::fully_connected;
  geometry.out_channels = 65536;
  EXPECT_TRUE(infer(geometry, {{1, 32768, 1, 1}}).shape.has_value());  // 2^31, just
  EXPECT_EQ(infer(geometry, {{1, 32769, 1, 1}}).problem,
            ": the weights would have 2147549184 elements; a tensor holds at most 2147483648");
}

TEST(Shapes, CountElementsStopsAt2To62) {
  const std::int64_t half = std::int64_t{1} << 31;
  EXPECT_EQ(count_elements({half, half}), std::int64_t{1} << 62);
  EXPECT_EQ(count_elements({half, half, 2}), std::nullopt);
  EXPECT_EQ(count_elements({half, half, half, half, half}), std::nullopt);
}

}  // namespace
}  // namespace bitscale
