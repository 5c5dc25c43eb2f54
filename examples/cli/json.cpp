// SPDX-License-Identifier: MIT
#include "json.hpp"

namespace cli {

nlohmann::ordered_json to_json(linnet::element_type type, linnet::shape const& shape,
                               linnet::quantization const& q) {
  nlohmann::ordered_json json{{"type", std::string(name_of(type))},
                              {"shape", nlohmann::ordered_json::array()}};
  for (std::int32_t extent : shape) json["shape"].push_back(extent);
  json["scale"] = q.present() ? nlohmann::ordered_json(q.scale) : nlohmann::ordered_json();
  json["zero_point"] = q.present() ? nlohmann::ordered_json(q.zero_point) : nlohmann::ordered_json();
  return json;
}

std::string to_text(nlohmann::ordered_json const& json) {
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace cli
