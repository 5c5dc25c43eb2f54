// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <linnet/io/axis.hpp>
#include <linnet/io/onnx/attributes.hpp>
#include <linnet/io/onnx/graph_writer.hpp>
#include <linnet/io/onnx/scope.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

/// An operator as the file states it, and the network it goes to.
struct stated_operator {
  proto::NodeProto const& stated;       ///< the file's own words
  std::int64_t opset;                   ///< version of the operators that the file asks for
  scope& names;                         ///< of the graph
  graph_writer& writer;                 ///< of the network
  onnx::attributes attributes{stated};  ///< of the operator

  /// Name of the first output.
  [[nodiscard]] std::string const& output_name() const { return stated.output(0); }
  /// Its first `most_name_bytes`: how the names of the operator's nodes begin. There may be thousands of
  /// them, and the name may be as long as the file.
  [[nodiscard]] std::string node_name() const { return output_name().substr(0, most_name_bytes); }
  /// The same of the first output that has a name: those of several may be left out.
  [[nodiscard]] std::string base_name() const {
    for (std::string const& name : stated.output()) {
      if (!name.empty()) return name.substr(0, most_name_bytes);
    }
    return {};
  }
  /// Whether somebody may ask for output i.
  [[nodiscard]] bool has_output(int i) const { return i < stated.output_size() && !stated.output(i).empty(); }
  /// Whether input i is there; optional ones may be left out.
  [[nodiscard]] bool has_input(int i) const { return i < stated.input_size() && !stated.input(i).empty(); }
  /// Input i, as messages begin.
  [[nodiscard]] std::string input_in_words(int i) const {
    return "input " + std::to_string(i) + " " + in_quotes(stated.input(i)) + ": ";
  }

  /// What input i stands for. Fails (malformed) where it is left out.
  [[nodiscard]] result<named_value> input(int i) const {
    if (!has_input(i)) return fail(errc::malformed, "its input " + std::to_string(i) + " is left out");
    return names.find(stated.input(i));
  }
  /// The same where it must be no constant.
  [[nodiscard]] result<stored_value> activation(int i) const {
    auto const value = input(i);
    if (!value) return unexpected(value.error());
    if (!value->is_constant()) return value->activation;
    return fail(errc::not_supported, input_in_words(i) + "a constant is not supported here");
  }
  /// The same without a noted reshape.
  [[nodiscard]] result<stored_value> settled_activation(int i) const {
    auto const value = activation(i);
    return value ? writer.settled(*value) : value;
  }
  /// The same where it must be one.
  [[nodiscard]] result<constant> any_constant(int i) const {
    auto const value = input(i);
    if (!value) return unexpected(value.error());
    if (!value->is_constant()) return fail(errc::not_supported, input_in_words(i) + "is not a constant");
    if (value->unread == nullptr) return value->made;
    auto const read = read_constant(*value->unread);
    if (!read) return within(input_in_words(i), read.error());
    return *read;
  }
  /// A constant of type f32 with at least one element.
  [[nodiscard]] result<constant> reals(int i) const {
    auto const c = any_constant(i);
    if (!c) return c;
    if (c->type != f32) return fail(errc::not_supported, input_in_words(i) + "is not of type FLOAT");
    if (c->size() == 0) return fail(errc::invalid_graph, input_in_words(i) + "has no elements");
    return c;
  }
  /// The numbers of a constant of type s64 and rank at most 1.
  [[nodiscard]] result<std::vector<std::int64_t>> integers(int i) const {
    auto const c = any_constant(i);
    if (!c) return unexpected(c.error());
    if (c->type != s64 || c->other_type != 0)
      return fail(errc::not_supported, input_in_words(i) + "is not of type INT64");
    if (c->shape.rank() > 1 || c->size() > 2 * max_rank) {
      return fail(errc::invalid_graph, input_in_words(i) + "is not a list of at most " +
                                           std::to_string(2 * max_rank) + " numbers");
    }
    std::vector<std::int64_t> numbers;
    for (std::size_t at = 0; at < c->size(); ++at) numbers.push_back(c->integer(at));
    return numbers;
  }

