// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include <linnet/runtime/fixed_call.hpp>
#include <linnet/runtime/weights.hpp>
#include <linnet/tensor/view.hpp>

namespace linnet::inline LINNET_ISA {

/// Rows of a tensor that a node has just made, as an observer sees them. Valid during the call.
struct observed_rows {
  std::size_t node = 0;  // index in the graph
  element_type type = f32;
  image_shape image{};                            // the whole tensor
  std::int32_t first = 0, count = 0;              // rows [first, first + count) of all its images
  std::byte const* data = nullptr;                // the first of these rows
  std::int32_t pixel_stride = 0, row_stride = 0;  // bytes; pixels of a concat's part do not touch
  [[nodiscard]] constexpr std::byte const* pixel(std::int32_t row, std::int32_t column) const {
    return data + std::int64_t{row} * row_stride + std::int64_t{column} * pixel_stride;
  }
  [[nodiscard]] constexpr std::int64_t pixel_bytes() const { return bytes_of(type, image.channels); }
};

/// The index of the largest element, the first of equal ones; 0 for an empty view.
template <class T, class Extents>
[[nodiscard]] constexpr std::int32_t argmax(tensor_view<T, Extents> view) {
  std::int32_t best = 0;
  for (std::size_t i = 1; i < view.size(); ++i) {
    if (view.data()[i] > view.data()[best]) best = static_cast<std::int32_t>(i);
  }
  return best;
}

namespace detail {

template <auto const& Graph, tensor_id Id>
struct view_type {
  static constexpr tensor_info const& info = Graph.tensors[static_cast<std::size_t>(Id)];
  static constexpr shape extents_list = info.shape;
  template <std::size_t... I>
  static auto list(std::index_sequence<I...>) -> extents<extents_list[I]...>;
  using extents_type = decltype(list(std::make_index_sequence<extents_list.rank()>{}));
  using element = stored_element<info.type>;
  template <class Byte>
  using view = tensor_view<std::conditional_t<std::is_const_v<Byte>, element const, element>, extents_type>;

  template <class Byte>
  static view<Byte> at(Byte* bytes) {
    using pointer = std::conditional_t<std::is_const_v<Byte>, element const, element>*;
    return view<Byte>(reinterpret_cast<pointer>(bytes));
  }
};

/// What `model` and `model_in` have in common: everything but who owns the arena.
template <class Owner, auto const& Graph, auto const& Weights, class Arch>
class network_code {
  static constexpr auto const& plan = plan_of<Graph, Arch>;
  static_assert(Weights.format == weights_format,
                "linnet: these weights have another format version: run linnet compile again");
  static_assert(Weights.layout.streams.size() == plan.calls && Weights.layout == weights_layout<Graph, Arch>,
                "linnet: these weights were packed for another architecture or another graph: run linnet "
                "compile again with the ARCH of this build");

 public:
  static constexpr std::size_t arena_bytes = static_cast<std::size_t>(plan.arena_bytes);
  static constexpr std::size_t arena_lower_bound = static_cast<std::size_t>(plan.arena_lower_bound);
  static constexpr std::size_t weights_bytes = static_cast<std::size_t>(plan.packed_bytes);
  static constexpr std::size_t input_count = Graph.view().inputs().size();
  static constexpr std::size_t output_count = Graph.view().outputs().size();
  static constexpr std::size_t node_count = Graph.nodes.size();

  /// Where to write input I: a view into the arena. `run` may overwrite it: fill it before every run.
  template <std::size_t I = 0>
  [[nodiscard]] auto input() {
    static_assert(I < input_count, "linnet: the network has no input of this number");
    constexpr tensor_id id = Graph.view().inputs()[I];
    return view_type<Graph, id>::at(arena() + plan.offset_of(id));
  }
  /// What the last run computed, until the next: a view into the arena.
  template <std::size_t I = 0>
  [[nodiscard]] auto output() const {
    static_assert(I < output_count, "linnet: the network has no output of this number");
    constexpr tensor_id id = Graph.view().outputs()[I];
    return view_type<Graph, id>::at(address<id>());
  }

  /// Allocates nothing, takes no lock, needs no start-up.
  void run() {
    run([](observed_rows const&) {});
  }

  /// Runs and calls `observe(observed_rows const&)` after each node. Where the graph has shared the bytes of
  /// two tensors, what is shown is gone after the call.
  template <class Observer>
    requires std::invocable<Observer&, observed_rows const&>
  void run(Observer&& observe) {
    kernels::input_row window[plan.window_entries > 0 ? plan.window_entries : 1];
    run_nodes(window, observe, std::make_index_sequence<node_count>{});
  }

