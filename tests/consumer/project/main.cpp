// SPDX-License-Identifier: MIT
#include <linnet/base/math.hpp>

int rounded_up_elsewhere(int value);  // second.cpp: two translation units share the headers

int main() { return rounded_up_elsewhere(13) == linnet::align_up(13, 8) ? 0 : 1; }
