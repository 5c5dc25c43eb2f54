// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include <linnet/kernels/custom/descriptor.hpp>

// Operators that a user might bring.
namespace support {

/// x + sin^2(a x) / a, with one a a channel (Ziyin et al. 2020, "Neural Networks Fail to Learn Periodic
/// Functions"): floats, with weights.
struct snake {
  static constexpr linnet::text name = "snake";
  static constexpr linnet::shape shape_of(linnet::custom_problem const& p) {
    bool const fits = p.operands == 2 && p.inputs[1].shape == linnet::shape{p.inputs[0].shape.back(0)};
    return fits ? p.inputs[0].shape : linnet::shape{0};
  }
  static constexpr bool supports(linnet::custom_problem const& p) {
    return p.inputs[0].type == linnet::f32 && p.inputs[1].type == linnet::f32 && p.output.type == linnet::f32;
  }
  static constexpr bool in_place = true;
  /// One byte of options: tenths, for whoever has no weights.
  static bool read_options(linnet::span<std::byte const> options, float& a, float&) {
    if (options.size() != 1) return false;
    a = static_cast<float>(options[0]) / 10;
    return true;
  }
  static float value(float x, float a) {
    float const s = std::sin(a * x);
    return x + s * s / a;
  }
  static void run(linnet::kernels::custom_call const& c) {
    auto const channels = static_cast<std::size_t>(c.problem.inputs[1].shape[0]);
    auto const count = static_cast<std::size_t>(c.problem.output.shape.elements());
    for (std::size_t i = 0; i < count; ++i)
      c.output_row<float>()[i] = value(c.input<float>()[i], c.input<float>(1)[i % channels]);
  }
};

/// |a - b| of stored bytes, in steps from zero: two activations, row by row.
struct distance {
  static constexpr linnet::text name = "distance";
  static constexpr linnet::shape shape_of(linnet::custom_problem const& p) {
    return p.operands == 2 && p.inputs[0].shape == p.inputs[1].shape ? p.inputs[0].shape : linnet::shape{0};
  }
  static constexpr bool supports(linnet::custom_problem const& p) {
    return p.inputs[0] == p.inputs[1] && p.inputs[0].type == linnet::u8 && p.output.type == linnet::u8;
  }
  static constexpr bool by_rows = true, in_place = true;
  static void run(linnet::kernels::custom_call const& c) {
    linnet::image_shape const image = linnet::as_image(c.problem.output.shape);
    for (std::int32_t y = 0; y < c.output.rows; ++y) {
      auto const &a = c.inputs[0][static_cast<std::size_t>(y)], &b = c.inputs[1][static_cast<std::size_t>(y)];
      for (std::int32_t x = 0; x < image.width; ++x) {
        std::byte* const to = c.output.data + y * c.output.row_stride + x * c.output.pixel_stride;
        for (std::int32_t i = 0; i < image.channels; ++i) {
          int const d = static_cast<int>(a.data[x * a.pixel_stride + i]) -
                        static_cast<int>(b.data[x * b.pixel_stride + i]);
          to[i] = static_cast<std::byte>(d < 0 ? -d : d);
        }
      }
    }
  }
};

/// Each byte becomes how many bytes of the tensor are smaller, as parts of 256: needs a histogram.
struct equalize {
  static constexpr linnet::text name = "equalize";
  static constexpr linnet::shape shape_of(linnet::custom_problem const& p) { return p.inputs[0].shape; }
  static constexpr bool supports(linnet::custom_problem const& p) {
    return p.inputs[0].type == linnet::u8 && p.output.type == linnet::u8;
  }
  static constexpr std::int64_t scratch_bytes(linnet::custom_problem const&) {
    return 256 * sizeof(std::int32_t);
  }
  static void run(linnet::kernels::custom_call const& c) {
    auto* const smaller = reinterpret_cast<std::int32_t*>(c.scratch);
    for (int i = 0; i < 256; ++i) smaller[i] = 0;
    auto const count = static_cast<std::int32_t>(c.problem.output.shape.elements());
    for (std::int32_t i = 0; i < count; ++i) ++smaller[c.input<std::uint8_t>()[i]];
    for (std::int32_t i = 0, sum = 0; i < 256; ++i) {
      std::int32_t const here = smaller[i];
      smaller[i] = sum;
      sum += here;
    }
    for (std::int32_t i = 0; i < count; ++i)
      c.output_row<std::uint8_t>()[i] =
          static_cast<std::uint8_t>(smaller[c.input<std::uint8_t>()[i]] * 256LL / count);
  }
};

}  // namespace support
