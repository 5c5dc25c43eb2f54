// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <linnet/io/onnx/casts.hpp>
#include <linnet/io/onnx/folded_numbers.hpp>
#include <linnet/io/onnx/function_operators.hpp>

// From floats to integers and back. ONNX divides by the scale and rounds ties to even, so quantizing is
// several nodes: linnet's own rounds ties away from zero.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// Scales and zero points as constants: one for all, one for each entry of a dimension, or one for each block
/// of such entries.
struct stated_steps {
  shape stated{};  ///< that broadcasts to the tensor's, of its rank; {} for one number
  std::vector<float> scales{}, zero_points{};
  int data_type = 0;  ///< of the zero points, as the file has it; 0: there are none

  [[nodiscard]] bool is_one() const { return scales.size() == 1; }
  [[nodiscard]] bool has_zero_points() const {
    return std::ranges::any_of(zero_points, [](float z) { return z != 0.0f; });
  }
  /// Precondition: it is one number.
  [[nodiscard]] quantization one() const {
    return {scales[0], zero_points.empty() ? 0 : static_cast<std::int32_t>(zero_points[0])};
  }
};

/// The shape that broadcasts scales of such a shape along the axis of a tensor: {} of one scale, the tensor's
/// own where blocks of its entries share one. Fails where they do not fit.
[[nodiscard]] inline result<shape> shape_of_steps(constant const& scales, shape const& s, std::int64_t axis,
                                                  std::int64_t block, std::string const& words) {
  shape const& stated = scales.shape;
  auto const wrong = [&] {
    return fail(errc::invalid_graph, words + describe(stated) + " does not fit " + describe(s));
  };
  if (block == 0 && scales.size() == 1 && stated.rank() <= 1) return shape{};
  auto const along = dimension(axis, s.rank());
  if (!along) return unexpected(along.error());
  auto const d = static_cast<std::size_t>(*along);
  if (block == 0) {
    if (!(stated == shape{s[d]})) return wrong();
    shape made;
    for (std::size_t i = 0; i < s.rank(); ++i) made.push_back(i == d ? s[i] : 1);
    return made;
  }
  if (block < 0 || block > max_elements || stated.rank() != s.rank()) return wrong();
  for (std::size_t i = 0; i < s.rank(); ++i) {
    std::int64_t const wanted = i == d ? (s[i] + block - 1) / block : std::int64_t{s[i]};
    if (stated[i] != wanted) return wrong();
  }
  return s;
}

/// Numbers of blocks, repeated for each entry of the dimension.
template <class Number>
[[nodiscard]] std::vector<float> repeated_along(std::vector<Number> const& numbers, shape const& stated,
                                                shape const& to, std::size_t d, std::int64_t block) {
  std::vector<float> made;
  std::int64_t inner = 1;
  for (std::size_t i = d + 1; i < to.rank(); ++i) inner *= to[i];
  for (std::int64_t at = 0; at < to.elements(); ++at) {
    std::int64_t const place = at / inner % to[d], outer = at / inner / to[d];
    auto const from = static_cast<std::size_t>((outer * stated[d] + place / block) * inner + at % inner);
    made.push_back(static_cast<float>(numbers[from]));
  }
  return made;
}

/// Inputs 1 and 2 for a tensor of this shape.
[[nodiscard]] inline result<stated_steps> read_steps(stated_operator& from, shape const& s) {
  std::int64_t const axis = from.attributes.integer("axis", 1),
                     block = from.attributes.integer("block_size", 0);
  auto const scales = from.reals(1);
  if (!scales) return unexpected(scales.error());
  auto const to = shape_of_steps(*scales, s, axis, block, from.input_in_words(1));
  if (!to) return unexpected(to.error());
  auto const bytes = static_cast<std::size_t>(to->elements()) * 2 * sizeof(float);
  if (auto room = from.writer.expect_room(bytes); !room) return unexpected(room.error());
  stated_steps made{.stated = *to};
  auto const spread = [&](auto const& numbers) {
    using list = std::vector<float>;
    if (block == 0) return list(numbers.begin(), numbers.end());
    auto const d = static_cast<std::size_t>(*dimension(axis, s.rank()));
    return repeated_along(numbers, scales->shape, s, d, block);
  };
  made.scales = spread(numbers_of<float>(*scales));
  for (float scale : made.scales) {
    if (!(scale > 0.0f) || !is_finite(scale))
      return fail(errc::invalid_graph, from.input_in_words(1) + "a scale that is not positive and finite");
  }
  if (!from.has_input(2)) return made;
  auto const zeros = from.any_constant(2);
  if (!zeros) return unexpected(zeros.error());
  if (zeros->size() != scales->size()) {
    return fail(errc::invalid_graph, from.input_in_words(2) + std::to_string(zeros->size()) + " for " +
                                         std::to_string(scales->size()) + " scales");
  }
  made.zero_points = spread(numbers_of<float>(*zeros));
  for (float zero : made.zero_points) {
    if (!(std::fabs(zero) < 0x1p16f))
      return fail(errc::invalid_graph, from.input_in_words(2) + "a zero point outside of its type");
  }
  made.data_type = zeros->data_type();
  return made;
}

