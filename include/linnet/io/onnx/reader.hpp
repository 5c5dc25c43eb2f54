// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>

#include <linnet/graph/validate.hpp>
#include <linnet/io/onnx/model_reader.hpp>
#include <linnet/io/onnx/wider_model.hpp>
#include <linnet/session/describe.hpp>
#include <linnet/session/passes/fold_batch_norm.hpp>
#include <linnet/session/passes/fuse_activation.hpp>
#include <linnet/session/passes/narrow_weights.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

/// How a model is read.
struct read_options {
  bool fuse = true;  ///< `fold_batch_norm` and `fuse_activation`; off: every operator keeps a node of its own
};

namespace detail {

/// `halves`: whether the model has constants of float16.
[[nodiscard]] inline result<network> read_model(std::span<std::byte const> file, std::string const& name,
                                                bool& halves) {
  auto const model = parse(file);
  if (!model) return unexpected(model.error());
  halves = widen_numbers(**model);
  network made{.name = name, .graph = {}, .constants = {}, .storage = {}};
  graph_writer writer(made, 16 * file.size() + (1u << 20));
  if (auto read = model_reader(**model, writer, made).read(); !read) return unexpected(read.error());
  return made;
}

}  // namespace detail

/// Reads an ONNX model (float32, or float16 as `widen_numbers` makes it float32; operator sets 7 to 25) from
/// the bytes of its file. `name` names the file in
/// messages and becomes the network's. Nothing of the bytes is kept.
///
/// The network's inputs and outputs have the file's shapes, (N, C, H, W) for images. Between them images are
/// stored (N, H, W, C): a transpose stands at each end that needs one, Transpose operators of the file become
/// nodes only where they cannot be joined with those, and the weights of a dense layer behind a flattened
/// image are reordered instead of the image. Where the file leaves the first extent of an input open, it
/// is 1.
///
/// Weights of convolutions and dense layers of a float16 model are stored in float16 where they all are such
/// numbers still: a batch normalization that was folded makes others of them.
///
/// An operator becomes one node of its kind, or several, with its index as `source`. A batch normalization is
/// a depthwise convolution of 1x1 pixels until it is folded. Averages that count zeros around the image get a
/// pad node in front. Recurrent layers are nodes for every step, and start anew in each run. Quantized layers
/// are layers of s8 and u8 that round as ONNX does (`rounding::float_half_even`); a QLinearMatMul of two
/// activations, or by a constant that is no matrix, rounds ties up (`rounding::single_rounding`).
///
/// The file is not trusted: lengths, types, extents, axes and names are checked before use, unknown
/// attributes are refused, and the graph passes `validate`. Limits: 2^29 bytes a file; 2^13 operators with at
/// most 2^12 inputs each and 2^18 operands together; tensors of rank at most 6 and `max_elements` elements;
/// kernel, stride, dilation and padding of windows up to 2^14; constants, as the operators want them, of 16
/// times the file. Tensor names are cut at 2^10 bytes. Fails with `malformed`, `invalid_graph`,
/// `not_supported` or `too_large`.
[[nodiscard]] inline result<network> read(std::span<std::byte const> file, std::string name,
                                          read_options const& options = {}) {
  try {
    bool halves = false;
    auto made = detail::read_model(file, name, halves);
    if (!made) return within(name + ": ", made.error());
    auto const known = std::make_unique<bool[]>(made->graph.tensors.size());
    graph_view const view = made->graph.view();
    if (auto sound = validate(view, {known.get(), made->graph.tensors.size()}); !sound) {
      return fail(errc::invalid_graph, describe(sound.error(), view, name));
    }
    network whole = options.fuse ? fuse_activation(fold_batch_norm(*std::move(made))) : *std::move(made);
    return halves ? with_exact_half_weights(whole) : std::move(whole);
  } catch (std::bad_alloc const&) {
    return fail(errc::too_large, name + ": there is not enough memory to read it");
  } catch (std::exception const& e) {  // protobuf's own limits
    return fail(errc::malformed, name + ": " + e.what());
  }
}

}  // namespace linnet::inline LINNET_ISA::io::onnx
