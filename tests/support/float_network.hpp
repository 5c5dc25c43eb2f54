// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <vector>

#include <linnet/base/bytes.hpp>

#include "graph_maker.hpp"

namespace support {

inline std::vector<std::byte> bytes_of_floats(std::vector<float> const& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(float));
  for (std::size_t i = 0; i < values.size(); ++i) linnet::store(bytes.data() + i * sizeof(float), values[i]);
  return bytes;
}

/// Small float graphs in few words.
class float_maker : public graph_maker {
 public:
  tensor_id real(linnet::shape const& s, std::string_view name = "") {
    return activation(s, linnet::f32, {}, name);
  }
  tensor_id reals(linnet::shape const& s, std::vector<float> const& values, std::string_view name = "") {
    return constant(s, linnet::f32, bytes_of_floats(values), {}, name);
  }
  /// A node that makes a new tensor of this shape.
  tensor_id node(linnet::node const& n, std::vector<tensor_id> const& inputs, linnet::shape const& s,
                 std::string_view name = "") {
    tensor_id const made = real(s, name);
    add(n, inputs, made);
    return made;
  }
};

}  // namespace support
