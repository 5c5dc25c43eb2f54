// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <linnet/graph/shape_inference.hpp>
#include <linnet/io/conformance/layer_parts.hpp>
#include <linnet/session/dynamic_graph.hpp>

namespace linnet::inline LINNET_ISA::io::conformance {

namespace detail {

/// Layers without weights, and those of one weight a channel.
class plain_layers : protected layer_parts {
 protected:
  using layer_parts::layer_parts;

  /// The least difference to the largest input follows from the multiplier: it must be ours.
  void softmax() {
    kernels::softmax::problem p;
    p.image = fields_.image("input", 1, 4);
    if (real()) {
      p.type = f32;
      require(p.image == fields_.image("expected", 1, 4), "tensors.expected.shape", "is not the input's");
      ends();
      made_.problem = p;
      return;
    }
    if (made_.type != s8) return fields_.refuse("variant", "is not 'int8'", errc::not_supported);
    fields_.require_double_rounding();
    p.factor = multiplier_at("input_multiplier", "input_left_shift");
    p.output_quantization = {1.0f / 256, -128};
    if (from_.variant == "int8_to_int16") {
      p.widens = true;
      p.output_quantization = {1.0f / 65536, -32768};
    }
    std::int32_t const least = fields_.quantity("diff_min", std::numeric_limits<std::int32_t>::min(), 0);
    if (fields_.failed()) return;
    require(p.image == fields_.image("expected", 1, 4), "tensors.expected.shape", "is not the input's");
    if (kernels::softmax::descriptor<std::int32_t, std::int8_t>(p).least_difference != least)
      fields_.refuse("quant.diff_min", "is not what follows from the multiplier", errc::not_supported);
    made_.inputs[0] = bytes("input");
    made_.type = p.result_type();
    made_.expected = bytes("expected");
    made_.problem = p;
  }

  /// Operands of one shape have a kernel of their own, but for s16.
  void add() {
    if (made_.type == s16) return binary(binary_function::add);
    kernels::elementwise::add_problem p;
    p.image = fields_.image("input1", 1, 4);
    p.bounds = bounds();
    p.type = made_.type;
    if (!real()) p.factors = add_factors(p);
    require(p.image == fields_.image("input2", 1, 4), "tensors.input2.shape", "is not that of input1");
    require(p.image == fields_.image("expected", 1, 4), "tensors.expected.shape", "is not that of input1");
    two_ends();
    made_.problem = p;
  }
  void two_ends() {
    made_.inputs = {bytes("input1"), bytes("input2")};
    made_.expected = bytes("expected");
  }
  template <class Problem>
  void zero_points(Problem& p) {
    fields_.require_double_rounding();
    p.a_quantization.zero_point = zero_point("input1_zero_point");
    p.b_quantization.zero_point = zero_point("input2_zero_point");
    p.output_quantization.zero_point = zero_point("output_zero_point");
  }
  template <class Problem>
  kernels::elementwise::add_factors add_factors(Problem& p) {
    zero_points(p);
    if (fields_.quantity("left_shift", 0, 30) != (made_.type == s16 ? 15 : 20))
      fields_.refuse("quant.left_shift", "is not TensorFlow Lite's", errc::not_supported);
    return {multiplier_at("input1_multiplier", "input1_shift"),
            multiplier_at("input2_multiplier", "input2_shift"),
            multiplier_at("output_multiplier", "output_shift")};
  }

  /// Extents of 1 are repeated.
  void binary(binary_function f) {
    kernels::binary::problem p;
    p.function = f;
    p.type = made_.type;
    p.a = fields_.extents("input1");
    p.b = fields_.extents("input2");
    p.output = fields_.extents("expected");
    bool const calculates = f == binary_function::mul || f == binary_function::add;
    if (calculates) p.bounds = bounds();
    if (f == binary_function::mul && !real()) {
      zero_points(p);
      p.factors.output = multiplier_at("output_multiplier", "output_shift");
    } else if (calculates && !real()) {
      p.factors = add_factors(p);
    }
    two_ends();
    if (fields_.failed()) return;
    auto const fits = linnet::detail::broadcast_shape(p.a, p.b);
    require(fits && *fits == p.output, "tensors.expected.shape", "is not what the inputs' make");
    made_.problem = p;
  }

