// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include <linnet/io/conformance/fields.hpp>
#include <linnet/io/conformance/judged_case.hpp>
#include <linnet/io/conformance/test_case.hpp>
#include <linnet/kernels/batch_matmul/descriptor.hpp>
#include <linnet/kernels/binary/descriptor.hpp>
#include <linnet/kernels/conv2d/descriptor.hpp>
#include <linnet/kernels/dense/descriptor.hpp>
#include <linnet/kernels/depthwise/descriptor.hpp>
#include <linnet/kernels/elementwise/descriptor.hpp>
#include <linnet/kernels/pad/descriptor.hpp>
#include <linnet/kernels/pool/descriptor.hpp>
#include <linnet/kernels/recurrent/descriptor.hpp>
#include <linnet/kernels/softmax/descriptor.hpp>
#include <linnet/kernels/strided_copy/descriptor.hpp>
#include <linnet/kernels/transpose_conv2d/descriptor.hpp>
#include <linnet/session/widened.hpp>

namespace linnet::inline LINNET_ISA::io::conformance {

/// What a case can be: the problem of one kernel call.
using problem =
    std::variant<kernels::conv2d::problem, kernels::depthwise::problem, kernels::dense::problem,
                 kernels::pool::average_problem, kernels::pool::max_problem, kernels::softmax::problem,
                 kernels::elementwise::add_problem, kernels::binary::problem, kernels::strided_copy::problem,
                 kernels::pad::problem, kernels::transpose_conv2d::problem, kernels::batch_matmul::problem,
                 kernels::recurrent::problem>;

/// A case as `run_layer` takes it: its constants as its files have them, its multipliers as given.
struct layer {
  conformance::problem problem;                  // of one group
  std::int32_t groups = 1;                       ///< so many calls, each on its part of the channels
  std::vector<std::byte> weights, bias;          ///< as `kernels::constants` has them
  std::vector<std::byte> second_weights;         ///< of layers with weights of two kinds
  std::vector<multiplier> multipliers;           ///< one an output channel
  std::array<std::vector<std::byte>, 2> inputs;  ///< (batch, height, width, channels)
  std::vector<std::byte> expected;               ///< the output, likewise
  element_type type = s8;                        ///< of what is expected
  float_tolerance tolerance{};                   ///< of floats
  /// One behind the other, each with its part of the input: what the last one makes.
  std::size_t calls = 1;
};

namespace detail {

inline constexpr std::int64_t most_extent = std::numeric_limits<std::uint16_t>::max();

/// What building any layer out of a case takes; the field reader keeps what is wrong.
class layer_parts {
 protected:
  explicit layer_parts(test_case const& from) : from_(from), fields_(from) {}

  [[nodiscard]] bool real() const { return made_.type == f32; }
  [[nodiscard]] std::int32_t least() const { return made_.type == s16 ? -32768 : -128; }
  [[nodiscard]] std::int32_t most() const { return made_.type == s16 ? 32767 : 127; }
  std::int32_t zero_point(char const* field) { return fields_.quantity(field, least(), most()); }
  kernels::stored_bounds bounds() {
    if (real()) {
      value_range<float> const range{fields_.real_quantity("activation_min"),
                                     fields_.real_quantity("activation_max")};
      if (range.low > range.high) fields_.refuse("quant.activation_min", "is above activation_max");
      return {.real = range};
    }
    kernels::stored_bounds const b{fields_.quantity("activation_min", least(), most()),
                                   fields_.quantity("activation_max", least(), most())};
    if (!b.given()) fields_.refuse("quant.activation_min", "is above activation_max");
    return b;
  }
  multiplier multiplier_at(std::string const& mantissa, std::string const& shift) {
    std::int32_t const q31 = fields_.quantity(mantissa, 1, std::numeric_limits<std::int32_t>::max());
    return {q31, fields_.quantity(shift, -31, 30)};
  }
  void require(bool holds, char const* field, char const* reason) {
    if (!holds) fields_.refuse(field, reason);
  }
  std::vector<std::byte> bytes(char const* role) {
    return fields_
        .array(role, real()              ? data_type::f32
                     : made_.type == s16 ? data_type::int16
                                         : data_type::int8)
        .data;
  }
  /// Weights of so many numbers; those of 4 bits become bytes.
  std::vector<std::byte> weight_bytes(std::int64_t count) {
    if (from_.variant == "int8x4") {
      auto const& packed = fields_.array("weights", data_type::int4x2).data;
      require(static_cast<std::int64_t>(packed.size()) == (count + 1) / 2, "tensors.weights.count",
              "is not half of what the shape says");
      return fields_.failed() ? std::vector<std::byte>() : widened_nibbles(packed, count);
    }
    return fields_.array("weights", real() ? data_type::f32 : data_type::int8).data;
  }
  template <class Problem>
  void types(Problem& p) {
    p.input_type = p.output_type = made_.type;
    p.weight_type = kernels::weight_type_of(made_.type);
  }
  void ends() {
    made_.inputs[0] = bytes("input");
    made_.expected = bytes("expected");
  }

  test_case const& from_;
  field_reader fields_;
  layer made_;
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::conformance
