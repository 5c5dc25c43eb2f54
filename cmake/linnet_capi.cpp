// SPDX-License-Identifier: MIT
// What the target linnet::capi compiles: the bodies of <linnet/capi/linnet.h> and the kernels.
#include <linnet/capi/implementation.hpp>
#include <linnet/session/kernels_here.hpp>
