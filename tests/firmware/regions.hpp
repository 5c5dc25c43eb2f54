// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <linnet/runtime/model.hpp>

/// A network's arena in a region of the linker script's (memory/*_regions.ld, regions.ld): an image defines
/// it as
///   alignas(linnet::arena_alignment) [[gnu::section(".arena")]] std::byte arena[network::arena_bytes];
/// in plain sight, since GCC 12 forgets the section of what a template makes.
namespace regions {

/// The network in that memory, of which nothing has cleared a byte. Call it once in an image: it tells the
/// linker how many bytes the network asks for.
template <class Network>
[[gnu::noinline]] Network place(std::span<std::byte> arena) {
  asm volatile(".global linnet_arena_bytes\n\t.set linnet_arena_bytes, %c0" ::"i"(Network::arena_bytes));
  for (std::byte volatile& b : arena) b = std::byte{0xA5};
  return *Network::create(arena);
}

}  // namespace regions
