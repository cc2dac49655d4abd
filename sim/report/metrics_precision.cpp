// Definitions of what `bitscale precision` reports.
#include "sim/report/metrics_scaling.hpp"

namespace bitscale {

namespace {

constexpr std::string_view kWidths = "Widths of accumulators";

constexpr std::string_view kAssignment = "Bits of layers";

constexpr std::string_view kColumns = "In-memory columns";

constexpr Metric kMetrics[] = {
    {"target_sqnr_dB", "dB", kWidths, "Output SQNR that widths are chosen for."},
    {"target_probability", "", kWidths, "Overflow probability that widths are chosen for."},
    {"delay_V", "V", kWidths, "Supply that the paths' times hold at."},
    {"length", "products", kWidths, "Products of one sum, padded taps included."},
    {"sums", "", kWidths, "Finished sums that were looked at."},
    {"predicted_mean", "", kWidths,
     "Mean of a sum of independent products of these operands, in last places of a product.",
     "length x mean activation x mean weight"},
    {"predicted_sigma", "", kWidths,
     "Standard deviation of a sum of independent products of these operands, in last places.",
     "square root of length x variance of a product"},
    {"measured_mean", "", kWidths, "Mean of the layer's exact sums, in last places."},
    {"measured_sigma", "", kWidths,
     "Standard deviation of the layer's exact sums, in last places. Above the predicted one where "
     "operands of a window are alike."},
    {"excess_kurtosis", "", kWidths,
     "Of the layer's exact sums: 0 for a Gaussian distribution; above 0.1 tails clip more than the "
     "formulas say."},
    {"lowest_sum", "", kWidths, "Smallest exact sum, in last places."},
    {"highest_sum", "", kWidths, "Largest exact sum, in last places."},
    {"choices", "", kWidths, "One entry per criterion."},
    {"criterion", "", kWidths,
     "Rule that chose a width: bit_growth, truncated_growth, minimum_precision, "
     "minimum_precision_wrap, searched_clip (for the SQNR); worst_case, known_weights, "
     "statistical, "
     "measured, hoeffding (for the overflow probability)."},
    {"bit_growth", "", kWidths, "Lossless growth (BGC).",
     "activation bits + weight bits + log2 length"},
    {"truncated_growth", "", kWidths,
     "The register of bit_growth, its finished sum rounded to the fewest bits with the SQNR "
     "(tBGC).",
     "(SQNR - 4.77 + zeta_x + zeta_w + 10 log10 length) / 6.02, dB"},
    {"minimum_precision", "", kWidths,
     "Minimum precision criterion (MPC): the finished sum clipped at the best number of its "
     "deviations and rounded; bits do not depend on the length. The register saturates and rounds "
     "to a power of two.",
     "fewest bits with -10 log10(zeta^2 4^-bits / 3 + 2 [(1 + zeta^2) Q(zeta) - zeta phi(zeta)]) "
     "of "
     "the SQNR or more",
     "mpc"},
    {"minimum_precision_wrap", "", kWidths,
     "The same for a register that wraps, which wants a wider clip."},
    {"searched_clip", "", kWidths,
     "Fewest output bits, then the narrowest register, that reach the SQNR on the layer's own "
     "sums: "
     "for sums with heavier tails than a Gaussian."},
    {"worst_case", "", kWidths, "Holds any operands of these types."},
    {"known_weights", "", kWidths,
     "Holds any activations of this type with these weights, every partial sum in any order.",
     "1 + ceil(log2(largest activation x sum of magnitudes of a filter's weights + 1))"},
    {"statistical", "", kWidths,
     "Overflow probability of a Gaussian sum of independent products with these operands' "
     "moments."},
    {"measured", "", kWidths, "The same with mean and deviation of the layer's own sums."},
    {"hoeffding", "", kWidths,
     "Overflow probability guaranteed for independent products of these types, whatever their "
     "distribution (Hoeffding, 1963)."},
    {"register_bits", "bits", kWidths, "Width of the accumulator."},
    {"dropped_bits", "bits", kWidths, "Low bits of the finished sum rounded away, half up."},
    {"output_bits", "bits", kWidths,
     "Bits of the finished sum by the criterion. The register less the dropped bits can be one "
     "more, "
     "because its range and its step are powers of two."},
    {"predicted_sqnr_dB", "dB", kWidths, "By the criterion's formula; null where nothing is lost."},
    {"finished_overflow_rate", "", kWidths, "Share of exact sums that the register does not hold."},
    {"wrap", "", kWidths, "A register that wraps, bit-true in the schedule's order."},
    {"saturate", "", kWidths, "A register that clamps at every addition."},
    {"sqnr_dB", "dB", kWidths,
     "Variance of the exact sums over the mean squared error of the register's; null without "
     "error."},
    {"overflow_rate", "", kWidths, "Share of additions whose exact sum left the register."},
    {"path_ns", "ns", kWidths, "Time of that path and its register; null without a delay model."},
    {"warnings", "", kWidths, "What casts doubt on a figure: assumptions that do not hold here."},
    {"sweep", "", kWidths, "Every width, from below the narrowest criterion to the widest."},

    {"target_mismatch", "", kAssignment,
     "Probability of another class than in real numbers that bits are chosen for."},
    {"least_bits_closed_form", "bits", kAssignment,
     "Bits of the least sensitive tensor by the bound, before offsets are rounded.",
     "ceil(1 + log2(tensors x smallest gain / target) / 2)"},
    {"least_bits", "bits", kAssignment,
     "The same with the rounded offsets, raised until the rule holds; at least 1."},
    {"rule", "", kAssignment,
     "What must stay below the target: bound (and capped with it), capped or gaussian."},
    {"tensors", "", kAssignment, "Activations, then weights, of the layers with products."},
    {"tensor", "", kAssignment, "activations or weights."},
    {"noise_gain", "", kAssignment,
     "How far quantisation noise of the tensor moves the scores against what separates them, for "
     "steps of 2^(1 - bits).",
     "mean over images of the sum over rival classes of the margin's squared derivatives / (24 "
     "margin^2), scaled by the range"},
    {"offset_bits", "bits", kAssignment, "Bits above the least sensitive tensor.",
     "round(log2 sqrt(gain / smallest gain))"},
    {"settings", "", kAssignment, "The assignment and uniform precisions."},
    {"setting", "", kAssignment, "Name of a choice of bits for all tensors."},
    {"tensor_bits", "bits", kAssignment, "Bits in the order of the tensors."},
    {"mean_bits", "bits", kAssignment, "Of both operands, weighted by the layers' products."},
    {"mismatch_bound", "", kAssignment,
     "Bound on the share of changed classes, for errors without mean; may exceed 1.",
     "sum over tensors of 4^(1 - bits) x noise gain"},
    {"mismatch_capped", "", kAssignment,
     "The same with each rival counted at most 1/2 and each image at most 1, and with the mean "
     "error of stored integers whose halves are rounded up."},
    {"mismatch_gaussian", "", kAssignment,
     "Estimate with Gaussian noise and that mean, no bound: mean over images of the sum of "
     "Q((margin + mean) / deviation)."},
    {"mismatch_measured", "", kAssignment,
     "Share of images whose class in fixed point is another than in real numbers."},
    {"machines", "", kAssignment, "What machines take with the bits of a setting."},
    {"cycles_per_image", "cycles", kAssignment, "Cycles of the whole network for one image."},
    {"energy_per_image_pJ", "pJ", kAssignment, "Energy of the whole network for one image."},

    {"memory_columns", "", kColumns, "Columns of the rows asked for and of fewer and more."},
    {"cells", "", kColumns,
     "Cells (rows) of a column: length of the dot product. Of a unit: its gates and flip-flops by "
     "kind."},
    {"compute_snr_dB", "dB", kColumns,
     "Signal over mismatch, noise and clipping, before conversion; null without noise."},
    {"drawn_snr_dB", "dB", kColumns,
     "The same by Monte-Carlo: cells, operands and noise of every trial their own."},
    {"signal_power", "", kColumns, "Variance of the dot product, operands in full scales squared."},
    {"analogue_noise_power", "", kColumns, "Mismatch, jitter and thermal noise, in the same unit."},
    {"clipping_noise_power", "", kColumns,
     "What the bit line's headroom clips, in the same unit: mean square, with the covariance of "
     "conversions that share bits."},
    {"converter_bits", "bits", kColumns,
     "Fewest bits of the converter that cost at most 0.5 dB, or that resolve every level.",
     "fewest bits with minimum_precision at compute_snr_dB + 9.136 dB or more"},
    {"closed_form_bits", "bits", kColumns,
     "The closed form in print, right near 8 bits; null without noise.",
     "ceil((compute_snr_dB + 16.6) / 6)"},
    {"clipping_from", "", kColumns,
     "Headroom in unit discharges below which clipping adds half of the other noise or more."},
};

}  // namespace

std::span<const Metric> precision_metrics() { return kMetrics; }

}  // namespace bitscale
