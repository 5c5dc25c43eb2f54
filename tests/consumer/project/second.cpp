// SPDX-License-Identifier: MIT
#include <linnet/base/math.hpp>

int rounded_up_elsewhere(int value);

int rounded_up_elsewhere(int value) { return linnet::align_up(value, 8); }
