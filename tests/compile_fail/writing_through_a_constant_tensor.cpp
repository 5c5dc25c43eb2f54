// SPDX-License-Identifier: MIT
// refused: read-only|const-qualified
#include <linnet/tensor/tensor.hpp>

void write(linnet::tensor<float, 2, 3> const& t) {
#if defined(REFUSED)
  t(0, 0) = 1.0f;
#else
  static_cast<void>(t(0, 0));
#endif
}
