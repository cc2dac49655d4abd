#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/mapping/schedule.hpp"

namespace bitscale::testing_support {

/// Where a position stands along the loops of one axis, in order.
inline std::vector<std::int64_t> digits(const MappedAxis& axis, std::int64_t index) {
  std::vector<std::int64_t> result(axis.loops.size());
  for (std::size_t i = axis.loops.size(); i-- > 0;) {
    result[i] = index % axis.loops[i].factor;
    index /= axis.loops[i].factor;
  }
  return result;
}

/// One element as a port sees it: its coordinates, and which copy along the unicast axes.
using Fetch = std::vector<std::int64_t>;

/// Everything one pass does, position by position and step by step: the slow model that the
/// schedule's formulas must agree with.
class Enumeration {
 public:
  Enumeration(const Mapping& mapping, const Pass& pass) : m_(mapping), pass_(pass) {
    for (std::int64_t step = 0; step < pass.steps; ++step) {
      step_activations_.clear();
      step_weights_.clear();
      for (std::int64_t row = 0; row < m_.rows.size; ++row)
        for (std::int64_t column = 0; column < m_.columns.size; ++column) visit(step, row, column);
      // A queue that slides keeps what it fetched for the taps before in the same row.
      const std::int64_t taps = pass.ranges[Dim::S].extent();
      if (!m_.slides || step % taps == 0) queue_.clear();
      const std::size_t before = queue_.size();
      queue_.insert(step_activations_.begin(), step_activations_.end());
      activation_fetches += queue_.size() - before;
      weight_fetches += step_weights_.size();
      most_activations = std::max(most_activations, step_activations_.size());
      most_weights = std::max(most_weights, step_weights_.size());
    }
  }

  std::uint64_t macs = 0, unit_steps = 0;
  std::uint64_t activation_fetches = 0, weight_fetches = 0;  ///< summed over steps
  std::size_t most_activations = 0, most_weights = 0;        ///< of one step
  std::set<Fetch> activations, weights;                      ///< of the whole pass
  /// Loop coordinates of what stays, of the whole pass: taps of two windows may meet in one
  /// activation, but the sequencer knows loops.
  std::set<Fetch> activation_loops, weight_loops;
  std::set<std::int64_t> outputs;
  std::vector<ElementIndex> products;

 private:
  void visit(std::int64_t step, std::int64_t row, std::int64_t column) {
    bool works = false;
    for (std::int64_t lane = 0; lane < m_.lanes.size * m_.subwords.size; ++lane) {
      PerDim<std::int64_t> at;
      const Position position{row, column, lane};
      if (!position_coordinates(m_, pass_.ranges, step, position, at)) continue;
      works = true;
      ++macs;
      const ElementIndex element = element_index(m_, at);
      products.push_back(element);
      outputs.insert(element.output);
      fetch(at, element, position);
    }
    unit_steps += works ? 1 : 0;
  }

  void fetch(const PerDim<std::int64_t>& at, const ElementIndex& element,
             const Position& position) {
    const LayerShape& s = m_.shape;
    const std::int64_t filter = m_.packed_groups ? at[Dim::K] : at[Dim::G] * s.K + at[Dim::K];
    const std::int64_t p = m_.flattened ? at[Dim::P] / s.Q : at[Dim::P];
    const std::int64_t q = m_.flattened ? at[Dim::P] % s.Q : at[Dim::Q];
    // Padding is fetched like data, as zeros: coordinates may lie outside the tensor.
    Fetch activation = {at[Dim::N], filter / s.K, at[Dim::C],
                        p * s.stride_h + at[Dim::R] * s.dilation_h,
                        q * s.stride_w + at[Dim::S] * s.dilation_w};
    Fetch weight = {element.weight};
    weight_loops.insert(weight);
    activation_loops.insert({at[Dim::N], filter / s.K, at[Dim::C], p, q, at[Dim::R], at[Dim::S]});
    const auto copies = [&](const MappedAxis& axis, std::int64_t index) {
      const std::vector<std::int64_t> digit = digits(axis, index);
      for (std::size_t i = 0; i < digit.size(); ++i) {
        const Dim dim = axis.loops[i].dim;
        const bool pixel = dim == Dim::N || dim == Dim::P || dim == Dim::Q;
        if (axis.activations == Movement::unicast && dim == Dim::K) activation.push_back(digit[i]);
        if (axis.weights == Movement::unicast && pixel) weight.push_back(digit[i]);
      }
    };
    copies(m_.rows, position.row);
    copies(m_.columns, position.column);
    copies(m_.lanes, position.lane / m_.subwords.size);
    copies(m_.subwords, position.lane % m_.subwords.size);
    step_activations_.insert(activation);
    step_weights_.insert(weight);
    activations.insert(std::move(activation));
    weights.insert(std::move(weight));
  }

  const Mapping& m_;
  const Pass& pass_;
  std::set<Fetch> step_activations_, step_weights_, queue_;
};

/// Calls visit(tile, pass) for every pass of a layer in order, or until an assertion failed.
template <typename Visit>
void for_each_pass(const Schedule& schedule, Visit&& visit) {
  for (std::int64_t t = 0; t < schedule.tiles(); ++t) {
    const Tile tile = schedule.tile(t);
    for (std::int64_t p = 0; p < schedule.passes(tile); ++p) {
      if (testing::Test::HasFatalFailure()) return;
      visit(tile, schedule.pass(tile, p));
    }
  }
}

}  // namespace bitscale::testing_support
