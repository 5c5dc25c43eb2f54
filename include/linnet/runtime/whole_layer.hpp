// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include <linnet/kernels/pack.hpp>
#include <linnet/kernels/select.hpp>
#include <linnet/runtime/execute.hpp>
#include <linnet/runtime/geometry.hpp>

// One layer at once, without a graph: its shapes are known at run time, its operands are plain pointers, its
// constants are as a file has them. For who tests kernels, on a desktop or on a core.
namespace linnet::inline LINNET_ISA {

/// A layer's operands, output and constants. Tensors are (batch, height, width, channels), side by side.
struct plain_layer {
  std::array<std::byte const*, 2> inputs{};  ///< null where there is no second one
  std::byte* output = nullptr;               ///< room for all of it
  kernels::constants constants{};            ///< of all groups, one behind the other
  /// A grouped convolution is so many calls, each on its part of every pixel: the problem is that of one
  /// group.
  std::int32_t groups = 1;
};

/// What a layer needs besides: bytes aligned to `kernels::packed_alignment`, and row pointers.
struct layer_needs {
  /// Packed constants and working memory, in bytes; row pointers.
  std::int64_t packed_bytes = 0, scratch_bytes = 0, window_entries = 0;
};
/// What `run_layer` works in: as much as `layer_needs` says.
struct layer_memory {
  span<std::byte> packed, scratch;  ///< aligned to `kernels::packed_alignment`
  span<kernels::input_row> window;  ///< row pointers
};

/// Whose kernel ran; null where there is none for the problem, or its memory is too small.
struct layer_run {
  char const* arch = nullptr;  ///< name of the kernel's tag
  /// Whether the layer was computed.
  [[nodiscard]] constexpr bool done() const { return arch != nullptr; }
};

namespace detail {

/// The element types of a problem's operands and of its output.
template <class Problem>
[[nodiscard]] constexpr element_type input_type_of(Problem const& p) {
  if constexpr (requires { p.input_type; }) {
    return p.input_type;
  } else {
    return p.type;
  }
}
template <class Problem>
[[nodiscard]] constexpr element_type output_type_of(Problem const& p) {
  if constexpr (requires { p.output_type; }) {
    return p.output_type;
  } else if constexpr (requires { p.index_type; }) {
    return gives_index(p.reduction) ? p.index_type : p.type;
  } else if constexpr (requires { p.result_type(); }) {
    return p.result_type();
  } else {
    return p.type;
  }
}

/// How a call of one group walks over the images, whose pixels hold all groups.
template <class Problem>
[[nodiscard]] constexpr call_geometry layer_geometry(Problem const& p, std::int32_t groups) {
  kernel_call call;
  if constexpr (requires { input_image_of(p); }) {
    call.input = input_image_of(p);
    call.output = image_of(p);
  } else if constexpr (requires { image_of(p); }) {
    call.input = call.output = image_of(p);
  } else if constexpr (requires { p.image; }) {
    call.input = call.output = p.image;
  } else if constexpr (requires { p.over_height; }) {
    call.input = p.input;
    call.output = {p.input.batch, p.over_height ? 1 : p.input.height, p.output_width(), p.output_channels()};
  } else {
    call.input = p.input;
    call.output = p.output;
  }
  if constexpr (requires { p.operands; }) {
    call.operand_count = p.operands;
  } else if constexpr (requires { p.b_quantization; }) {
    call.operand_count = 2;
  }
  auto const pixel = [&](element_type type, std::int32_t channels) {
    return static_cast<std::int32_t>(bytes_of(type, std::int64_t{channels} * groups));
  };
  std::int32_t const read = pixel(input_type_of(p), call.input.channels);
  kernels::vertical_window window{};
  if constexpr (requires { window_of(p); }) window = window_of(p);
  return geometry_of(call, window, input_type_of(p), {read, read},
                     pixel(output_type_of(p), call.output.channels));
}

/// The part of a list that belongs to one of several groups; lists for all groups stay as they are.
template <class T>
[[nodiscard]] constexpr span<T> part_of(span<T> all, std::int32_t group, std::int32_t groups) {
  if (all.size() <= 1) return all;
  std::size_t const size = all.size() / static_cast<std::size_t>(groups);
  return all.subspan(static_cast<std::size_t>(group) * size, size);
}
[[nodiscard]] constexpr plain_layer group_of(plain_layer l, std::int32_t group, std::int64_t input_bytes,
                                             std::int64_t output_bytes) {
  for (std::byte const*& input : l.inputs) {
    if (input != nullptr) input += group * input_bytes;
  }
  l.output += group * output_bytes;
  l.constants.weights = part_of(l.constants.weights, group, l.groups);
  l.constants.bias = part_of(l.constants.bias, group, l.groups);
  l.constants.weight_scales = part_of(l.constants.weight_scales, group, l.groups);
  l.constants.multipliers = part_of(l.constants.multipliers, group, l.groups);
  return l;
}

/// The most that any kernel asks for which may take the problem: the weights decide which one does.
template <class Arch, class Problem>
constexpr void add_needs(Problem const& p, layer_needs& needs) {
  using stated = kernels::traits<Problem, Arch>;
  if (stated::supports(p)) {
    needs.packed_bytes = max(needs.packed_bytes, stated::packed_bytes(p));
    needs.scratch_bytes = max(needs.scratch_bytes, stated::scratch_bytes(p));
  }
  if constexpr (!std::same_as<typename Arch::parent, void>) add_needs<typename Arch::parent>(p, needs);
}

[[nodiscard]] constexpr bool suffices(layer_memory const& m, layer_needs const& needs) {
  return static_cast<std::int64_t>(m.packed.size()) >= needs.packed_bytes &&
         static_cast<std::int64_t>(m.scratch.size()) >= needs.scratch_bytes &&
         static_cast<std::int64_t>(m.window.size()) >= needs.window_entries;
}

}  // namespace detail

/// What `run_layer<Arch>` needs for a problem, whatever its weights.
template <class Arch, class Problem>
[[nodiscard]] constexpr layer_needs needs_of_layer(Problem const& p) {
  layer_needs needs;
  detail::add_needs<Arch>(p, needs);
  needs.window_entries = detail::layer_geometry(p, 1).window_entries();
  return needs;
}

/// Packs and runs one layer with the youngest kernel of an architecture that is exact with its weights, all
/// rows of all batches. Extent: of the descriptor's fields, which must hold the problem's. Does nothing where
/// no kernel supports the problem or the memory is less than `needs_of_layer<Arch>(p)`, nor for groups of a
/// problem of dynamic quantization.
template <class Extent, class Arch, class Problem>
constexpr layer_run run_layer(Problem const& p, plain_layer const& layer, layer_memory const& memory) {
  layer_run made;
  kernels::selection chosen = kernels::select<Arch>(p);
  if constexpr (requires { is_dynamic(p); }) {
    if (is_dynamic(p) && layer.groups != 1) return made;  // groups are quantized together
  }
  if (!chosen.found() || !detail::suffices(memory, needs_of_layer<Arch>(p))) return made;
  call_geometry const g = detail::layer_geometry(p, layer.groups);
  for (std::int32_t group = 0; group < layer.groups; ++group) {
    plain_layer const part = detail::group_of(layer, group, g.input_pixel_stride[0] / layer.groups,
                                              g.output_pixel_stride / layer.groups);
    auto const layout = kernels::pack_exact<Arch>(p, part.constants, memory.packed.data());
    chosen.generation = kernels::generation_that_reads<Arch>(p, layout);
    kernels::with_tag<Arch, Problem>(chosen, [&](auto tag) {
      made.arch = decltype(tag)::name;
      with_descriptor<Extent>(p, [&](auto const& d) {
        execute(d, g,
                whole_memory(g, part.inputs, part.output, memory.packed.data(), memory.scratch.data(),
                             memory.window.data()),
                all_rows, tag);
      });
    });
  }
  return made;
}

}  // namespace linnet::inline LINNET_ISA
