// SPDX-License-Identifier: MIT
// refused: is_static
#include <linnet/tensor/tensor.hpp>

#if defined(REFUSED)
linnet::tensor<float, 2, linnet::dynamic> storage;  // how many bytes would that be?
#else
linnet::tensor<float, 2, 3> storage;
#endif
