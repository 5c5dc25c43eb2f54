// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

/// What an image measures: a network, or that there is none. The harness is one object for both, so that
/// their difference is the network.
namespace subject {

void read_inputs();
void run();
void write_outputs();

}  // namespace subject

/// What a subject gets from the harness.
namespace harness {

/// The next bytes of the host's input.bin.
void read(void* to, std::size_t bytes);
/// Behind what was written to the host's output.bin before.
void write(void const* from, std::size_t bytes);

}  // namespace harness
