// SPDX-License-Identifier: MIT
// refused: array subscript value|constant expression
#include <linnet/tensor/shape.hpp>

constexpr linnet::shape most{1, 2, 3, 4, 5, 6};
#if defined(REFUSED)
constexpr linnet::shape more{1, 2, 3, 4, 5, 6, 7};
#endif
