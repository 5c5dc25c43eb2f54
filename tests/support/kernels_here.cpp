// SPDX-License-Identifier: MIT
#include <linnet/session/kernels_here.hpp>
