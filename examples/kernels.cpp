// SPDX-License-Identifier: MIT
// The one source that compiles the kernels of all programs here.
#include <linnet/session/kernels_here.hpp>
