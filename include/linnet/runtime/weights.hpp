// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/base/span.hpp>
#include <linnet/runtime/fixed_plan.hpp>

// The packed weights of a compiled network: one blob, in the order of the kernel calls, as `linnet compile`
// writes it and as kernels read it.
namespace linnet::inline LINNET_ISA {

/// Version of the generated files: a header and a blob of another version are refused.
inline constexpr std::uint32_t weights_format = 2;

/// Alignment of a blob, in bytes.
inline constexpr std::size_t weights_alignment = 64;

/// The stream of one kernel call in a blob; calls that read nothing packed have none.
struct packed_stream {
  kernels::packed_layout layout = kernels::packed_layout::none;  ///< of the kernel that reads it
  std::int64_t offset = 0, bytes = 0;  ///< into the blob, or its fast part; how many bytes
  bool fast = false;                   ///< in the part for a fast memory: `offset` counts from its first byte
  friend constexpr bool operator==(packed_stream const&, packed_stream const&) = default;
};

/// How a blob for a graph is laid out on an architecture.
template <std::size_t Streams>
struct blob_layout {
  std::int64_t bytes = 0;                        ///< of the whole blob
  std::array<packed_stream, Streams> streams{};  ///< in the order of the calls
  friend constexpr bool operator==(blob_layout const&, blob_layout const&) = default;
};

/// Whether two blobs hold streams of the same sizes, wherever they lie.
template <std::size_t A, std::size_t B>
[[nodiscard]] constexpr bool has_same_streams(blob_layout<A> const& a, blob_layout<B> const& b) {
  if (A != B || a.bytes != b.bytes) return false;
  for (std::size_t i = 0; i < min(A, B); ++i) {
    if (a.streams[i].bytes != b.streams[i].bytes) return false;
  }
  return true;
}

/// A place in a blob of two parts.
struct blob_place {
  std::int64_t offset = 0;  ///< bytes from the part's first
  bool fast = false;
};

/// Where a byte lies in a blob some of whose streams are in its fast part; `whole` is the layout in one part.
template <std::size_t Streams>
[[nodiscard]] constexpr blob_place place_in_blob(blob_layout<Streams> const& whole,
                                                 blob_layout<Streams> const& parted, std::int64_t offset) {
  std::int64_t moved = 0;
  for (std::size_t i = 0; i < Streams; ++i) {
    packed_stream const &from = whole.streams[i], &to = parted.streams[i];
    if (from.offset <= offset && offset < from.offset + from.bytes)
      return {to.offset + offset - from.offset, to.fast};
    if (to.fast && from.offset < offset) moved += from.bytes;
  }
  return {offset - moved, false};
}

/// How many calls have a stream.
[[nodiscard]] constexpr std::size_t stream_count(span<planned_call const> calls) {
  std::size_t count = 0;
  for (planned_call const& call : calls) count += call.packed_bytes > 0 ? 1 : 0;
  return count;
}

namespace detail {

/// The lowered graph that its packed weights are laid out by: how memory is planned changes nothing in them.
template <auto const& Graph, class Arch>
inline constexpr auto const& packed_plan = lowered<Graph, Arch, sharing{.parts = false, .by_rows = true}>;

template <auto const& Graph, class Arch>
constexpr auto make_weights_layout() {
  constexpr auto const& plan = packed_plan<Graph, Arch>;
  blob_layout<stream_count(plan.planned_calls())> layout{.bytes = plan.packed_bytes};
  std::size_t i = 0;
  for (planned_call const& call : plan.planned_calls()) {
    if (call.packed_bytes > 0) layout.streams[i++] = {call.layout, call.packed_offset, call.packed_bytes};
  }
  return layout;
}

}  // namespace detail

/// Where the streams of a graph lie in its blob on an architecture.
template <auto const& Graph, class Arch = arch::native>
inline constexpr auto weights_layout = detail::make_weights_layout<Graph, Arch>();

/// A blob of a generated file: declared there, defined by its assembler file.
template <std::size_t Bytes, std::size_t Streams, std::size_t FastBytes = 0>
struct packed_weights {
  std::byte const* bytes;                 ///< `Bytes` of them, aligned to weights_alignment
  std::uint32_t format;                   ///< weights_format of the tool that wrote it
  std::uint64_t hash;                     ///< of the blob: FNV-1a, 64 bits
  blob_layout<Streams> layout;            ///< as that tool had it
  std::byte const* fast_bytes = nullptr;  ///< `FastBytes` more: the streams that are read most often
  static constexpr std::size_t size = Bytes, fast_size = FastBytes;  ///< bytes; of the part for a fast memory
};

/// Room for the blob of a graph, for weights that are made at run time (`pack_weights`,
/// `deterministic_weights`): `static linnet::weights_for<net> weights;`
template <auto const& Graph, class Arch = arch::native>
struct weights_for {
  static constexpr std::size_t size = static_cast<std::size_t>(weights_layout<Graph, Arch>.bytes);
  static constexpr auto const& layout = weights_layout<Graph, Arch>;
  static constexpr std::uint32_t format = weights_format;
  static constexpr std::byte const* fast_bytes = nullptr;
  static constexpr std::size_t fast_size = 0;
  alignas(weights_alignment) std::byte bytes[size > 0 ? size : 1]{};
};

}  // namespace linnet::inline LINNET_ISA
