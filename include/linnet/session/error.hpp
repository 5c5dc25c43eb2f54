// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstdint>
#include <string>

#include <linnet/base/expected.hpp>

namespace linnet::inline LINNET_ISA {

/// What kind of failure: stable, for programs.
enum class errc : std::uint8_t {
  file_not_readable,  // does not exist, or the system refuses
  file_not_writable,
  malformed,      // truncated, or bytes that no valid file has
  not_supported,  // valid, but linnet has no operator, type or version for it
  invalid_graph,  // shapes, quantization or wiring that make no sense
  too_large,      // exceeds a stated limit
  wrong_argument  // the caller's data does not fit the model
};

/// Why something failed: a code for programs and a sentence for people that names file, node and tensor.
struct error {
  errc code;            ///< for programs
  std::string message;  ///< for people: file, node, tensor, and what is wrong
};

template <class T>
using result = expected<T, error>;  ///< What functions return that may fail: a value or an error.

/// `return fail(errc::malformed, "person.tflite: ...");`
[[nodiscard]] inline unexpected<error> fail(errc code, std::string message) {
  return unexpected<error>({code, std::move(message)});
}

}  // namespace linnet::inline LINNET_ISA
