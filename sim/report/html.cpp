#include "sim/report/html.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace bitscale {

namespace assets {
// Files of sim/report/html and third_party/echarts, put into the program by cmake/embed.cmake.
std::string_view page();
std::string_view style();
std::string_view echarts();
std::string_view format();
std::string_view model();
std::string_view tables();
std::string_view figures();
std::string_view curves();
std::string_view sweep_figures();
std::string_view widths();
std::string_view sections();
std::string_view entry();
}  // namespace assets

namespace {

/// Data inside a script element must not end it: JSON knows another way to write '<'.
std::string harmless(const std::string& json) {
  std::string result;
  result.reserve(json.size());
  for (const char c : json) {
    if (c == '<')
      result += "\\u003c";
    else
      result += c;
  }
  return result;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string script() {
  std::string text;
  for (const std::string_view part :
       {assets::format(), assets::model(), assets::tables(), assets::figures(), assets::curves(),
        assets::sweep_figures(), assets::widths(), assets::sections(), assets::entry()})
    text.append(part).append("\n");
  return text;
}

std::string data(const std::string& title, const std::string& version,
                 const std::vector<ReportInput>& inputs) {
  const auto quoted = [](const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  };
  std::string text = "{\"title\": " + quoted(title) + ", \"version\": " + quoted(version);
  text += ", \"inputs\": [";
  for (const ReportInput& input : inputs) {
    if (&input != inputs.data()) text += ", ";
    text += "{\"name\": " + quoted(input.name) + ", \"kind\": " + quoted(input.kind);
    text += ", \"data\": " + input.json + "}";
  }
  return harmless(text + "]}");
}

}  // namespace

std::optional<std::string> document_kind(const nlohmann::json& document) {
  if (!document.is_object() || !document.contains("schema_version")) return std::nullopt;
  const auto has = [&](std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
      if (!document.contains(key)) return false;
    }
    return true;
  };
  if (has({"runs", "geometric_means"})) return "compare";
  if (has({"provenance", "layers", "totals"})) return "run";
  if (has({"provenance", "layers", "kind"})) return "explain_layer";
  if (has({"checks"})) return "reproduce";
  if (has({"columns", "keys", "objectives"})) return "sweep";
  if (has({"points", "required_macs_per_s"})) return "precision_sweep";
  if (has({"layers", "target_probability"})) return "accumulator";
  if (has({"runs"})) return "accuracy";
  return std::nullopt;
}

std::string html_report(const std::string& title, const std::string& version,
                        const std::vector<ReportInput>& inputs) {
  const std::array<std::pair<std::string_view, std::string>, 5> parts = {{
      {"{{title}}", escaped(title)},
      {"{{style}}", std::string(assets::style())},
      {"{{data}}", data(title, version, inputs)},
      {"{{library}}", std::string(assets::echarts())},
      {"{{script}}", script()},
  }};
  // In the template's order, so that nothing inside a part is taken for a place.
  std::string page;
  std::string_view rest = assets::page();
  for (const auto& [place, text] : parts) {
    const std::size_t at = rest.find(place);
    page.append(rest.substr(0, at)).append(text);
    rest.remove_prefix(at + place.size());
  }
  return page.append(rest);
}

}  // namespace bitscale
