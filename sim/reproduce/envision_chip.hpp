#pragma once

#include <string_view>
#include <vector>

#include "sim/report/result.hpp"

namespace bitscale::reproduce {

/// Power of Envision (28 nm) at constant throughput as machine envision28 predicts it, for
/// `reproduce dvafs`: 16 bit against 4x4, and 4x4 against 4 bit by DAS and DVAS.
[[nodiscard]] std::vector<ReproduceCheck> envision_checks(std::string_view experiment);

}  // namespace bitscale::reproduce
