/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The keyword spotter for a program in C: one network, in static memory. Not for two threads at once. */

#ifdef __cplusplus
extern "C" {
#endif

enum { keyword_frames = 49, keyword_features = 10, keyword_words = 12 };

/* Where to write one second of sound, (frame, feature), before every run: keyword_frames * keyword_features
 * numbers. */
int8_t* keyword_input(void);

/* Computes; cannot fail. Destroys the input. */
void keyword_run(void);

/* keyword_words scores of the last run: (probability * 256) - 128. */
int8_t const* keyword_output(void);

/* The word with the highest score, or, where none is likelier than `least_score`, a null pointer. */
char const* keyword_heard(int8_t least_score);

#ifdef __cplusplus
}
#endif
