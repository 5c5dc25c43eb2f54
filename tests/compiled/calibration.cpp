// SPDX-License-Identifier: MIT
// calibration IMAGES.bin OUT.npy: the first photographs of a file of 224x224 RGB pictures as SqueezeNet takes
// them, blue first, less ImageNet's means, in planes.
#include <array>
#include <cstddef>
#include <cstdio>
#include <span>
#include <vector>

#include <linnet/io/file.hpp>
#include <linnet/io/npy/write.hpp>

int main(int count, char** arguments) {
  if (count != 3) return 2;
  constexpr std::int32_t pictures = 4, side = 224;
  constexpr std::size_t plane = std::size_t{side} * side;
  constexpr std::array<float, 3> means{104, 117, 123};
  auto const file = linnet::io::read_file(arguments[1], std::size_t{1} << 30);
  if (!file || file->size() < pictures * 3 * plane) {
    std::fprintf(stderr, "%s does not hold %d pictures\n", arguments[1], pictures);
    return 1;
  }
  std::vector<float> values;
  for (std::size_t picture = 0; picture < pictures; ++picture) {
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t i = 0; i < plane; ++i) {
        std::byte const pixel = (*file)[(picture * plane + i) * 3 + 2 - c];
        values.push_back(static_cast<float>(std::to_integer<int>(pixel)) - means[c]);
      }
    }
  }
  auto const array = linnet::io::npy::write(
      linnet::io::npy::array_view{linnet::f32, {pictures, 3, side, side}, std::as_bytes(std::span(values))});
  return array && linnet::io::write_file(arguments[2], *array) ? 0 : 1;
}
