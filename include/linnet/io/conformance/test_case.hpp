// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include <linnet/config/arch.hpp>

namespace linnet::inline LINNET_ISA::io::conformance {

/// What a field of a case holds: whole numbers and truth values, other numbers, text, lists of whole numbers.
using value = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>>;
using values = std::map<std::string, value, std::less<>>;  ///< Fields by their names.

/// An element type by its name in case.json. int4x2: two signed 4-bit values a byte, the first in the low
/// bits.
enum class data_type : std::uint8_t { int8, int16, int32, int64, int4x2, f16, f32 };

/// An array as it lies in its file: little-endian, row-major.
struct tensor {
  data_type type = data_type::int8;  ///< of each element
  std::int64_t count = 0;            ///< elements; of int4x2 pairs of them
  std::vector<std::int64_t> shape;   ///< empty where the case states none
  std::string layout;                ///< empty where the case states none
  std::vector<std::byte> data;       ///< the elements
};

/// One test case of another toolchain's kernels: a call, its operands, and what has to come out.
struct test_case {
  std::string file;                 ///< case.json, with its path: for messages
  std::string name, op, variant;    ///< of the case; what its kernel computes; which kind of it
  values attributes, quantization;  ///< `attrs` and `quant`
  values parameters;                ///< `raw_params`: those of the original that are numbers or text
  std::map<std::string, tensor, std::less<>> tensors;  ///< by role: input, weights, expected ...
};

}  // namespace linnet::inline LINNET_ISA::io::conformance
