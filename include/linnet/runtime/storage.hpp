// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/base/span.hpp>
#include <linnet/planner/placement.hpp>
#include <linnet/runtime/lowered_call.hpp>

namespace linnet::inline LINNET_ISA {

/// A tensor that has no place in the arena: a constant, or one that nothing makes.
inline constexpr std::int32_t no_storage = -1;

/// A constant that is read as it is: its place is in the packed weights.
inline constexpr std::int32_t packed_storage = -2;

/// Which bytes of the arena a tensor is.
struct tensor_place {
  std::int32_t storage = no_storage;  ///< interval
  std::int32_t offset = 0;            ///< bytes behind the storage's first: part of a concat, or a constant
  std::int32_t pixel_stride = 0;      ///< bytes from pixel to pixel of a part; 0: pixels lie side by side
  tensor_id whole = -1;               ///< the concat's output that the tensor is a part of
};

/// What the bytes of a state are before the first run: a zero, as it is stored.
[[nodiscard]] constexpr std::byte zero_byte(tensor_info const& t) {
  auto const zero = static_cast<std::uint8_t>(t.quantization.zero_point);
  if (t.type == s4) return static_cast<std::byte>((zero & 0xF) * 0x11);
  return t.type == s8 || t.type == u8 ? std::byte{zero} : std::byte{0};
}

/// What two tensors may have in common.
struct sharing {
  bool in_place = true;  ///< an output takes the bytes of an input that dies
  bool parts = true;     ///< operands of a concat are made where its output will be
  bool by_rows = false;  ///< nodes run interleaved: in place only where nobody else reads the input
};

namespace detail {

/// Gives every tensor of a graph its storage and every storage its life: node i is step i, the graph's inputs
/// are there before step 0, its outputs after the last, its states all the time.
template <class Arch>
class storage_assignment {
 public:
  /// `uses` is working memory, two entries a tensor; the others have one.
  constexpr storage_assignment(graph_view const& g, span<planner::interval> intervals,
                               span<tensor_place> places, span<std::int32_t> uses)
      : graph_(g),
        intervals_(intervals),
        places_(places),
        last_use_(uses.first(g.tensors.size())),
        readers_(uses.data() + g.tensors.size()) {}

  /// Returns how many intervals there are.
  constexpr std::size_t run(sharing share) {
    for (tensor_place& place : places_) place = {};
    by_rows_ = share.by_rows;
    find_last_uses();
    if (share.parts) find_parts();
    for (tensor_id id : graph_.inputs()) make(id, -1);
    for (tensor_id id : graph_.states()) make(id, -1);
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      node const& n = graph_.nodes[i];
      auto const step = static_cast<std::int32_t>(i);
      tensor_id const source = is_alias(graph_, n) ? graph_.inputs(n)[0]
                               : share.in_place    ? overwritten(n, step)
                                                   : -1;
      if (source >= 0) {
        at(graph_.outputs(n)[0]) = at(source);
        life(source).alignment = max(life(source).alignment, alignment(graph_.outputs(n)[0]));
        at(graph_.outputs(n)[0]).whole = -1;
        prolong(graph_.outputs(n)[0], step);
      } else {
        make(graph_.outputs(n)[0], step);
      }
      count_reader(n);
    }
    return count_;
  }

 private:
  [[nodiscard]] constexpr tensor_place& at(tensor_id id) { return places_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] constexpr std::int32_t& last_use(tensor_id id) {
    return last_use_[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] constexpr planner::interval& life(tensor_id id) {
    return intervals_[static_cast<std::size_t>(at(id).storage)];
  }
  [[nodiscard]] constexpr std::int32_t alignment(tensor_id id) const {
    return max(1, bits_per_element(graph_.tensor(id).type) / 8);
  }
  [[nodiscard]] constexpr std::int64_t bytes(tensor_id id) const {
    return bytes_of(graph_.tensor(id).type, graph_.tensor(id).shape.elements());
  }

  constexpr void find_last_uses() {
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      last_use_[i] = -1;
      readers_[i] = 0;
    }
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      for (tensor_id id : graph_.inputs(graph_.nodes[i])) last_use(id) = static_cast<std::int32_t>(i);
    }
    auto const behind = static_cast<std::int32_t>(graph_.nodes.size());
    for (tensor_id id : graph_.outputs()) last_use(id) = behind;
    for (tensor_id id : graph_.states()) last_use(id) = behind;
    for (tensor_id id : graph_.updates()) last_use(id) = behind;
  }