/// The node's result of a tensor and one constant.
[[nodiscard]] inline result<tensor_id> with_numbers(stated_operator& from, binary_function f, tensor_id id,
                                                    shape const& s, std::vector<float> const& numbers,
                                                    std::string const& name) {
  auto const c = from.writer.add_constant(s, numbers, name + "/numbers");
  if (!c) return c;
  return from.writer.add_node({.kind = op::binary, .binary = f}, {id, *c}, name);
}

/// Numbers of a shape of the file as the value stores them.
[[nodiscard]] inline std::vector<float> in_stored_order(std::vector<float> const& numbers, shape const& s,
                                                        dimension_order const& order) {
  if (s.rank() == 0) return numbers;
  std::vector<float> made;
  for (std::int64_t index : permuted_indices(s, order))
    made.push_back(numbers[static_cast<std::size_t>(index)]);
  return made;
}

/// A shape of the file as the value stores it; one number stays one.
[[nodiscard]] inline shape stored_shape(shape const& s, dimension_order const& order) {
  return s.rank() == 0 ? s : permuted(s, order);
}

/// The nearest whole number, of two the even one: beyond 2^22 it does not matter to integers of 16 bits, and
/// below a sum with 3 * 2^22 has no room for a fraction.
[[nodiscard]] inline result<tensor_id> rounded_to_even(stated_operator& from, tensor_id id,
                                                       std::string const& name) {
  auto const raised = with_numbers(from, binary_function::add, id, {}, {0x1.8p23f}, name + "/raised");
  if (!raised) return raised;
  return with_numbers(from, binary_function::sub, *raised, {}, {0x1.8p23f}, name);
}

/// A node that makes integers that mean this.
[[nodiscard]] inline result<tensor_id> add_integer_node(stated_operator& from, node const& n,
                                                        std::vector<tensor_id> const& operands,
                                                        element_type type, quantization const& q,
                                                        std::string const& name, shape const& stated = {}) {
  auto const made = from.writer.add_node(n, operands, name, stated);
  if (!made) return made;
  from.writer.set_type(*made, type);
  if (auto said = from.writer.state(*made, q); !said) return unexpected(said.error());
  return made;
}

/// Which type QuantizeLinear makes, as the file counts them.
[[nodiscard]] inline int quantized_type(stated_operator& from, stated_steps const& steps) {
  int const stated = from.attributes.data_type("output_dtype", 0);
  if (steps.data_type != 0) return steps.data_type;
  return stated != 0 ? stated : int{proto::TensorProto_DataType_UINT8};
}

/// What QuantizeLinear's and DequantizeLinear's further attributes may say.
[[nodiscard]] inline result<void> finish_quantization(stated_operator& from) {
  from.attributes.pass_over("saturate");   // of float8
  from.attributes.pass_over("precision");  // of types that are not read
  return from.attributes.finish();
}

[[nodiscard]] inline result<void> read_quantize_linear(stated_operator& from) {
  auto const x = from.settled_activation(0);
  if (!x) return unexpected(x.error());
  auto const steps = read_steps(from, x->stated);
  if (!steps) return unexpected(steps.error());
  int const type = quantized_type(from, *steps);
  if (auto known = finish_quantization(from); !known) return known;
  bool const is_wide = type == proto::TensorProto_DataType_INT16;
  if (!is_wide && type != proto::TensorProto_DataType_INT8 && type != proto::TensorProto_DataType_UINT8) {
    return fail(errc::not_supported, "numbers of type " + type_in_words(type) +
                                         " are not supported here, only INT8, UINT8 and INT16");
  }
  std::string const name = from.node_name();
  shape const stored = stored_shape(steps->stated, x->order);
  auto const scales = in_stored_order(steps->scales, steps->stated, x->order);
  auto made = with_numbers(from, binary_function::div, x->id, stored, scales, name + "/scaled");
  if (made) made = rounded_to_even(from, *made, name + "/rounded");
  bool const by_scale = steps->is_one() && !is_wide;
  if (made && by_scale) {  // whole numbers times the scale: quantizing by it has nothing left to round
    made = with_numbers(from, binary_function::mul, *made, {}, steps->scales, name + "/steps");
  } else if (made && steps->has_zero_points()) {
    auto const zeros = in_stored_order(steps->zero_points, steps->stated, x->order);
    made = with_numbers(from, binary_function::add, *made, stored, zeros, name + "/moved");
  }
  if (!made) return unexpected(made.error());
  if (!by_scale) {
    auto const id = cast_stored(from, *made, *activation_type(type), name);
    return id ? from.give(from.value_of(*id, x->order)) : unexpected(id.error());
  }
  auto const id =
      add_integer_node(from, {.kind = op::quantize}, {*made}, *activation_type(type), steps->one(), name);
  return id ? from.give(from.value_of(*id, x->order)) : unexpected(id.error());
}

