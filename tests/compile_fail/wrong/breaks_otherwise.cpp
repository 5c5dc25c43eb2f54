// SPDX-License-Identifier: MIT
// refused: needs a hosted system
#if defined(REFUSED)
int main() { return none; }
#endif
