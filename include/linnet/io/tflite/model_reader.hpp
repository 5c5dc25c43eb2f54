// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <linnet/io/tflite/operators.hpp>

namespace linnet::inline LINNET_ISA::io::tflite {

/// The user's operators that a file may name.
using custom_operators = std::span<custom_operator const* const>;

/// How many operators a file may have, and how many operands they may have together.
inline constexpr std::size_t most_operators = 1u << 13, most_operands = 1u << 18;

namespace detail {

/// Brings the one subgraph of a model into a network. Messages of its errors do not name the file yet.
class model_reader {
 public:
  model_reader(document const& file, table const& model, table const& subgraph, custom_operators custom,
               network& into)
      : file_(file),
        custom_(custom),
        codes_(model.tables(model_fields::operator_codes)),
        subgraph_(subgraph),
        into_(into),
        tensors_(model, subgraph, into) {}

  [[nodiscard]] result<void> read() {
    dynamic_graph& graph = into_.graph;
    if (auto ends = read_ends(subgraph_fields::inputs, "inputs", graph.input_edges); !ends) return ends;
    auto const operators = subgraph_.tables(subgraph_fields::operators);
    if (operators.size() > most_operators) {
      return fail(errc::too_large, std::to_string(operators.size()) + " operators, the limit is " +
                                       std::to_string(most_operators));
    }
    for (std::size_t i = 0; i < operators.size(); ++i) {
      if (auto made = read_operator(i, operators[i]); !made) return made;
    }
    return read_ends(subgraph_fields::outputs, "outputs", graph.output_edges);
  }

 private:
  [[nodiscard]] result<void> read_ends(unsigned field, std::string_view what, edge_range& edges) {
    auto const stated = subgraph_.numbers<std::int32_t>(field);
    if (file_.damaged()) return fail(errc::malformed, std::string(damage_sentence));
    if (stated.size() == 0 || stated.size() > most_inputs) {
      return fail(errc::invalid_graph, std::to_string(stated.size()) + " graph " + std::string(what) +
                                           ", not between 1 and " + std::to_string(most_inputs));
    }
    std::vector<tensor_id> ids;
    for (std::size_t i = 0; i < stated.size(); ++i) {
      auto const id = tensors_.use(stated[i]);
      if (file_.damaged()) {
        return fail(errc::malformed, "graph " + std::string(what) + ": " + std::string(damage_sentence));
      }
      if (!id) return within("graph " + std::string(what) + ": ", id.error());
      ids.push_back(*id);
    }
    edges = into_.graph.add_edges(ids);
    return {};
  }

  /// The operator's number, as the older or the newer field of its code states it.
  [[nodiscard]] static std::int32_t code_of(table const& code) {
    using f = operator_code_fields;
    return std::max(std::int32_t{code.number<std::int8_t>(f::deprecated_builtin_code)},
                    code.number<std::int32_t>(f::builtin_code));
  }
  [[nodiscard]] static std::string name_of_code(table const& code) {
    std::int32_t const number = code_of(code);
    if (number == static_cast<std::int32_t>(builtin::custom)) {
      return "custom " + in_quotes(code.string(operator_code_fields::custom_code));
    }
    std::string_view const name = operator_name(number);
    return name.empty() ? "number " + std::to_string(number) : std::string(name);
  }

  [[nodiscard]] result<void> read_operator(std::size_t index, table const& stated) {
    std::string place = "operator " + std::to_string(index);
    auto const code_index = stated.number<std::uint32_t>(operator_fields::opcode_index);
    if (code_index >= codes_.size()) {
      return fail(errc::malformed, place + ": operator code " + std::to_string(code_index) +
                                       " does not exist, there are " + std::to_string(codes_.size()));
    }
    table const code = codes_[code_index];
    place += " (" + name_of_code(code) + ")";
    operator_mapping const* mapping = find_mapping(code_of(code));
    custom_operator const* const custom = find_custom(code);
    if (!file_.damaged() && mapping == nullptr && custom == nullptr)
      return fail(errc::not_supported, place + " is not supported");
    auto const outputs = stated.numbers<std::int32_t>(operator_fields::outputs);
    if (outputs.size() > 0) place += tensors_.arrow_to(outputs[0]);
    result<void> made;
    if (mapping != nullptr) made = read_node(index, stated, *mapping);
    if (custom != nullptr) made = read_custom(index, stated, *custom);
    if (file_.damaged()) return fail(errc::malformed, place + ": " + std::string(damage_sentence));
    if (!made) return within(place + ": ", made.error());
    return {};
  }