  /// The operator's result is this value.
  [[nodiscard]] result<void> give(stored_value const& value) { return names.add(output_name(), {value}); }
  [[nodiscard]] result<void> give(constant const& value) {
    return names.add(output_name(), {.activation = {}, .unread = nullptr, .made = value});
  }
  /// The operator's result is what this node makes; it is stored in `order`.
  [[nodiscard]] result<void> give_node(node const& n, std::initializer_list<tensor_id> operands,
                                       dimension_order const& order) {
    auto const id = writer.add_node(n, operands, output_name());
    return id ? give(value_of(*id, order)) : unexpected(id.error());
  }
  /// An activation as it is stored, in the file's order of dimensions.
  [[nodiscard]] stored_value value_of(tensor_id id, dimension_order const& order) const {
    shape const& stored = writer.view().tensor(id).shape;
    shape s = stored;
    for (std::size_t i = 0; i < order.size(); ++i) s[static_cast<std::size_t>(order[i])] = stored[i];
    return {id, s, s, order};
  }
  /// A node that keeps each element in its place.
  [[nodiscard]] result<void> give_elementwise(node const& n, stored_value const& of) {
    auto const id = writer.add_node(n, {of.id}, output_name());
    return id ? give(stored_value{*id, of.stated, of.base, of.order}) : unexpected(id.error());
  }
};

/// Brings one operator into the network.
using operator_reader = result<void> (*)(stated_operator&);

namespace detail {

/// Which of `rank` dimensions are named; each must be there, and once.
[[nodiscard]] inline result<std::vector<bool>> marked(std::vector<std::int64_t> const& axes,
                                                      std::size_t rank) {
  std::vector<bool> named(rank);
  for (std::int64_t axis : axes) {
    auto const d = dimension(axis, rank);
    if (!d) return unexpected(d.error());
    if (named[static_cast<std::size_t>(*d)]) {
      return fail(errc::invalid_graph, "axis " + std::to_string(axis) + " is named twice");
    }
    named[static_cast<std::size_t>(*d)] = true;
  }
  return named;
}

/// Operators on integers are few: the others would compute what ONNX does not mean.
[[nodiscard]] inline result<void> require_floats(stated_operator const& from) {
  for (int i = 0; i < from.stated.input_size(); ++i) {
    if (!from.has_input(i)) continue;
    auto const value = from.input(i);
    if (!value || value->is_constant()) continue;  // the operator says what it thinks of them
    element_type const type = from.writer.view().tensor(value->activation.id).type;
    bool const whole = from.writer.is_whole(value->activation.id);
    if (type == f32 && !whole) continue;
    return fail(errc::not_supported, from.input_in_words(i) + "numbers of type " +
                                         std::string(name_of(whole ? s32 : type)) +
                                         " are not supported here");
  }
  return {};
}

/// Whether input 0 is (batch, channels, columns): an image of one row for windows.
[[nodiscard]] inline bool is_list_of_channels(stated_operator const& from) {
  auto const value = from.input(0);
  return value && !value->is_constant() && value->activation.stated.rank() == 3;
}
/// The shape with a row: (.., .., columns) as (.., .., 1, columns).
[[nodiscard]] inline shape as_image_of_one_row(shape const& s) {
  return s.rank() == 3 ? shape{s[0], s[1], 1, s[2]} : s;
}

/// Input 0 as an image (rank 4), stored with its channels last.
[[nodiscard]] inline result<stored_value> image(stated_operator const& from) {
  auto const value = from.settled_activation(0);
  if (!value) return value;
  if (value->stated.rank() == 4) return from.writer.in_order(*value, channels_last(4));
  return fail(errc::not_supported,
              "its input " + describe(value->stated) + " is not of rank 4: only images are supported");
}

/// The same, where a list may stand for an image of one row.
[[nodiscard]] inline result<stored_value> image_or_list(stated_operator const& from) {
  if (!is_list_of_channels(from)) return image(from);
  auto const value = from.settled_activation(0);
  if (!value) return value;
  auto const x = from.writer.in_order(*value, channels_last(3));
  if (!x) return x;
  shape const wide = as_image_of_one_row(x->stated);
  auto const id = from.writer.view_as(x->id, permuted(wide, channels_last(4)));
  return id ? result<stored_value>({*id, wide, wide, channels_last(4)}) : unexpected(id.error());
}

/// The operator's result is this image, stored with its channels last; of a list, its only row.
[[nodiscard]] inline result<void> give_image(stated_operator& from, tensor_id id, bool is_list) {
  if (!is_list) return from.give(from.value_of(id, channels_last(4)));
  shape const s = from.writer.view().tensor(id).shape;
  auto const row = from.writer.view_as(id, {s[0], s[2], s[3]});
  return row ? from.give(from.value_of(*row, channels_last(3))) : unexpected(row.error());
}

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
