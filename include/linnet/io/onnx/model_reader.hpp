// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <linnet/io/onnx/folding.hpp>
#include <linnet/io/onnx/operators.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

/// How many operators a file may have, how many inputs and outputs, and the operator sets that are read: the
/// operators here did not change their meaning in between but where their readers say so.
inline constexpr int most_operators = 1 << 13, most_ends = 1 << 12;
/// Files of other versions of the operators are refused.
inline constexpr std::int64_t oldest_opset = 7, newest_opset = 25;

namespace detail {

/// Brings the graph of a model into a network. Messages of its errors do not name the file yet.
class model_reader {
 public:
  /// The message outlives the reader.
  model_reader(proto::ModelProto const& model, graph_writer& writer, network& into)
      : model_(model), graph_(model.graph()), writer_(writer), into_(into) {}

  [[nodiscard]] result<void> read() {
    if (auto version = read_opset(); !version) return version;
    if (auto added = read_initializers(); !added) return added;
    if (auto added = read_inputs(); !added) return added;
    for (proto::NodeProto const& stated : graph_.node()) {
      for (std::string const& name : stated.input()) read_names_.insert(name);
    }
    for (proto::ValueInfoProto const& output : graph_.output()) read_names_.insert(output.name());
    for (int i = 0; i < graph_.node_size(); ++i) {
      writer_.set_source(i);
      if (auto made = read_operator(graph_.node(i)); !made) return within(place(i), made.error());
    }
    writer_.set_source(-1);
    if (auto made = read_outputs(); !made) return made;
    writer_.finish();
    return {};
  }

 private:
  [[nodiscard]] static bool is_onnx(std::string_view domain) { return domain.empty() || domain == "ai.onnx"; }

  [[nodiscard]] result<void> read_opset() {
    for (auto const& stated : model_.opset_import()) {
      if (is_onnx(stated.domain())) opset_ = stated.version();
    }
    if (opset_ < oldest_opset || opset_ > newest_opset) {
      return fail(errc::not_supported, "operator set " + std::to_string(opset_) + " is not supported, only " +
                                           std::to_string(oldest_opset) + " to " +
                                           std::to_string(newest_opset));
    }
    if (graph_.node_size() <= most_operators) return {};
    return fail(errc::too_large, std::to_string(graph_.node_size()) + " operators, the limit is " +
                                     std::to_string(most_operators));
  }

  [[nodiscard]] result<void> read_initializers() {
    for (proto::TensorProto const& t : graph_.initializer()) {
      if (auto added = names_.add(t.name(), {.activation = {}, .unread = &t, .made = {}}); !added)
        return added;
    }
    return {};
  }

  [[nodiscard]] result<void> read_inputs() {
    std::vector<tensor_id> ids;
    for (proto::ValueInfoProto const& stated : graph_.input()) {
      auto const known = names_.find(stated.name());
      if (known && known->is_constant()) continue;  // older files list their constants among the inputs
      std::string const here = "graph input " + in_quotes(stated.name()) + ": ";
      auto const s = input_shape(stated);
      if (!s) return within(here, s.error());
      tensor_id const id = writer_.add_activation(*s, stated.name());
      writer_.set_type(id, *activation_type(stated.type().tensor_type().elem_type()));
      if (auto added = names_.add(stated.name(), {{id, *s, *s, stated_order(s->rank())}}); !added) {
        return within(here, added.error());
      }
      ids.push_back(id);
    }
    return set_ends(ids, "inputs", into_.graph.input_edges);
  }

  /// A first extent that the file leaves open is the batch: 1.
  [[nodiscard]] static result<shape> input_shape(proto::ValueInfoProto const& stated) {
    auto const& type = stated.type().tensor_type();
    if (!stated.type().has_tensor_type() || !type.has_shape()) {
      return fail(errc::not_supported, "it is no tensor of a stated shape");
    }
    if (!activation_type(type.elem_type())) {
      return fail(errc::not_supported,
                  "elements of type " + type_in_words(type.elem_type()) + " are not supported");
    }
    std::vector<std::int64_t> extents;
    for (auto const& d : type.shape().dim()) {
      if (!d.has_dim_value() && !extents.empty()) {
        return fail(errc::not_supported, "its extent " + std::to_string(extents.size()) + " is open (" +
                                             in_quotes(d.dim_param()) + "): only the first one may be");
      }
      extents.push_back(d.has_dim_value() ? d.dim_value() : 1);
    }
    return shape_of(extents, 1);
  }

  [[nodiscard]] result<void> set_ends(std::vector<tensor_id> const& ids, std::string_view what,
                                      edge_range& edges) {
    bool const none = ids.empty() && what != "inputs";  // what needs no input is computed of constants
    if (none || ids.size() > static_cast<std::size_t>(most_ends)) {
      return fail(errc::invalid_graph, std::to_string(ids.size()) + " graph " + std::string(what) +
                                           ", not between 1 and " + std::to_string(most_ends));
    }
    edges = into_.graph.add_edges(ids);
    return {};
  }

