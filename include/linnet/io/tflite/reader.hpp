// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <linnet/graph/validate.hpp>
#include <linnet/io/tflite/model_reader.hpp>
#include <linnet/session/describe.hpp>

namespace linnet::inline LINNET_ISA::io::tflite {

namespace detail {

/// The one subgraph of a model of the version that linnet reads.
[[nodiscard]] inline result<table> only_subgraph(document const& file, table const& model) {
  auto const version = model.number<std::uint32_t>(model_fields::version);
  auto const subgraphs = model.tables(model_fields::subgraphs);
  if (file.damaged()) return fail(errc::malformed, std::string(damage_sentence));
  if (version != schema_version) {
    return fail(errc::not_supported, "schema version " + std::to_string(version) +
                                         " is not supported, only " + std::to_string(schema_version));
  }
  if (subgraphs.size() == 0) return fail(errc::malformed, "it has no subgraph");
  if (subgraphs.size() > 1) {
    return fail(errc::not_supported,
                std::to_string(subgraphs.size()) + " subgraphs are not supported, only 1 (no control flow)");
  }
  table const subgraph = subgraphs[0];
  std::size_t const tensors = subgraph.tables(subgraph_fields::tensors).size();
  if (tensors > tensor_reader::most_tensors) {
    return fail(errc::too_large, std::to_string(tensors) + " tensors, the limit is " +
                                     std::to_string(tensor_reader::most_tensors));
  }
  return subgraph;
}

/// Fills the network from `bytes`, which its storage holds.
[[nodiscard]] inline result<void> read_into(std::vector<std::byte> const& bytes, custom_operators custom,
                                            network& made) {
  if (bytes.size() > document::most_bytes) return fail(errc::too_large, "a file of 2 GiB or more");
  document file(bytes);
  if (!file.has_identifier(file_identifier)) {
    return fail(errc::malformed, "is not a TensorFlow Lite file (it has no TFL3 at byte 4)");
  }
  table const model = file.root();
  auto const subgraph = only_subgraph(file, model);
  if (!subgraph) return unexpected(subgraph.error());
  return model_reader(file, model, *subgraph, custom, made).read();
}

}  // namespace detail

/// Reads a TensorFlow Lite model from the bytes of its file. `name` names the file in messages and becomes
/// the network's. Constants are views of the bytes, which the network keeps, but for those that are widened.
///
/// The file is not trusted: offsets, lengths, indices, types, scales and shapes are checked before use, and
/// the graph passes `validate`. Limits: 2 GiB a file; one subgraph; 2^13 operators with at most 2^12 inputs
/// each and 2^18 operands together; 2^15 tensors of rank at most 6 and `max_elements` elements; 2^22
/// per-channel scales; kernel, stride and dilation up to 2^14, padding by PAD up to 2^20. Tensor names are
/// cut at 2^10 bytes.
///
/// Operators that the file calls custom are found in `custom` by their names, or refused.
///
/// Weights of convolutions and dense layers that are of float16 between floats, or of 4 bits between int8,
/// stay so: kernels widen them when they read them. Other constants of float16 become float32, and those of 4
/// bits bytes, both exactly. A DEQUANTIZE of a float16 constant is that constant.
///
/// Every other operator becomes one node, or a few (splits, packs, mirror pads ...), with its index as
/// `source`; SAME padding becomes numbers; axes, permutations and amounts of padding become attributes and
/// must be constants. What a reshape's second operand says is not read: the output's own shape is the truth.
/// Fails with `malformed`, `invalid_graph`, `not_supported` or `too_large`.
[[nodiscard]] inline result<network> read(std::vector<std::byte> file, std::string name,
                                          custom_operators custom = {}) {
  try {
    auto const bytes = std::make_shared<std::vector<std::byte> const>(std::move(file));
    network made{.name = name, .graph = {}, .constants = {}, .storage = bytes};
    if (auto read = detail::read_into(*bytes, custom, made); !read) return within(name + ": ", read.error());
    auto const known = std::make_unique<bool[]>(made.graph.tensors.size());
    graph_view const view = made.graph.view();
    if (auto sound = validate(view, {known.get(), made.graph.tensors.size()}); !sound) {
      return fail(errc::invalid_graph, describe(sound.error(), view, name));
    }
    return made;
  } catch (std::bad_alloc const&) {
    return fail(errc::too_large, name + ": there is not enough memory to read it");
  }
}

}  // namespace linnet::inline LINNET_ISA::io::tflite
