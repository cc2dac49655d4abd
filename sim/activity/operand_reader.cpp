#include "sim/activity/operand_reader.hpp"

#include <algorithm>

namespace bitscale {
namespace {

bool is_reduction(Dim dim) { return dim == Dim::C || dim == Dim::R || dim == Dim::S; }

/// Adds the digits of a place along an axis to `offset`, as position_coordinates() does.
void add_digits(const MappedAxis& axis, std::int64_t index, PerDim<std::int64_t>& offset) {
  std::int64_t below = 1;
  for (const SpatialLoop& loop : axis.loops) below *= loop.factor;
  for (const SpatialLoop& loop : axis.loops) {
    below /= loop.factor;
    offset[loop.dim] = offset[loop.dim] * loop.factor + index / below % loop.factor;
  }
}

std::int64_t used_places(const MappedAxis& axis) {
  std::int64_t used = 1;
  for (const SpatialLoop& loop : axis.loops) used *= loop.factor;
  return used;
}

}  // namespace

OperandReader::OperandReader(const Mapping& mapping, const Operands& operands)
    : mapping_(mapping), operands_(operands) {
  if (!mapping.subwords.loops.empty()) subword_dim_ = mapping.subwords.loops.front().dim;
  if (!is_reduction(subword_dim_)) outputs_ = mapping.subwords.size;
  // The machine's unit has all its lanes, also those that the layer never fills.
  const std::int64_t used = used_places(mapping.lanes);
  for (std::int64_t lane = 0; lane < mapping.lanes.size; ++lane) {
    for (std::int64_t subword = 0; subword < mapping.subwords.size; ++subword) {
      PerDim<std::int64_t> offset;
      add_digits(mapping.lanes, lane, offset);
      add_digits(mapping.subwords, subword, offset);
      LocalPosition position{offset[Dim::C], offset[Dim::R], offset[Dim::S], 0, 0};
      if (outputs_ > 1) position.output = subword;
      if (mapping.segments > 1) position.segment = subword;
      // Beyond every channel: never valid.
      if (lane >= used) position.c = mapping.shape.C + mapping.in_unit[Dim::C];
      positions_.push_back(position);
    }
  }
  channels_only_ = mapping.in_unit[Dim::R] * mapping.in_unit[Dim::S] == 1;
  channel_stride_ = mapping.sums_per_output();
  channels_ = mapping.in_unit[Dim::C];
}

OperandReader::Output OperandReader::output(const StepPlace& place, std::int64_t index) const {
  const Mapping& m = mapping_;
  const LayerShape& s = m.shape;
  PerDim<std::int64_t> at = place.at;
  at[subword_dim_] += outputs_ > 1 ? index : 0;
  Output output;
  output.exists = at[subword_dim_] < place.end[subword_dim_];
  if (!output.exists) return output;
  const std::int64_t filter = m.packed_groups ? at[Dim::K] : at[Dim::G] * s.K + at[Dim::K];
  const std::int64_t group = filter / s.K;
  const std::int64_t p = m.flattened ? at[Dim::P] / s.Q : at[Dim::P];
  const std::int64_t q = m.flattened ? at[Dim::P] % s.Q : at[Dim::Q];
  output.image = operands_.activations.values.data() + (at[Dim::N] * s.G + group) * s.C * s.H * s.W;
  output.filter = operands_.weights.values.data() + filter * s.C * s.R * s.S;
  output.y = p * s.stride_h - s.pad_top;
  output.x = q * s.stride_w - s.pad_left;
  return output;
}

void OperandReader::read(const StepPlace& place, UnitOperands& step) const {
  const LayerShape& s = mapping_.shape;
  step.activations.assign(positions_.size(), 0);
  step.weights.assign(positions_.size(), 0);
  step.valid.assign(positions_.size(), 0);
  const PerDim<std::int64_t>& at = place.at;
  const PerDim<std::int64_t>& end = place.end;
  Output here;
  std::int64_t index = -1;
  for (std::size_t i = 0; i < positions_.size(); ++i) {
    const LocalPosition& position = positions_[i];
    if (position.output != index) {
      index = position.output;
      here = output(place, index);
    }
    const std::int64_t c = at[Dim::C] + position.c;
    const std::int64_t r = at[Dim::R] + position.r;
    const std::int64_t tap = at[Dim::S] + position.s;
    if (!here.exists || c >= end[Dim::C] || r >= end[Dim::R] || tap >= end[Dim::S]) continue;
    const std::int64_t y = here.y + r * s.dilation_h;
    const std::int64_t x = here.x + tap * s.dilation_w;
    const bool inside = y >= 0 && y < s.H && x >= 0 && x < s.W;
    step.activations[i] = inside ? here.image[(c * s.H + y) * s.W + x] : mapping_.pad_value;
    step.weights[i] = here.filter[(c * s.R + r) * s.S + tap];
    step.valid[i] = 1;
  }
}

/// One tap, every channel_stride_-th channel.
std::int64_t OperandReader::sum_along_channels(const Output& here, const StepPlace& place,
                                               std::int64_t segment, std::int64_t channels) const {
  const LayerShape& s = mapping_.shape;
  const PerDim<std::int64_t>& at = place.at;
  const std::int64_t c = at[Dim::C] + (channel_stride_ > 1 ? segment : 0);
  const std::int64_t end = std::min(at[Dim::C] + channels, place.end[Dim::C]);
  const std::int64_t y = here.y + at[Dim::R] * s.dilation_h;
  const std::int64_t x = here.x + at[Dim::S] * s.dilation_w;
  const std::int16_t* weight = here.filter + (c * s.R + at[Dim::R]) * s.S + at[Dim::S];
  const std::int64_t weight_stride = channel_stride_ * s.R * s.S;
  const std::int64_t count = c < end ? ceil_div(end - c, channel_stride_) : 0;
  std::int64_t sum = 0;
  if (y < 0 || y >= s.H || x < 0 || x >= s.W) {
    if (mapping_.pad_value == 0) return 0;
    for (std::int64_t i = 0; i < count; ++i) sum += weight[i * weight_stride];
    return sum * mapping_.pad_value;
  }
  const std::int16_t* activation = here.image + (c * s.H + y) * s.W + x;
  const std::int64_t activation_stride = channel_stride_ * s.H * s.W;
  for (std::int64_t i = 0; i < count; ++i) {
    sum +=
        std::int32_t{activation[i * activation_stride]} * std::int32_t{weight[i * weight_stride]};
  }
  return sum;
}

/// Channels outermost: the taps of one lie close together.
std::int64_t OperandReader::sum_of_box(const Output& here, const StepBox& box,
                                       std::int64_t segment) const {
  struct Tap {
    std::int64_t pixel = 0, weight = 0;
  };
  const LayerShape& s = mapping_.shape;
  std::vector<Tap> taps;
  std::vector<std::int64_t> padded;
  for (const StepBox::Entry& row : box.rows) {
    const std::int64_t y = here.y + row.at * s.dilation_h;
    for (const StepBox::Entry& tap : box.taps) {
      const std::int64_t x = here.x + tap.at * s.dilation_w;
      const std::int64_t weight = row.at * s.S + tap.at;
      if (y >= 0 && y < s.H && x >= 0 && x < s.W) {
        taps.push_back({y * s.W + x, weight});
      } else {
        padded.push_back(weight);
      }
    }
  }
  std::int64_t sum = 0, padded_weights = 0;
  const std::int64_t first = channel_stride_ > 1 ? segment : 0;
  for (const StepBox::Entry& channels : box.channels) {
    const std::int64_t end = std::min(channels.at + channels_, channels.end);
    for (std::int64_t c = channels.at + first; c < end; c += channel_stride_) {
      const std::int16_t* image = here.image + c * s.H * s.W;
      const std::int16_t* filter = here.filter + c * s.R * s.S;
      for (const Tap& tap : taps)
        sum += std::int32_t{image[tap.pixel]} * std::int32_t{filter[tap.weight]};
      if (mapping_.pad_value == 0) continue;
      for (const std::int64_t weight : padded) padded_weights += filter[weight];
    }
  }
  return sum + padded_weights * mapping_.pad_value;
}

std::int64_t OperandReader::sum_at(const Output& here, const StepPlace& place,
                                   std::int64_t segment) const {
  if (!here.exists) return 0;
  if (channels_only_) return sum_along_channels(here, place, segment, channels_);
  const LayerShape& s = mapping_.shape;
  const PerDim<std::int64_t>& at = place.at;
  const PerDim<std::int64_t>& end = place.end;
  std::int64_t sum = 0;
  for (const LocalPosition& position : positions_) {
    if (position.segment != segment) continue;
    const std::int64_t c = at[Dim::C] + position.c;
    const std::int64_t r = at[Dim::R] + position.r;
    const std::int64_t tap = at[Dim::S] + position.s;
    if (c >= end[Dim::C] || r >= end[Dim::R] || tap >= end[Dim::S]) continue;
    const std::int64_t y = here.y + r * s.dilation_h;
    const std::int64_t x = here.x + tap * s.dilation_w;
    const bool inside = y >= 0 && y < s.H && x >= 0 && x < s.W;
    const std::int32_t activation =
        inside ? here.image[(c * s.H + y) * s.W + x] : mapping_.pad_value;
    sum += activation * std::int32_t{here.filter[(c * s.R + r) * s.S + tap]};
  }
  return sum;
}

std::int64_t OperandReader::sum(const StepPlace& place, std::int64_t segment) const {
  return sum_at(output(place, output_of(segment)), place, segment);
}

std::int64_t OperandReader::sum_before(const UnitWalk& walk, std::int64_t segment) const {
  const Output here = output(walk.place(), output_of(segment));
  if (!here.exists) return 0;
  std::int64_t sum = 0;
  if (channels_only_) {
    for (const StepBox& box : walk.past()) sum += sum_of_box(here, box, segment);
    return sum;
  }
  for (UnitWalk past = walk.history(); !past.same_step(walk); past.advance())
    sum += sum_at(here, past.place(), segment);
  return sum;
}

}  // namespace bitscale
