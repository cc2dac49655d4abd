#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sim/report/table.hpp"

namespace bitscale {

/// An in-memory column of some number of rows.
struct ColumnPoint {
  std::int64_t rows = 0;
  double signal = 0, analogue_noise = 0, clipping_noise = 0;  ///< full scales of x and w, squared
  double compute_snr_dB = 0;
  double drawn_snr_dB = 0;   ///< Monte-Carlo; NaN where it was not asked for
  int converter_bits = 0;    ///< that cost at most 0.5 dB
  int closed_form_bits = 0;  ///< ceil((SNR + 16.6) / 6); 0 without noise
  double clipping_from = 0;  ///< headroom below which clipping decides, unit discharges
  std::vector<std::string> warnings = {};
};

struct ColumnReport {
  std::string version, command, description;
  std::int64_t rows = 0;  ///< as asked for
  double headroom = 0;    ///< unit discharges; 0: all rows
  bool charge_summing = true;
  std::vector<ColumnPoint> points;
};

[[nodiscard]] std::string column_text(const ColumnReport& report, const TextStyle& style);
[[nodiscard]] nlohmann::ordered_json column_json(const ColumnReport& report);
[[nodiscard]] std::string column_csv(const ColumnReport& report);

}  // namespace bitscale