  constexpr void prolong(tensor_id id, std::int32_t step) {
    life(id).last = max(life(id).last, max(step, last_use(id)));
  }

  constexpr void make(tensor_id id, std::int32_t step) {
    tensor_id const whole = at(id).whole >= 0 ? at(id).whole : id;
    if (at(whole).storage == no_storage) {
      at(whole).storage = static_cast<std::int32_t>(count_);
      intervals_[count_++] = {bytes(whole), alignment(whole), step, step};
    }
    at(id).storage = at(whole).storage;
    prolong(id, step);
  }

  /// Whether a node's kernel is to work in place, as it will be called. By rows convolutions are not: their
  /// operand's few rows and their output's would be one buffer of many.
  [[nodiscard]] constexpr bool overwrites(node const& n, lowered_call const& lowered) const {
    using enum kernels::overwriting;
    if (by_rows_ && has_weights(n.kind)) return false;
    if (lowered.selected.overwrites != whole) return lowered.selected.overwrites == rows;
    std::int32_t const height = lowered.call.output.height;
    return !by_rows_ && default_strip(lowered.window, 1, height) == height;
  }

  /// The input whose bytes the output of a node takes, or -1: a kernel that works in place, an input that
  /// nothing reads later under any of its names, and the same bytes on both sides.
  [[nodiscard]] constexpr tensor_id overwritten(node const& n, std::int32_t step) {
    tensor_id const output = graph_.outputs(n)[0];
    if (at(output).whole >= 0) return -1;
    auto const dies_here = [&](tensor_id input) {
      bool const whole_storage = at(input).storage >= 0 && at(input).pixel_stride == 0 &&
                                 life(input).bytes == bytes(output) && bytes(input) == bytes(output);
      return whole_storage && life(input).last <= step;
    };
    bool any = false;
    for (tensor_id input : graph_.inputs(n)) any = any || dies_here(input);
    if (!any) return -1;
    lowered_call lowered;
    if (n.keeps_operands || !lower_call<Arch>(graph_, n, 0, lowered) || !overwrites(n, lowered)) return -1;
    for (std::size_t i = 0; i < lowered.call.operand_count; ++i) {
      tensor_id const input = graph_.inputs(n)[lowered.call.operands[i]];
      if (dies_here(input) && (!by_rows_ || readers_[at(input).storage] == 0)) return input;
    }
    return -1;
  }

  /// Counts a node as a reader of the storages of its inputs. Who hands the bytes on does not count: an
  /// alias, a concat, a node that works in place.
  constexpr void count_reader(node const& n) {
    if (!by_rows_) return;
    std::int32_t const made = at(graph_.outputs(n)[0]).storage;
    for (tensor_id id : graph_.inputs(n)) {
      std::int32_t const storage = at(id).storage;
      if (storage >= 0 && storage != made) ++readers_[storage];
    }
  }

