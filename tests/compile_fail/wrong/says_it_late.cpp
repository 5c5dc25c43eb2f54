// SPDX-License-Identifier: MIT
// refused: this is said after the first five lines
// names: .
#if defined(REFUSED)
#warning "each of these"
#warning "makes three lines"
static_assert(sizeof(int) == 1, "this is said after the first five lines");
#endif
int main() { return 0; }