[[nodiscard]] inline result<void> read_dequantize_linear(stated_operator& from) {
  auto const x = from.settled_activation(0);
  if (!x) return unexpected(x.error());
  auto const steps = read_steps(from, x->stated);
  if (!steps) return unexpected(steps.error());
  int const to = from.attributes.data_type("output_dtype", proto::TensorProto_DataType_FLOAT);
  if (auto known = finish_quantization(from); !known) return known;
  element_type const type = from.writer.view().tensor(x->id).type;
  if (type == f32 && !from.writer.is_whole(x->id))
    return fail(errc::invalid_graph, from.input_in_words(0) + "is not of integers");
  if (to != 0 && to != proto::TensorProto_DataType_FLOAT) {
    return fail(errc::not_supported,
                "numbers of type " + type_in_words(to) + " are not supported here, only FLOAT");
  }
  std::string const name = from.node_name();
  if (steps->is_one() && (type == s8 || type == u8)) {
    if (auto said = from.writer.state(x->id, steps->one()); !said) return said;
    auto const made = from.writer.add_node({.kind = op::dequantize}, {x->id}, name);
    return made ? from.give(from.value_of(*made, x->order)) : unexpected(made.error());
  }
  result<tensor_id> made = x->id;
  if (type != f32) made = cast_stored(from, x->id, f32, name + "/numbers");
  shape const stored = stored_shape(steps->stated, x->order);
  if (made && steps->has_zero_points()) {
    auto const zeros = in_stored_order(steps->zero_points, steps->stated, x->order);
    made = with_numbers(from, binary_function::sub, *made, stored, zeros, name + "/moved");
  }
  if (made) {
    auto const scales = in_stored_order(steps->scales, steps->stated, x->order);
    made = with_numbers(from, binary_function::mul, *made, stored, scales, name);
  }
  return made ? from.give(from.value_of(*made, x->order)) : unexpected(made.error());
}

/// The same of a constant: each number's step.
[[nodiscard]] inline std::vector<std::size_t> step_of_each(stated_steps const& steps, shape const& s) {
  if (steps.is_one()) return std::vector<std::size_t>(static_cast<std::size_t>(s.elements()), 0);
  return repeated_indices(steps.stated, s);
}

[[nodiscard]] inline result<void> fold_dequantize_linear(stated_operator& from) {
  auto const x = from.any_constant(0);
  if (!x) return unexpected(x.error());
  auto const steps = read_steps(from, x->shape);
  if (!steps) return unexpected(steps.error());
  from.attributes.pass_over("output_dtype");  // float16 is widened, and what else there is has as many bits
  if (auto known = finish_quantization(from); !known) return known;
  if (auto room = from.writer.expect_room(x->size() * sizeof(double)); !room) return room;
  auto const numbers = numbers_of<float>(*x);
  auto const which = step_of_each(*steps, x->shape);
  std::vector<double> made;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    float const zero = steps->zero_points.empty() ? 0.0f : steps->zero_points[which[i]];
    made.push_back(static_cast<double>((numbers[i] - zero) * steps->scales[which[i]]));
  }
  return give_numbers(from, proto::TensorProto_DataType_FLOAT, x->shape, made);
}

