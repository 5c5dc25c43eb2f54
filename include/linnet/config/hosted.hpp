// SPDX-License-Identifier: MIT
#pragma once

// The gate of the hosted rooms (session, quantizer, io, analysis): they use heap, files and exceptions of the
// standard library, which a firmware build must never pull in by accident.
#if !defined(__STDC_HOSTED__) || __STDC_HOSTED__ == 0 || \
    (defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M')
#error "linnet: this header needs a hosted system; firmware includes <linnet/linnet.hpp> (device rooms) only"
#endif
