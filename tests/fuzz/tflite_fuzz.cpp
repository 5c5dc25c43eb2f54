// SPDX-License-Identifier: MIT
// libFuzzer: arbitrary bytes as a .tflite file.
#include <cstddef>
#include <cstdint>
#include <span>

#include <linnet/io/tflite/reader.hpp>

#include "read_network.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const bytes = std::as_bytes(std::span(data, size));
  fuzz::use(linnet::io::tflite::read({bytes.begin(), bytes.end()}, "fuzz.tflite"), "fuzz.tflite: ");
  return 0;
}