[[nodiscard]] inline result<void> fold_quantize_linear(stated_operator& from) {
  auto const x = from.reals(0);
  if (!x) return unexpected(x.error());
  auto const steps = read_steps(from, x->shape);
  if (!steps) return unexpected(steps.error());
  int const type = quantized_type(from, *steps);
  if (auto known = finish_quantization(from); !known) return known;
  double low = 0.0, high = 0.0;
  switch (type) {
    case proto::TensorProto_DataType_INT8: low = -0x1p7; break;
    case proto::TensorProto_DataType_INT16: low = -0x1p15; break;
    case proto::TensorProto_DataType_UINT8: high = 0x1p8; break;
    case proto::TensorProto_DataType_UINT16: high = 0x1p16; break;
    case static_cast<int>(narrow_type::int4): low = -0x1p3; break;
    case static_cast<int>(narrow_type::uint4): high = 0x1p4; break;
    case static_cast<int>(narrow_type::int2): low = -0x1p1; break;
    case static_cast<int>(narrow_type::uint2): high = 0x1p2; break;
    default:
      return fail(errc::not_supported, "numbers of type " + type_in_words(type) + " are not supported here");
  }
  high = (high == 0.0 ? -low : high) - 1.0;
  if (auto room = from.writer.expect_room(x->size() * sizeof(double)); !room) return room;
  auto const which = step_of_each(*steps, x->shape);
  std::vector<double> made;
  for (std::size_t i = 0; i < x->size(); ++i) {
    double const zero = steps->zero_points.empty() ? 0.0 : static_cast<double>(steps->zero_points[which[i]]);
    double const quotient = static_cast<double>(x->real(i) / steps->scales[which[i]]);
    made.push_back(std::clamp(std::nearbyint(quotient) + zero, low, high));
  }
  return give_numbers(from, type, x->shape, made);
}

/// The largest and the smallest number, and 0, share 255 steps: none of it is known before a run. Where all
/// are 0, a step is 1.
[[nodiscard]] inline result<void> read_dynamic_quantize(stated_operator& from) {
  if (auto known = from.attributes.finish(); !known) return known;
  auto const x = from.settled_activation(0);
  if (!x) return unexpected(x.error());
  graph_writer& writer = from.writer;
  std::string const name = from.node_name();
  auto const list = writer.view_as(x->id, {1, static_cast<std::int32_t>(x->stated.elements())});
  if (!list) return unexpected(list.error());
  auto const end_of = [&](reduction r, binary_function f, std::string const& end) -> result<tensor_id> {
    node n{.kind = op::reduce, .reduction = r};
    n.axes.push_back(1);
    auto const found = writer.add_node(n, {*list}, end + "/found", {1, 1});
    if (!found) return found;
    auto const number = writer.view_as(*found, {});
    return number ? with_numbers(from, f, *number, {}, {0.0f}, end) : number;
  };
  auto const high = end_of(reduction::maximum, binary_function::maximum, name + "/high"),
             low = end_of(reduction::minimum, binary_function::minimum, name + "/low");
  if (!high) return unexpected(high.error());
  if (!low) return unexpected(low.error());
  auto const binary = [&](binary_function f, tensor_id a, tensor_id b, std::string const& what) {
    return writer.add_node({.kind = op::binary, .binary = f}, {a, b}, name + what);
  };
  auto scale = binary(binary_function::sub, *high, *low, "/range");
  if (scale) scale = with_numbers(from, binary_function::div, *scale, {}, {255.0f}, name + "/step");
  if (!scale) return unexpected(scale.error());
  auto less = writer.add_node({.kind = op::unary, .unary = unary_function::sign}, {*scale}, name + "/sign");
  if (less) less = with_numbers(from, binary_function::sub, *less, {}, {1.0f}, name + "/less");
  if (!less) return unexpected(less.error());
  scale = binary(binary_function::sub, *scale, *less, "/scale");  // 1 less where it is 0: it becomes 1
  if (!scale) return unexpected(scale.error());
  auto zero = writer.add_node({.kind = op::unary, .unary = unary_function::neg}, {*low}, name + "/depth");
  if (zero) zero = binary(binary_function::div, *zero, *scale, "/place");
  if (zero) zero = rounded_to_even(from, *zero, name + "/zero");
  if (!zero) return unexpected(zero.error());
  auto made = binary(binary_function::div, x->id, *scale, "/scaled");
  if (made) made = rounded_to_even(from, *made, name + "/rounded");
  if (made) made = binary(binary_function::add, *made, *zero, "/moved");
  if (!made) return unexpected(made.error());
  quantization const as_it_is{1.0f, 0};
  auto const numbers = add_integer_node(from, {.kind = op::quantize}, {*made}, u8, as_it_is, name);
  if (!numbers) return unexpected(numbers.error());
  if (auto given = from.give(from.value_of(*numbers, x->order)); !given) return given;
  auto const give_also = [&](int i, tensor_id id) -> result<void> {
    return from.has_output(i) ? from.names.add(from.stated.output(i), {from.value_of(id, {})})
                              : result<void>{};
  };
  if (auto given = give_also(1, *scale); !given) return given;
  auto const stored =
      add_integer_node(from, {.kind = op::quantize}, {*zero}, u8, as_it_is, name + "/zero_point");
  return stored ? give_also(2, *stored) : unexpected(stored.error());
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
