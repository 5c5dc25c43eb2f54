// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "cli.hpp"

namespace cli {

/// Shape, type, scale and zero point (null where it is not quantized).
nlohmann::ordered_json to_json(linnet::element_type type, linnet::shape const& shape,
                               linnet::quantization const& q);

/// Indented text; bytes that are no UTF-8 are replaced.
std::string to_text(nlohmann::ordered_json const& json);

}  // namespace cli