 private:
  [[nodiscard]] std::byte* arena() { return static_cast<Owner&>(*this).arena_bytes_begin(); }
  [[nodiscard]] std::byte const* arena() const {
    return static_cast<Owner const&>(*this).arena_bytes_begin();
  }

  template <tensor_id Id>
  [[nodiscard]] std::byte const* address() const {
    constexpr tensor_place place = plan.places[static_cast<std::size_t>(Id)];
    if constexpr (place.storage == packed_storage) {
      return Weights.bytes + place.offset;
    } else {
      return arena() + plan.offset_of(Id);
    }
  }

  template <class Observer, std::size_t... Node>
  void run_nodes(kernels::input_row* window, Observer& observe, std::index_sequence<Node...>) {
    (run_node<Node>(window, observe), ...);
  }

  /// The first call of a node; that of the next one is where its calls end.
  [[nodiscard]] static constexpr std::size_t first_call(std::size_t node) {
    std::size_t first = 0;
    while (first < plan.calls && static_cast<std::size_t>(plan.all_calls[first].node) < node) ++first;
    return first;
  }

  template <std::size_t Node, class Observer>
  void run_node(kernels::input_row* window, Observer& observe) {
    constexpr std::size_t first = first_call(Node), count = first_call(Node + 1) - first;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (run_call(fixed_call<Graph, Arch, first + I>::descriptor, fixed_call<Graph, Arch, first + I>::places,
                arena(), Weights.bytes, window, typename fixed_call<Graph, Arch, first + I>::tag{}),
       ...);
    }
    (std::make_index_sequence<count>{});
    show<Node>(observe);
  }

  template <std::size_t Node, class Observer>
  void show(Observer& observe) const {
    constexpr tensor_id id = Graph.view().outputs(Graph.nodes[Node])[0];
    constexpr tensor_info const& info = Graph.tensors[static_cast<std::size_t>(id)];
    constexpr image_shape image = as_image(info.shape);
    constexpr std::int32_t part = plan.places[static_cast<std::size_t>(id)].pixel_stride;
    constexpr std::int32_t stride =
        part != 0 ? part : static_cast<std::int32_t>(bytes_of(info.type, image.channels));
    observe(observed_rows{.node = Node,
                          .type = info.type,
                          .image = image,
                          .first = 0,
                          .count = image.batch * image.height,
                          .data = address<id>(),
                          .pixel_stride = stride,
                          .row_stride = stride * image.width});
  }
};

}  // namespace detail

/// A network that the compiler has planned and checked: straight-line code without heap, interpreter or
/// parser, and all its memory inside. Graph is a constant (`compose`, or a generated header), Weights the
/// blob beside it. One object is used by one thread at a time; different objects at the same time.
template <auto const& Graph, auto const& Weights, class Arch = arch::native>
class model : public detail::network_code<model<Graph, Weights, Arch>, Graph, Weights, Arch> {
  using code = detail::network_code<model, Graph, Weights, Arch>;
  friend code;
  [[nodiscard]] std::byte* arena_bytes_begin() { return arena_; }
  [[nodiscard]] std::byte const* arena_bytes_begin() const { return arena_; }

  alignas(arena_alignment) std::byte arena_[code::arena_bytes > 0 ? code::arena_bytes : 1];
};

/// Why a caller's arena cannot be used.
enum class arena_fault : std::uint8_t { too_small, misaligned };

[[nodiscard]] constexpr text explain(arena_fault fault) {
  return fault == arena_fault::too_small ? text("the arena is smaller than arena_bytes")
                                         : text("the arena is not aligned to arena_alignment");
}

/// The same in memory of the caller's, which must outlive it.
template <auto const& Graph, auto const& Weights, class Arch = arch::native>
class model_in : public detail::network_code<model_in<Graph, Weights, Arch>, Graph, Weights, Arch> {
  using code = detail::network_code<model_in, Graph, Weights, Arch>;
  friend code;

 public:
  /// Takes the first `arena_bytes` of `arena`.
  [[nodiscard]] static expected<model_in, arena_fault> create(std::span<std::byte> arena) {
    if (arena.size() < code::arena_bytes) return unexpected(arena_fault::too_small);
    auto const address = reinterpret_cast<std::uintptr_t>(arena.data());
    if (address % arena_alignment != 0) return unexpected(arena_fault::misaligned);
    return model_in(arena.data());
  }

 private:
  explicit model_in(std::byte* arena) : arena_(arena) {}
  [[nodiscard]] std::byte* arena_bytes_begin() { return arena_; }
  [[nodiscard]] std::byte const* arena_bytes_begin() const { return arena_; }

  std::byte* arena_;
};

}  // namespace linnet::inline LINNET_ISA
