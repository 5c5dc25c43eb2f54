// SPDX-License-Identifier: MIT
// refused: needs a hosted system
// flags: -ffreestanding
#include <linnet/config/hosted.hpp>
