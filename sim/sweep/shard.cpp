#include "sim/sweep/shard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>

#include "sim/config/values.hpp"

namespace bitscale::sweep {
namespace {

constexpr std::uint64_t kMostShards = 100'000;

struct Class {
  double cost = 0;
  std::uint64_t points = 0;
  std::uint64_t seen = 0;
  std::vector<std::uint64_t> order;  ///< shards, in the order they are dealt to
};

/// Deals classes out, dearest first, to the shards that have least so far.
void deal(std::map<std::string, Class>& classes, std::uint64_t shards) {
  std::vector<Class*> dearest;
  dearest.reserve(classes.size());
  for (auto& [name, entry] : classes) dearest.push_back(&entry);
  std::ranges::stable_sort(dearest,
                           [](const Class* a, const Class* b) { return a->cost > b->cost; });
  std::vector<double> load(shards, 0.0);
  for (Class* entry : dearest) {
    entry->order.resize(shards);
    std::iota(entry->order.begin(), entry->order.end(), std::uint64_t{0});
    std::ranges::stable_sort(entry->order,
                             [&](std::uint64_t a, std::uint64_t b) { return load[a] < load[b]; });
    for (std::uint64_t i = 0; i < shards; ++i) {
      const std::uint64_t count = entry->points / shards + (i < entry->points % shards ? 1 : 0);
      load[entry->order[i]] += static_cast<double>(count) * entry->cost;
    }
  }
}

}  // namespace

Shard parse_shard(const std::string& text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, shard.index);
  if (first.ec == std::errc() && first.ptr != end && *first.ptr == '/') {
    const auto second = std::from_chars(first.ptr + 1, end, shard.count);
    if (second.ec == std::errc() && second.ptr == end && shard.index >= 1 &&
        shard.index <= shard.count && shard.count <= kMostShards)
      return shard;
  }
  throw UsageError(fmt::format(
      "error: --shard: expected I/N with I from 1 to N and N at most {}, such as 2/8, got '{}'",
      kMostShards, config::excerpt(text)));
}

void keep_shard(const Sweep& sweep, const Shard& shard, std::vector<bool>& selected) {
  std::map<std::string, Class> classes;
  for (std::uint64_t i = 0; i < selected.size(); ++i) {
    if (!selected[i]) continue;
    const CostClass cost = sweep.cost(sweep.space.at(i));
    const auto place = classes.try_emplace(cost.name).first;
    place->second.cost = cost.cost;
    ++place->second.points;
  }
  deal(classes, shard.count);
  for (std::uint64_t i = 0; i < selected.size(); ++i) {
    if (!selected[i]) continue;
    Class& entry = classes.find(sweep.cost(sweep.space.at(i)).name)->second;
    selected[i] = entry.order[entry.seen++ % shard.count] == shard.index - 1;
  }
}

}  // namespace bitscale::sweep
