// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <linnet/base/bytes.hpp>
#include <linnet/quantization/affine.hpp>
#include <linnet/session/error.hpp>
#include <linnet/session/tensor_ref.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

template <class T>
void store_quantized(tensor_ref const& to, std::span<float const> values) {
  affine<T> const quantizer(to.quantization.scale, to.quantization.zero_point);
  for (std::size_t i = 0; i < values.size(); ++i) {
    to.bytes[i] = static_cast<std::byte>(quantize(quantizer, values[i]));
  }
}

}  // namespace detail

/// Writes real values into a tensor of type f32, s8 or u8, row-major; integers are quantized by the tensor's
/// own scale (nearest, ties away from zero, saturated). The inverse of `dequantized`. Fails (wrong_argument),
/// and writes nothing, where the number of values is not the tensor's or it has another type or no scale.
[[nodiscard]] inline result<void> assign(tensor_ref const& to, std::span<float const> values) {
  auto const refuse = [&](std::string const& why) {
    return fail(errc::wrong_argument, "tensor '" + std::string(to.name) + "' " + why);
  };
  bool const integer = to.type == s8 || to.type == u8;
  if (to.type != f32 && !integer)
    return refuse("holds " + std::string(name_of(to.type)) + ", no real values");
  if (integer && !to.quantization.present()) return refuse("has no scale: no real value has a place in it");
  std::size_t const elements = to.bytes.size() / (integer ? 1u : sizeof(float));
  if (values.size() != elements) {
    return refuse("has " + std::to_string(elements) + " elements, not " + std::to_string(values.size()));
  }
  if (to.type == s8) {
    detail::store_quantized<std::int8_t>(to, values);
  } else if (to.type == u8) {
    detail::store_quantized<std::uint8_t>(to, values);
  } else {
    for (std::size_t i = 0; i < values.size(); ++i) store(to.bytes.data() + i * sizeof(float), values[i]);
  }
  return {};
}

}  // namespace linnet::inline LINNET_ISA