  constexpr void find_parts() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (graph_.nodes[i].kind == op::concat) find_parts_of(graph_.nodes[i]);
    }
  }

  constexpr void find_parts_of(node const& n) {
    tensor_info const& whole = graph_.output(n);
    auto const axis = static_cast<std::size_t>(n.axes[0]);
    std::int64_t before = 1, behind = 1;  // elements in front of and behind the axis
    for (std::size_t i = 0; i < whole.shape.rank(); ++i) {
      if (i < axis) before *= whole.shape[i];
      if (i > axis) behind *= whole.shape[i];
    }
    bool const along_channels = axis + 1 == whole.shape.rank();
    if (bits_per_element(whole.type) < 8 || (before > 1 && !along_channels)) return;
    std::int64_t offset = 0;
    for (tensor_id id : graph_.inputs(n)) {
      std::int64_t const part = bytes_of(whole.type, graph_.tensor(id).shape[axis] * behind);
      if (is_part(id, n) && (before == 1 || moves_by_pixels(id, n))) {
        std::int64_t const stride = before == 1 ? 0 : bytes_of(whole.type, whole.shape[axis]);
        at(id) = {no_storage, static_cast<std::int32_t>(offset), static_cast<std::int32_t>(stride),
                  graph_.outputs(n)[0]};
      }
      offset += part;
    }
  }

  /// Whether an operand could be made in place: once here and in no other concat, an activation that a node
  /// made and the caller does not see, and a copy of its bytes.
  [[nodiscard]] constexpr bool is_part(tensor_id id, node const& concat) {
    tensor_info const &part = graph_.tensor(id), &whole = graph_.output(concat);
    if (is_constant(part) || at(id).whole >= 0) return false;
    if (part.type != whole.type || !(part.quantization == whole.quantization)) return false;
    if (last_use(id) == static_cast<std::int32_t>(graph_.nodes.size())) return false;
    int uses = 0;
    for (tensor_id other : graph_.inputs(concat)) uses += other == id ? 1 : 0;
    bool made = false;
    for (node const& n : graph_.nodes) {
      made = made || (graph_.outputs(n)[0] == id && n.kind != op::concat && !is_alias(graph_, n));
    }
    return uses == 1 && made;
  }

  /// Whether everyone who writes or reads a tensor does so pixel by pixel of its own channels, so that other
  /// channels may lie between.
  [[nodiscard]] constexpr bool moves_by_pixels(tensor_id id, node const& concat) {
    std::int32_t const channels = graph_.tensor(id).shape.back(0);
    bool by_pixels = true;
    for (node const& n : graph_.nodes) {
      bool const writes = graph_.outputs(n)[0] == id;
      bool reads = false;
      for (tensor_id input : graph_.inputs(n)) reads = reads || input == id;
      if ((!writes && !reads) || &n == &concat) continue;
      if (is_alias(graph_, n) || n.kind == op::custom) return false;  // the user's see whole rows
      for (std::size_t part = 0; part < call_count(graph_, n); ++part) {
        auto const lowered = lower_call<Arch>(graph_, n, part);
        if (!lowered) continue;
        kernel_call const& call = lowered->call;
        if (writes && call.output.channels != channels) by_pixels = false;
        for (std::size_t i = 0; i < call.operand_count; ++i) {
          bool const here = graph_.inputs(n)[call.operands[i]] == id;
          if (here && call.input.channels != channels) by_pixels = false;
        }
      }
    }
    return by_pixels;
  }

  graph_view graph_;
  span<planner::interval> intervals_;
  span<tensor_place> places_;
  span<std::int32_t> last_use_;
  std::int32_t* readers_;  // of each storage: nodes before this one that do not hand its bytes on
  std::size_t count_ = 0;
  bool by_rows_ = false;
};

}  // namespace detail

/// Gives every tensor of a graph its storage and every storage its life, as intervals for the planner: node i
/// is step i, the graph's inputs are there before step 0, its outputs, and what replaces its states, after
/// the last, the states all the time. An aliasing reshape shares its input's storage; so do, where `share`
/// allows it, operators that work in place and the operands of a concat. `intervals` and `places` have one
/// entry a tensor; `uses`, working memory, has two. Returns how many intervals there are. Precondition: the
/// graph is valid.
template <class Arch>
[[nodiscard]] constexpr std::size_t assign_storage(graph_view const& g, sharing share,
                                                   span<planner::interval> intervals,
                                                   span<tensor_place> places, span<std::int32_t> uses) {
  return detail::storage_assignment<Arch>(g, intervals, places, uses).run(share);
}

}  // namespace linnet::inline LINNET_ISA