  /// "operator 3 (Conv) 'conv1' -> tensor 'y': "
  [[nodiscard]] std::string place(int index) const {
    proto::NodeProto const& stated = graph_.node(index);
    std::string const kind = in_quotes(stated.op_type());
    std::string words = "operator " + std::to_string(index) + " (" + kind.substr(1, kind.size() - 2) + ")";
    if (!stated.name().empty()) words += " " + in_quotes(stated.name());
    if (stated.output_size() > 0) words += " -> tensor " + in_quotes(stated.output(0));
    return words + ": ";
  }

  [[nodiscard]] result<void> read_operator(proto::NodeProto const& stated) {
    if (!is_onnx(stated.domain())) {
      return fail(errc::not_supported,
                  "operators of domain " + in_quotes(stated.domain()) + " are not supported");
    }
    stated_operator from{stated, opset_, names_, writer_};
    bool const has_one_output = stated.output_size() == 1 && !stated.output(0).empty();
    folding const* const known = has_one_output ? find_folding(from) : nullptr;
    if (known != nullptr) return known->fold(from);
    operator_mapping const* const mapping = find_mapping(stated.op_type());
    if (mapping == nullptr) return fail(errc::not_supported, "this operator is not supported");
    if (stated.input_size() < mapping->least_inputs || stated.input_size() > mapping->most_inputs) {
      bool const more = stated.input_size() > mapping->most_inputs;  // than linnet takes, perhaps
      return fail(more ? errc::not_supported : errc::malformed,
                  std::to_string(stated.input_size()) + " inputs, not between " +
                      std::to_string(mapping->least_inputs) + " and " + std::to_string(mapping->most_inputs));
    }
    bool const has_output = mapping->gives_every_output ? !from.base_name().empty() : from.has_output(0);
    if (!has_output) return fail(errc::malformed, "it has no output");
    for (int i = 1; !mapping->gives_every_output && i < stated.output_size(); ++i) {
      if (!stated.output(i).empty() && read_names_.count(stated.output(i)) > 0) {
        return fail(errc::not_supported, "its output " + std::to_string(i) + " " +
                                             in_quotes(stated.output(i)) + " is not supported");
      }
    }
    if (mapping->takes == taken_types::floats) {
      if (auto taken = detail::require_floats(from); !taken) return taken;
    }
    return mapping->read(from);
  }

  /// Results leave in the file's own order of dimensions, under the file's names.
  [[nodiscard]] result<void> read_outputs() {
    std::vector<tensor_id> ids;
    for (proto::ValueInfoProto const& stated : graph_.output()) {
      std::string const here = "graph output " + in_quotes(stated.name()) + ": ";
      auto const id = output_tensor(stated.name(), ids);
      if (!id) return within(here, id.error());
      ids.push_back(*id);
    }
    return set_ends(ids, "outputs", into_.graph.output_edges);
  }

  [[nodiscard]] result<tensor_id> output_tensor(std::string const& name,
                                                std::vector<tensor_id> const& taken) {
    auto const value = names_.find(name);
    if (!value) return unexpected(value.error());
    if (value->is_constant()) return constant_output(*value, name);
    auto const plain = writer_.settled(value->activation);
    if (!plain) return unexpected(plain.error());
    auto const ready = writer_.in_order(*plain, stated_order(plain->stated.rank()));
    if (!ready) return unexpected(ready.error());
    if (writer_.is_whole(ready->id)) return cast_sums(writer_, ready->id, name);
    auto const inputs = into_.graph.view().inputs();
    bool const shared = std::find(inputs.begin(), inputs.end(), ready->id) != inputs.end() ||
                        std::find(taken.begin(), taken.end(), ready->id) != taken.end();
    if (!shared) {
      writer_.rename(ready->id, name);
      return ready->id;
    }
    node copy;  // an input, or an output of another name, under this name
    copy.kind = op::reshape;
    return writer_.add_node(copy, {ready->id}, name, ready->stated);
  }

  /// A constant is copied each time. Of the types that linnet has: those of other numbers of as many bytes
  /// are refused.
  [[nodiscard]] result<tensor_id> constant_output(named_value const& value, std::string const& name) {
    auto const c = value.unread == nullptr ? result<constant>(value.made) : read_constant(*value.unread);
    if (!c) return unexpected(c.error());
    if (c->size() == 0) return fail(errc::not_supported, "an empty constant is not supported here");
    if (!activation_type(c->data_type())) {
      return fail(errc::not_supported,
                  "outputs of type " + type_in_words(c->data_type()) + " are not supported");
    }
    auto const id = writer_.add_constant(c->shape, c->type, c->bytes, name + "/constant");
    if (!id) return id;
    return writer_.add_node({}, {*id}, name, c->shape);
  }

  proto::ModelProto const& model_;
  proto::GraphProto const& graph_;
  graph_writer& writer_;
  network& into_;
  scope names_;
  std::set<std::string, std::less<>> read_names_;  // that an operator reads, or an output of the graph is
  std::int64_t opset_ = 0;
};

}  // namespace detail

}  // namespace linnet::inline LINNET_ISA::io::onnx
