// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>

namespace support {

/// Bytes of the heap that end where their allocation ends, so that AddressSanitizer sees the first byte
/// beyond, and that begin at an odd multiple of `alignment`, so that nobody can rely on more. Filled with a
/// pattern.
class exact_buffer {
 public:
  static constexpr std::size_t alignment = 8;
  explicit exact_buffer(std::size_t size, std::byte fill = std::byte{0xA5})
      : size_(size),
        memory_(static_cast<std::byte*>(::operator new (size + alignment, std::align_val_t{64}))) {
    for (std::size_t i = 0; i < size + alignment; ++i) memory_.get()[i] = fill;
  }
  [[nodiscard]] std::byte* data() const { return memory_.get() + alignment; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<std::byte> bytes() const { return {data(), size_}; }

 private:
  struct release {
    void operator()(std::byte* memory) const { ::operator delete (memory, std::align_val_t{64}); }
  };
  std::size_t size_;
  std::unique_ptr<std::byte, release> memory_;
};

}  // namespace support
