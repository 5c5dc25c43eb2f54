// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/graph/node.hpp>
#include <linnet/session/error.hpp>

namespace linnet::inline LINNET_ISA {

/// A tensor of a session, with all that is needed to read or fill it. Valid as long as the session; what it
/// shows changes with every run.
struct tensor_ref {
  element_type type = f32;            ///< of each element
  linnet::shape shape;                ///< outermost first
  linnet::quantization quantization;  ///< none of floats
  std::span<std::byte> bytes;         ///< row-major, of exactly the tensor's size
  text name;                          ///< as the model has it; may be empty

  /// The elements as C++ values; an error where T is not the tensor's type.
  template <class T>
  [[nodiscard]] result<std::span<T>> as() const {
    if (element_type_of<T> != type) {
      return fail(errc::wrong_argument, "tensor '" + std::string(name) + "' holds " +
                                            std::string(name_of(type)) + " elements, not " +
                                            std::string(name_of(element_type_of<T>)));
    }
    return std::span<T>(reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T));
  }
};

/// The real values that a tensor of type f32, s8 or u8 stands for; empty for other types.
[[nodiscard]] inline std::vector<float> dequantized(tensor_ref const& t) {
  std::vector<float> values;
  auto const steps = [&](std::int32_t q) {
    return t.quantization.scale * static_cast<float>(q - t.quantization.zero_point);
  };
  for (std::size_t i = 0; i < t.bytes.size();) {
    std::byte const* const at = t.bytes.data() + i;
    switch (t.type) {
      case f32:
        values.push_back(load<float>(at));
        i += 4;
        break;
      case s8:
        values.push_back(steps(load<std::int8_t>(at)));
        i += 1;
        break;
      case u8:
        values.push_back(steps(load<std::uint8_t>(at)));
        i += 1;
        break;
      default: return {};
    }
  }
  return values;
}

/// Index of the largest element (the first of equal ones); 0 for an empty tensor.
[[nodiscard]] inline std::size_t argmax(tensor_ref const& t) {
  std::vector<float> const values = dequantized(t);
  std::size_t best = 0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i] > values[best]) best = i;
  }
  return best;
}

}  // namespace linnet::inline LINNET_ISA
