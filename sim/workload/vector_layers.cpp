#include <algorithm>
#include <stdexcept>

#include "sim/workload/operands.hpp"
#include "sim/workload/reference.hpp"

namespace bitscale {

namespace {

/// Calls visit(output index, input plane, first row, last row, first column, last column) for every
/// window of a pool, clipped to the input.
template <typename Visit>
void for_each_window(const LayerShape& s, const Tensor& input, Visit&& visit) {
  std::size_t index = 0;
  for (std::int64_t plane = 0; plane < s.N * s.C; ++plane) {
    const std::int16_t* values = input.values.data() + plane * s.H * s.W;
    for (std::int64_t p = 0; p < s.P; ++p) {
      const std::int64_t top = p * s.stride_h - s.pad_top;
      for (std::int64_t q = 0; q < s.Q; ++q, ++index) {
        const std::int64_t left = q * s.stride_w - s.pad_left;
        visit(index, values, std::max<std::int64_t>(top, 0), std::min(top + s.R, s.H),
              std::max<std::int64_t>(left, 0), std::min(left + s.S, s.W));
      }
    }
  }
}

void max_pool(const LayerShape& s, const Tensor& input, Tensor& output) {
  const int shift = alignment_shift(input.type, output.type);
  for_each_window(s, input,
                  [&](std::size_t index, const std::int16_t* values, std::int64_t top,
                      std::int64_t bottom, std::int64_t left, std::int64_t right) {
                    if (top >= bottom || left >= right) return;
                    std::int16_t largest = values[top * s.W + left];
                    for (std::int64_t h = top; h < bottom; ++h)
                      for (std::int64_t w = left; w < right; ++w)
                        largest = std::max(largest, values[h * s.W + w]);
                    output.values[index] = round_to(largest, shift, output.type);
                  });
}

/// floor(a / b + 1/2) for b > 0.
std::int64_t divide_half_up(std::int64_t a, std::int64_t b) {
  const std::int64_t numerator = 2 * a + b;
  const std::int64_t denominator = 2 * b;
  return numerator / denominator - (numerator % denominator < 0 ? 1 : 0);
}

/// One rounding only: the divisor takes the shift in.
void average_pool(const LayerShape& s, const Tensor& input, Tensor& output) {
  const int shift = std::clamp(alignment_shift(input.type, output.type), -20, 20);
  const std::int64_t scale_up = std::int64_t{1} << std::max(-shift, 0);
  const std::int64_t scale_down = std::int64_t{1} << std::max(shift, 0);
  for_each_window(s, input,
                  [&](std::size_t index, const std::int16_t* values, std::int64_t top,
                      std::int64_t bottom, std::int64_t left, std::int64_t right) {
                    if (top >= bottom || left >= right) return;
                    std::int64_t sum = 0;
                    for (std::int64_t h = top; h < bottom; ++h)
                      for (std::int64_t w = left; w < right; ++w) sum += values[h * s.W + w];
                    const std::int64_t divisor = (bottom - top) * (right - left) * scale_down;
                    output.values[index] =
                        round_to(divide_half_up(sum * scale_up, divisor), 0, output.type);
                  });
}

/// A term of a sum, with the shift that aligns it to the output.
struct Term {
  const Tensor* tensor = nullptr;
  int shift = 0;
};

/// Terms further apart than this cannot meet in 16 bits: one saturates or the other vanishes.
constexpr int kMaxCommonShift = 24;

/// Shift of the finest term: terms are brought there, added, and rounded once.
int finest(const std::vector<Term>& terms) {
  int shift = 0;
  for (const Term& term : terms) shift = std::max(shift, term.shift);
  return std::min(shift, kMaxCommonShift);
}

std::int64_t aligned(std::int64_t value, int shift, int common) {
  const int up = common - shift;
  if (up < 0) return value >> std::min(-up, 63);
  return value * (std::int64_t{1} << std::min(up, kMaxCommonShift + 16));
}

void add(const std::vector<Term>& terms, Tensor& output) {
  const int common = finest(terms);
  for (std::size_t i = 0; i < output.values.size(); ++i) {
    std::int64_t sum = 0;
    for (const Term& term : terms) sum += aligned(term.tensor->values[i], term.shift, common);
    output.values[i] = round_to(sum, common, output.type);
  }
}

void add_bias(const Layer& layer, const Tensor& input, Tensor& output) {
  const LayerShape& s = layer.shape;
  const Tensor bias = make_tensor(layer.weight_source, layer.weight, s.C, 1, 1, 1,
                                  tensor_stream(layer.name, "weights"));
  output.origin = combine(output.origin, bias.origin);
  const std::vector<Term> terms = {{&input, alignment_shift(input.type, output.type)},
                                   {&bias, alignment_shift(bias.type, output.type)}};
  const int common = finest(terms);
  std::size_t i = 0;
  for (std::int64_t plane = 0; plane < s.N * s.C; ++plane) {
    const std::int64_t b =
        aligned(bias.values[static_cast<std::size_t>(plane % s.C)], terms[1].shift, common);
    for (std::int64_t pixel = 0; pixel < s.P * s.Q; ++pixel, ++i)
      output.values[i] =
          round_to(aligned(input.values[i], terms[0].shift, common) + b, common, output.type);
  }
}

void concatenate(const std::vector<const Tensor*>& inputs, Tensor& output) {
  auto to = output.values.begin();
  for (std::int64_t n = 0; n < output.n; ++n) {
    for (const Tensor* input : inputs) {
      const int shift = alignment_shift(input->type, output.type);
      const std::int64_t image = input->c * input->h * input->w;
      for (std::int64_t i = n * image; i < (n + 1) * image; ++i)
        *to++ = round_to(input->values[static_cast<std::size_t>(i)], shift, output.type);
    }
  }
}

/// Shift of a product: fractions add, in full scales or in frac_bits (see alignment_shift).
int product_shift(const TensorType& a, const TensorType& b, const TensorType& out) {
  if (a.frac_bits == 0 && b.frac_bits == 0 && out.frac_bits == 0)
    return magnitude_bits(a) + magnitude_bits(b) - magnitude_bits(out);
  return a.frac_bits + b.frac_bits - out.frac_bits;
}

void multiply(const Tensor& a, const Tensor& b, Tensor& output) {
  const int shift = product_shift(a.type, b.type, output.type);
  const std::int64_t pixels = output.h * output.w;
  const bool a_whole = a.h * a.w == pixels;
  const bool b_whole = b.h * b.w == pixels;
  for (std::int64_t i = 0; i < std::ssize(output.values); ++i) {
    const std::int64_t x = a.values[static_cast<std::size_t>(a_whole ? i : i / pixels)];
    const std::int64_t y = b.values[static_cast<std::size_t>(b_whole ? i : i / pixels)];
    output.values[static_cast<std::size_t>(i)] = round_to(x * y, shift, output.type);
  }
}

void require(bool holds, const Layer& layer) {
  if (!holds)
    throw std::invalid_argument("run_vector_layer: inputs do not have the extents of layer '" +
                                layer.name + "'");
}

bool has_extents(const Tensor& t, std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w) {
  return t.n == n && t.c == c && t.h == h && t.w == w && std::ssize(t.values) == t.elements();
}

void check_inputs(const Layer& layer, const std::vector<const Tensor*>& inputs) {
  const LayerShape& s = layer.shape;
  require(!inputs.empty(), layer);
  std::int64_t channels = 0;
  for (const Tensor* input : inputs) {
    channels += input->c;
    const bool broadcast = layer.kind == LayerKind::multiply && input->h == 1 && input->w == 1;
    require(has_extents(*input, s.N, input->c, broadcast ? 1 : s.H, broadcast ? 1 : s.W), layer);
    require(layer.kind == LayerKind::concat || input->c == s.C, layer);
  }
  const bool pool = layer.kind == LayerKind::max_pool || layer.kind == LayerKind::average_pool;
  require(pool || (s.P == s.H && s.Q == s.W), layer);
  if (layer.kind == LayerKind::concat) require(channels == s.C, layer);
  if (layer.kind == LayerKind::multiply) require(inputs.size() == 2, layer);
  if (pool || layer.kind == LayerKind::relu || layer.kind == LayerKind::bias)
    require(inputs.size() == 1, layer);
}

}  // namespace

Tensor run_vector_layer(const Layer& layer, const std::vector<const Tensor*>& inputs) {
  check_inputs(layer, inputs);
  const LayerShape& s = layer.shape;
  const Tensor& input = *inputs.front();
  Tensor output{layer.output, s.N, s.C, s.P, s.Q, {}, Origin::none};
  output.values.assign(static_cast<std::size_t>(output.elements()), round_to(0, 0, output.type));
  for (const Tensor* each : inputs) output.origin = combine(output.origin, each->origin);
  switch (layer.kind) {
    case LayerKind::max_pool:
      max_pool(s, input, output);
      break;
    case LayerKind::average_pool:
      average_pool(s, input, output);
      break;
    case LayerKind::relu: {
      const int shift = alignment_shift(input.type, output.type);
      for (std::size_t i = 0; i < output.values.size(); ++i)
        output.values[i] = round_to(std::max<std::int16_t>(input.values[i], 0), shift, output.type);
      break;
    }
    case LayerKind::bias:
      add_bias(layer, input, output);
      break;
    case LayerKind::add: {
      std::vector<Term> terms;
      terms.reserve(inputs.size());
      for (const Tensor* each : inputs)
        terms.push_back({each, alignment_shift(each->type, output.type)});
      add(terms, output);
      break;
    }
    case LayerKind::concat:
      concatenate(inputs, output);
      break;
    case LayerKind::multiply:
      multiply(input, *inputs[1], output);
      break;
    default:
      throw std::invalid_argument("run_vector_layer: '" + layer.name + "' is an array layer");
  }
  return output;
}

}  // namespace bitscale
