// SPDX-License-Identifier: MIT
// Everything that an image with a network must not have, so that the check of images can be seen to fail.
#include <cstddef>

namespace {

char heap[8];
int volatile numbers[2] = {7, 2};
double volatile real = 0.5;
void* volatile from_heap = nullptr;
int const started = numbers[0] / numbers[1];  // before main

}  // namespace

extern "C" [[gnu::noinline]] void __cxa_pure_virtual() { numbers[1] = 0; }
[[gnu::noinline]] void* operator new(std::size_t) {
  numbers[1] = 1;  // a function without effects would be left out
  return heap;
}

int main() {
  real = real * numbers[0];
  __cxa_pure_virtual();
  from_heap = operator new(1);
  return started;
}
