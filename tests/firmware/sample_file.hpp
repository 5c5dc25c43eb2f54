// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

/// In front of a network's samples: their inputs follow, one behind the other, then the outputs.
struct sample_file_header {
  std::uint32_t samples = 0, input_bytes = 0, output_bytes = 0;
};
