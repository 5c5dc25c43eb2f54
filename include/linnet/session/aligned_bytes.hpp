// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <vector>

namespace linnet::inline LINNET_ISA {

/// Bytes from the heap, aligned for every kernel.
class aligned_bytes {
 public:
  static constexpr std::size_t alignment = 64;  ///< of the first byte
  aligned_bytes() = default;
  /// So many bytes, all 0.
  explicit aligned_bytes(std::size_t size) : blocks_(size / alignment + 1), size_(size) {}
  [[nodiscard]] std::byte* data() { return blocks_.data()->bytes; }
  [[nodiscard]] std::byte const* data() const { return blocks_.data()->bytes; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct alignas(alignment) block {
    std::byte bytes[alignment]{};
  };
  std::vector<block> blocks_{1};
  std::size_t size_ = 0;
};

}  // namespace linnet::inline LINNET_ISA
