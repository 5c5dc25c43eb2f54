/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct in_c_result {
  size_t layers; /* observed, as long as their indices are 0, 1, ... */
  int last;      /* first byte of the last layer */
  int sum;       /* of the first output's numbers */
};

/* Runs a model with int8 input 0, 1, 2, ... and int8 output, from C. 0, or which step failed: -1 is loading,
 * with a message. */
int run_in_c(char const* path, struct in_c_result* sum);

#ifdef __cplusplus
}
#endif
