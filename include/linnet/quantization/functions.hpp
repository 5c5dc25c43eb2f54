// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/base/text.hpp>
#include <linnet/config/arch.hpp>

// What operators do with each element, as graphs and kernels name it.
namespace linnet::inline LINNET_ISA {

/// A function of one number x, with parameters a and b where it has some.
enum class unary_function : std::uint8_t {
  abs,           // |x|
  neg,           // -x
  exp,           // e^x
  log,           // ln x
  sqrt,          // x^(1/2)
  rsqrt,         // x^(-1/2)
  square,        // x^2
  reciprocal,    // 1 / x
  floor,         // the largest integer that is not above x
  sign,          // -1, 0 or 1
  tanh,          // (e^x - e^-x) / (e^x + e^-x)
  elu,           // x; a (e^x - 1) below 0
  leaky_relu,    // x; a x below 0
  hard_sigmoid,  // clamp(a x + b, 0, 1)
  hard_swish,    // x clamp(x / 6 + 1/2, 0, 1)
  swish,         // x / (1 + e^-(a x))
  gelu,          // x / 2 (1 + tanh((2 / pi)^(1/2) (x + 0.044715 x^3))); where a is not 0,
                 // x / 2 (1 + erf(x / 2^(1/2)))
  softplus,      // ln(1 + e^x)
  cast           // x as a number of the output's type, floats toward zero: what is stored, without scales
};

/// A function of two numbers.
enum class binary_function : std::uint8_t {
  add,      // a + b
  sub,      // a - b
  mul,      // a * b
  div,      // a / b
  maximum,  // the larger one
  minimum,  // the smaller one
  prelu     // a; a * b where a is below 0
};

/// What becomes of many elements as one: a number, or the place of one along the last dimension, from 0 on.
enum class reduction : std::uint8_t {
  sum,
  maximum,
  minimum,
  first_of_maximum,  // where the largest element is, the first one of them
  last_of_maximum,
  first_of_minimum,
  last_of_minimum
};
/// Whether the reduction answers with the index of an element and not with a value.
[[nodiscard]] constexpr bool gives_index(reduction r) { return r >= reduction::first_of_maximum; }

/// Its name as the enumerator spells it, for messages and tables.
[[nodiscard]] constexpr text name_of(reduction r) {
  switch (r) {
    case reduction::sum: return "sum";
    case reduction::maximum: return "maximum";
    case reduction::minimum: return "minimum";
    case reduction::first_of_maximum: return "first_of_maximum";
    case reduction::last_of_maximum: return "last_of_maximum";
    case reduction::first_of_minimum: return "first_of_minimum";
    case reduction::last_of_minimum: return "last_of_minimum";
  }
  return "?";
}

/// What is computed of a sequence, one entry a time, and of what was kept of the entries before.
enum class recurrence : std::uint8_t {
  svdf,  // rank-limited filters over what comes and over the last results of the same
  lstm   // long short-term memory: four gates, a cell and what it last gave
};

[[nodiscard]] constexpr text name_of(recurrence r) {
  switch (r) {
    case recurrence::svdf: return "svdf";
    case recurrence::lstm: return "lstm";
  }
  return "?";
}

[[nodiscard]] constexpr text name_of(unary_function f) {
  switch (f) {
    case unary_function::abs: return "abs";
    case unary_function::neg: return "neg";
    case unary_function::exp: return "exp";
    case unary_function::log: return "log";
    case unary_function::sqrt: return "sqrt";
    case unary_function::rsqrt: return "rsqrt";
    case unary_function::square: return "square";
    case unary_function::reciprocal: return "reciprocal";
    case unary_function::floor: return "floor";
    case unary_function::sign: return "sign";
    case unary_function::tanh: return "tanh";
    case unary_function::elu: return "elu";
    case unary_function::leaky_relu: return "leaky_relu";
    case unary_function::hard_sigmoid: return "hard_sigmoid";
    case unary_function::hard_swish: return "hard_swish";
    case unary_function::swish: return "swish";
    case unary_function::gelu: return "gelu";
    case unary_function::softplus: return "softplus";
    case unary_function::cast: return "cast";
  }
  return "?";
}

[[nodiscard]] constexpr text name_of(binary_function f) {
  switch (f) {
    case binary_function::add: return "add";
    case binary_function::sub: return "sub";
    case binary_function::mul: return "mul";
    case binary_function::div: return "div";
    case binary_function::maximum: return "maximum";
    case binary_function::minimum: return "minimum";
    case binary_function::prelu: return "prelu";
  }
  return "?";
}

}  // namespace linnet::inline LINNET_ISA