  /// Its outer extents of 1 are repeated.
  void batch_matmul() {
    kernels::batch_matmul::problem p;
    p.type = made_.type;
    p.a = fields_.extents("input1");
    p.b = fields_.extents("input2");
    p.output = fields_.extents("expected");
    p.a_transposed = fields_.attribute("adj_x", 0, 1) == 1;
    p.b_transposed = fields_.attribute("adj_y", 0, 1) == 1;
    p.bounds = bounds();
    if (!real()) {
      p.rounding = fields_.policy();
      p.a_quantization.zero_point = zero_point("input1_zero_point");
      p.b_quantization.zero_point = zero_point("input2_zero_point");
      p.output_quantization.zero_point = zero_point("output_zero_point");
      p.factor = multiplier_at("output_multiplier", "output_shift");
    }
    two_ends();
    if (fields_.failed()) return;
    auto const chain = [&] {
      dynamic_graph g;
      for (shape const& s : {p.a, p.b, p.output}) g.tensors.push_back({.shape = s});
      node n{.kind = op::batch_matmul};
      n.inputs = g.add_edges(std::array<tensor_id, 2>{0, 1});
      n.outputs = g.add_edges(std::array<tensor_id, 1>{2});
      n.transposed = {p.a_transposed, p.b_transposed};
      auto const made = infer_shape(g.view(), n);
      return made && *made == p.output;
    };
    require(chain(), "tensors.expected.shape", "is not what the inputs' make");
    made_.problem = p;
  }

  void transpose() {
    shape const input = fields_.extents("input");
    static_vector<std::int32_t, max_rank> axes;
    std::array<bool, max_rank> named{};
    for (std::int32_t axis : fields_.attributes("perm", 0, max_rank - 1)) {
      auto const i = static_cast<std::size_t>(axis);
      require(i < input.rank() && !named[i], "attrs.perm",
              "names a dimension twice, or one that there is not");
      if (fields_.failed()) return;
      named[i] = true;
      axes.push_back(axis);
    }
    require(axes.size() == input.rank(), "attrs.perm", "does not name every dimension");
    if (fields_.failed()) return;
    auto const p = kernels::strided_copy::transposed(made_.type, input, axes);
    require(p.output == fields_.extents("expected"), "tensors.expected.shape",
            "is not the input's in this order");
    ends();
    made_.problem = p;
  }

  /// Rows, columns and channels: not images.
  void pad() {
    kernels::pad::problem p;
    p.type = made_.type;
    p.input = fields_.image("input", 4, 4);
    p.output = fields_.image("expected", 4, 4);
    auto const before = fields_.attributes("pre", 0, most_extent),
               after = fields_.attributes("post", 0, most_extent);
    if (real()) {
      p.value = fields_.real_attribute("pad_value");
    } else {
      p.value = static_cast<float>(fields_.attribute("pad_value", least(), most()));
    }
    require(before.size() == 4 && after.size() == 4, "attrs.pre", "are not four numbers");
    if (fields_.failed()) return;
    p.top = before[1];
    p.left = before[2];
    p.front = before[3];
    image_shape const wanted{p.input.batch, p.input.height + p.top + after[1],
                             p.input.width + p.left + after[2], p.input.channels + p.front + after[3]};
    if (before[0] != 0 || after[0] != 0)
      fields_.refuse("attrs.pre", "adds images to a batch", errc::not_supported);
    require(p.output == wanted, "tensors.expected.shape", "is not what the amounts make");
    ends();
    made_.problem = p;
  }

  /// A factor and an addend a channel: a depthwise layer of one pixel.
  void batch_norm() {
    kernels::depthwise::problem p;
    if (!real()) return fields_.refuse("variant", "is not 'f32'", errc::not_supported);
    types(p);
    p.input = fields_.image("input", 4, 4);
    p.output = fields_.image("expected", 4, 4);
    made_.weights = bytes("scale");
    made_.bias = bytes("bias");
    std::size_t const wanted = 4 * static_cast<std::size_t>(p.input.channels);
    require(p.output == p.input, "tensors.expected.shape", "is not the input's");
    require(made_.weights.size() == wanted && made_.bias.size() == wanted, "tensors.scale.count",
            "is not the number of channels");
    ends();
    made_.problem = p;
  }
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::conformance
