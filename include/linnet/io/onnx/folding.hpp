// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <linnet/io/onnx/folded_reductions.hpp>
#include <linnet/io/onnx/folded_shapes.hpp>
#include <linnet/io/onnx/quantized_operators.hpp>

// Operators on constants alone are computed while the file is read: what exporters compute shapes, masks and
// limits with. In the file's own types, which no kernel needs to know then.
namespace linnet::inline LINNET_ISA::io::onnx {

namespace detail {

/// Functions of two or more inputs of one type.
[[nodiscard]] inline result<void> fold_combined(stated_operator& from) {
  auto const all = constants_of(from);
  if (!all) return unexpected(all.error());
  auto const to = common_shape(from, *all);
  if (!to) return unexpected(to.error());
  if (auto known = from.attributes.finish(); !known) return known;
  std::string const& name = from.stated.op_type();
  int const type = all->front().data_type();
  bool const keeps = name == "Add" || name == "Sub" || name == "Mul" || name == "Div" || name == "Max" ||
                     name == "Min" || name == "Sum";
  for (constant const& c : *all) {
    if (c.data_type() != type) return fail(errc::invalid_graph, "its inputs differ in type");
  }
  return with_computed_type(type, [&]<class Number>(Number) -> result<void> {
    std::vector<Number> made;
    bool sound = true;
    for (std::size_t k = 0; k < all->size(); ++k) {
      auto const numbers = numbers_of<Number>((*all)[k]);
      auto const indices = repeated_indices((*all)[k].shape, *to);
      for (std::size_t i = 0; i < indices.size(); ++i) {
        Number const next = numbers[indices[i]];
        if (k == 0) made.push_back(next);
        if (k > 0) made[i] = computed(name == "Sum" ? "Add" : std::string_view(name), made[i], next, sound);
      }
    }
    if (!sound) return fail(errc::invalid_graph, "a division by 0");
    return give_numbers(from, keeps ? type : int{proto::TensorProto_DataType_BOOL}, *to, made);
  });
}

[[nodiscard]] inline result<void> fold_not(stated_operator& from) {
  auto const x = from.any_constant(0);
  if (!x) return unexpected(x.error());
  if (auto known = from.attributes.finish(); !known) return known;
  auto numbers = numbers_of<std::int64_t>(*x);
  for (std::int64_t& truth : numbers) truth = truth == 0 ? 1 : 0;
  return give_numbers(from, proto::TensorProto_DataType_BOOL, x->shape, numbers);
}

/// The power, of the first input's type. Integers are refused where float64 might not have all their bits.
[[nodiscard]] inline result<void> fold_power(stated_operator& from) {
  auto const all = constants_of(from);
  if (!all) return unexpected(all.error());
  auto const to = common_shape(from, *all);
  if (!to) return unexpected(to.error());
  if (auto known = from.attributes.finish(); !known) return known;
  auto const a = numbers_of<double>((*all)[0]), b = numbers_of<double>((*all)[1]);
  auto const in_a = repeated_indices((*all)[0].shape, *to), in_b = repeated_indices((*all)[1].shape, *to);
  int const type = (*all)[0].data_type();
  bool const exact = type != proto::TensorProto_DataType_FLOAT && type != proto::TensorProto_DataType_DOUBLE;
  std::vector<double> made;
  for (std::size_t i = 0; i < in_a.size(); ++i) {
    made.push_back(std::pow(a[in_a[i]], b[in_b[i]]));
    for (double const one : {a[in_a[i]], b[in_b[i]], made.back()}) {
      if (exact && !(std::fabs(one) < 0x1p53))
        return fail(errc::not_supported, "powers of integers are not supported from 2^53 on");
    }
  }
  return give_numbers(from, type, *to, made);
}

/// One of two, as the first input says.
[[nodiscard]] inline result<void> fold_where(stated_operator& from) {
  auto const all = constants_of(from);
  if (!all) return unexpected(all.error());
  auto const to = common_shape(from, *all);
  if (!to) return unexpected(to.error());
  if (auto known = from.attributes.finish(); !known) return known;
  int const type = (*all)[1].data_type();
  if ((*all)[2].data_type() != type) return fail(errc::invalid_graph, "its inputs differ in type");
  return with_computed_type(type, [&]<class Number>(Number) {
    auto const which = numbers_of<std::int64_t>((*all)[0]);
    auto const a = numbers_of<Number>((*all)[1]), b = numbers_of<Number>((*all)[2]);
    auto const in_which = repeated_indices((*all)[0].shape, *to),
               in_a = repeated_indices((*all)[1].shape, *to), in_b = repeated_indices((*all)[2].shape, *to);
    std::vector<Number> made;
    for (std::size_t i = 0; i < in_which.size(); ++i)
      made.push_back(which[in_which[i]] != 0 ? a[in_a[i]] : b[in_b[i]]);
    return give_numbers(from, type, *to, made);
  });
}

/// Between two bounds, either of which may be left out.
[[nodiscard]] inline result<void> fold_clip(stated_operator& from) {
  auto const x = from.any_constant(0);
  if (!x) return unexpected(x.error());
  if (auto known = from.attributes.finish(); !known) return known;
  return with_computed_type(x->data_type(), [&]<class Number>(Number) -> result<void> {
    auto numbers = numbers_of<Number>(*x);
    for (int i : {1, 2}) {
      if (!from.has_input(i)) continue;
      auto const bound = from.any_constant(i);
      if (!bound) return unexpected(bound.error());
      if (bound->size() != 1) return fail(errc::invalid_graph, from.input_in_words(i) + "is not one number");
      Number const limit = numbers_of<Number>(*bound)[0];
      for (Number& v : numbers) v = i == 1 ? std::max(v, limit) : std::min(v, limit);
    }
    return give_numbers(from, x->data_type(), x->shape, numbers);
  });
}

/// Numbers of another type; those with a fraction are cut.
[[nodiscard]] inline result<void> fold_cast(stated_operator& from) {
  auto const x = from.any_constant(0);
  if (!x) return unexpected(x.error());
  int const to = from.attributes.data_type("to", 0);
  from.attributes.pass_over("saturate");  // of types that are not read
  if (auto known = from.attributes.finish(); !known) return known;
  if (!with_stored_type(to, [](auto) {}) || packed_bits(to) > 0)
    return fail(errc::not_supported, "a cast to " + type_in_words(to) + " is not supported");
  return with_computed_type(x->data_type(), [&]<class Number>(Number) {
    return give_numbers(from, to, x->shape, numbers_of<Number>(*x));
  });
}

/// What is computed of constants, and how; `always`: of anything.
struct folding {
  std::string_view name;
  int least_inputs, most_inputs;
  operator_reader fold;
  bool always = false;
};

inline constexpr int most_folded_inputs = 1 << 12;
inline constexpr std::array foldings{folding{"Add", 2, 2, fold_combined},
                                     folding{"And", 2, 2, fold_combined},
                                     folding{"Cast", 1, 1, fold_cast},
                                     folding{"Clip", 1, 3, fold_clip},
                                     folding{"Concat", 1, most_folded_inputs, fold_concat},
                                     folding{"ConstantOfShape", 1, 1, fold_constant_of_shape},
                                     folding{"DequantizeLinear", 2, 3, fold_dequantize_linear},
                                     folding{"Div", 2, 2, fold_combined},
                                     folding{"Equal", 2, 2, fold_combined},
                                     folding{"Gather", 2, 2, fold_gather},
                                     folding{"Greater", 2, 2, fold_combined},
                                     folding{"GreaterOrEqual", 2, 2, fold_combined},
                                     folding{"Less", 2, 2, fold_combined},
                                     folding{"LessOrEqual", 2, 2, fold_combined},
                                     folding{"Max", 1, most_folded_inputs, fold_combined},
                                     folding{"Min", 1, most_folded_inputs, fold_combined},
                                     folding{"Mul", 2, 2, fold_combined},
                                     folding{"Not", 1, 1, fold_not},
                                     folding{"Or", 2, 2, fold_combined},
                                     folding{"Pow", 2, 2, fold_power},
                                     folding{"QuantizeLinear", 2, 3, fold_quantize_linear},
                                     folding{"Range", 3, 3, fold_range},
                                     folding{"ReduceMax", 1, 2, fold_reduction},
                                     folding{"ReduceMin", 1, 2, fold_reduction},
                                     folding{"ReduceProd", 1, 2, fold_reduction},
                                     folding{"ReduceSum", 1, 2, fold_reduction},
                                     folding{"ReduceSumSquare", 1, 2, fold_reduction},
                                     folding{"Shape", 1, 1, fold_shape, true},
                                     folding{"Sub", 2, 2, fold_combined},
                                     folding{"Sum", 1, most_folded_inputs, fold_combined},
                                     folding{"Where", 3, 3, fold_where},
                                     folding{"Xor", 2, 2, fold_combined}};

/// How an operator is computed now; null where it is not.
[[nodiscard]] inline folding const* find_folding(stated_operator const& from) {
  for (folding const& f : foldings) {
    int const inputs = from.stated.input_size();
    if (f.name != from.stated.op_type() || inputs < f.least_inputs || inputs > f.most_inputs) continue;
    bool constant = true;
    for (int i = 0; i < inputs && !f.always; ++i) {
      if (!from.has_input(i)) continue;
      auto const value = from.input(i);
      constant = constant && value && value->is_constant();
    }
    return constant ? &f : nullptr;
  }
  return nullptr;
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
