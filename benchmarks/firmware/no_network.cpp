// SPDX-License-Identifier: MIT
// The image that others are held against: start-up and harness, nothing to run. Its empty functions are not
// taken off what a network holds.
#include "subject.hpp"

[[gnu::section(".harness")]] void subject::read_inputs() {}
[[gnu::section(".harness")]] void subject::run() {}
[[gnu::section(".harness")]] void subject::write_outputs() {}