  [[nodiscard]] result<void> read_node(std::size_t index, table const& stated,
                                       operator_mapping const& mapping) {
    auto const inputs = stated.numbers<std::int32_t>(operator_fields::inputs);
    auto const outputs = stated.numbers<std::int32_t>(operator_fields::outputs);
    bool const counted = mapping.has_every_output ? outputs.size() > 0 : outputs.size() == 1;
    if (!counted) return fail(errc::malformed, std::to_string(outputs.size()) + " outputs, not 1");
    if (mapping.compose != nullptr) return read_composed(index, stated, mapping);
    if (mapping.kind == op::dequantize && inputs.size() == 1 && tensors_.holds_halves(inputs[0]))
      return tensors_.give_halves(outputs[0], inputs[0]);
    auto const operands = read_operands(inputs, mapping);
    if (!operands) return unexpected(operands.error());
    auto const output = tensors_.use(outputs[0]);
    if (!output) return unexpected(output.error());
    if (auto sound = check_options(stated, mapping); !sound) return sound;

    node made;
    made.kind = mapping.kind;
    made.source = static_cast<std::int32_t>(index);
    tensor_info const second = operands->size() > 1 ? tensors_.info((*operands)[1]) : tensor_info{};
    stated_operator const from{.code = mapping.code,
                               .options = stated.child(operator_fields::options),
                               .inputs = inputs,
                               .tensors = tensors_,
                               .output = tensors_.info(*output),
                               .first = tensors_.info(operands->front()),
                               .second = second.shape,
                               .second_type = second.type,
                               .second_scales_differ = have_different_scales(second)};
    if (auto read = mapping.read(from, made); !read) return read;
    bool const sums_in_64_bits = linnet::detail::has_weights(made.kind) && operands->size() == 3 &&
                                 tensors_.info((*operands)[2]).type == s64;
    if (sums_in_64_bits) made.rounding = rounding::reduced_multiplier;
    made.inputs = into_.graph.add_edges(*operands);
    made.outputs = into_.graph.add_edges({&*output, 1});
    into_.graph.nodes.push_back(made);
    return {};
  }

  [[nodiscard]] bool have_different_scales(tensor_info const& t) const {
    std::span const scales =
        std::span(into_.graph.scales).subspan(t.channel_scales.first, t.channel_scales.count);
    return std::adjacent_find(scales.begin(), scales.end(), std::not_equal_to<>{}) != scales.end();
  }

  /// The user's operator of a code, or null.
  [[nodiscard]] custom_operator const* find_custom(table const& code) const {
    if (code_of(code) != static_cast<std::int32_t>(builtin::custom)) return nullptr;
    std::string_view const name = code.string(operator_code_fields::custom_code);
    for (custom_operator const* one : custom_) {
      if (std::string_view(one->name) == name) return one;
    }
    return nullptr;
  }
  [[nodiscard]] result<void> read_custom(std::size_t index, table const& stated,
                                         custom_operator const& known) {
    static constexpr operator_mapping mapping{builtin::custom,    op::custom, 1,      2, 2,
                                              options_type::none, false,      nullptr};
    auto const outputs = stated.numbers<std::int32_t>(operator_fields::outputs);
    if (outputs.size() != 1) return fail(errc::malformed, std::to_string(outputs.size()) + " outputs, not 1");
    auto const operands = read_operands(stated.numbers<std::int32_t>(operator_fields::inputs), mapping);
    if (!operands) return unexpected(operands.error());
    auto const output = tensors_.use(outputs[0]);
    if (!output) return unexpected(output.error());
    node made{.kind = op::custom, .custom = &known, .source = static_cast<std::int32_t>(index)};
    auto const options = stated.bytes(operator_fields::custom_options);
    bool const taken = options.empty() ||
                       (known.read_options != nullptr && known.read_options(options, made.alpha, made.beta));
    if (!taken) return fail(errc::not_supported, "its options are none that the operator reads");
    made.inputs = into_.graph.add_edges(*operands);
    made.outputs = into_.graph.add_edges({&*output, 1});
    into_.graph.nodes.push_back(made);
    return {};
  }

