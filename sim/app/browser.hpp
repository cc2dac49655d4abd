#pragma once

#include <string>

namespace bitscale::app {

/// One figure of a report's page, drawn by Debian's chromium without a window. Throws IoError where
/// there is no browser or it fails, UsageError with the names there are where no figure is called
/// `figure`.
[[nodiscard]] std::string figure_svg(const std::string& page, const std::string& figure);

/// The same as a picture of width x height pixels: the bytes of a PNG file.
[[nodiscard]] std::string figure_png(const std::string& page, const std::string& figure, int width,
                                     int height);

}  // namespace bitscale::app
