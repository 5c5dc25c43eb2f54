// SPDX-License-Identifier: MIT
// refused: .
int main() { return 0; }