  [[nodiscard]] result<void> read_composed(std::size_t index, table const& stated,
                                           operator_mapping const& mapping) {
    auto const inputs = stated.numbers<std::int32_t>(operator_fields::inputs);
    auto const outputs = stated.numbers<std::int32_t>(operator_fields::outputs);
    if (auto counted = count_operands(inputs.size(), outputs.size(), mapping); !counted) return counted;
    if (auto known = check_options(stated, mapping); !known) return known;
    composed_operator to{.options = stated.child(operator_fields::options),
                         .inputs = inputs,
                         .outputs = {},
                         .tensors = tensors_,
                         .graph = into_.graph,
                         .constants = into_.constants,
                         .source = static_cast<std::int32_t>(index)};
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      auto const id = tensors_.use(outputs[i]);
      if (!id) return unexpected(id.error());
      to.outputs.push_back(*id);
    }
    return mapping.compose(to);
  }

  [[nodiscard]] result<void> count_operands(std::size_t inputs, std::size_t others,
                                            operator_mapping const& mapping) {
    if (inputs < mapping.least_inputs || inputs > mapping.most_inputs) {
      return fail(errc::malformed, std::to_string(inputs) + " inputs, not between " +
                                       std::to_string(mapping.least_inputs) + " and " +
                                       std::to_string(mapping.most_inputs));
    }
    operands_ += std::min<std::size_t>(inputs, mapping.operands) + others;
    if (operands_ <= most_operands) return {};
    return fail(errc::too_large, "more than " + std::to_string(most_operands) + " operands in one network");
  }

  /// Operands of the node: those that the mapping names, less a bias that is left out.
  [[nodiscard]] result<std::vector<tensor_id>> read_operands(number_list<std::int32_t> const& inputs,
                                                             operator_mapping const& mapping) {
    if (auto counted = count_operands(inputs.size(), 0, mapping); !counted)
      return unexpected(counted.error());
    std::size_t const in_front = mapping.weights_first ? 1 : 0;
    auto const place_of = [&](std::size_t operand) -> std::size_t {
      if (!mapping.weights_first) return operand;
      return operand == 2 ? 3 : 2 - operand;
    };
    std::size_t count = std::min<std::size_t>(inputs.size() - in_front, mapping.operands);
    if (linnet::detail::has_weights(mapping.kind) && count == 3 && inputs[place_of(2)] == -1) count = 2;
    std::vector<tensor_id> ids;
    for (std::size_t operand = 0; operand < count; ++operand) {
      std::size_t const i = place_of(operand);
      if (inputs[i] == -1) return fail(errc::malformed, "input " + std::to_string(i) + " is left out");
      bool const weights =
          operand == 1 && linnet::detail::has_weights(mapping.kind) && mapping.kind != op::transpose_conv2d;
      auto const id =
          weights ? tensors_.use_weights(inputs[i], tensors_.info(ids[0]).type) : tensors_.use(inputs[i]);
      if (!id) return unexpected(id.error());
      ids.push_back(*id);
    }
    return ids;
  }

  [[nodiscard]] static result<void> check_options(table const& stated, operator_mapping const& mapping) {
    if (mapping.options == options_type::none) return {};
    auto const type = stated.number<std::uint8_t>(operator_fields::options_type);
    bool const present = type != 0 && stated.has(operator_fields::options);
    if (!present) {
      if (mapping.options_required) return fail(errc::malformed, "its options are missing");
      return {};
    }
    if (type == static_cast<std::uint8_t>(mapping.options)) return {};
    return fail(errc::malformed,
                "its options are those of another operator (table " + std::to_string(type) + ")");
  }

  document const& file_;
  custom_operators custom_;
  table_list codes_;
  table subgraph_;
  network& into_;
  tensor_reader tensors_;
  std::size_t operands_ = 0;
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::tflite
