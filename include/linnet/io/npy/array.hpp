// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <span>
#include <vector>

#include <linnet/tensor/element_type.hpp>
#include <linnet/tensor/shape.hpp>

/// NumPy's file format for one array: versions 1.0, 2.0 and 3.0 (numpy/lib/format, "NPY format").
namespace linnet::inline LINNET_ISA::io::npy {

/// An array that somebody else owns: elements in row-major order, little endian.
struct array_view {
  element_type type = f32;          ///< of each element
  linnet::shape shape;              ///< outermost first
  std::span<std::byte const> data;  ///< row-major, little-endian
};

/// An array with its elements in row-major order, little endian.
struct array {
  element_type type = f32;
  linnet::shape shape;
  std::vector<std::byte> data;

  /// The same without owning it.
  [[nodiscard]] array_view view() const { return {type, shape, data}; }
};

}  // namespace linnet::inline LINNET_ISA::io::npy
