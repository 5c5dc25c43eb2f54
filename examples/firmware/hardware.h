/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What the applications of this folder ask of a board, and what they give it. C and C++ read it. A new board
   brings the functions named hardware_...; tests/firmware/sound_board.cpp and camera_board.cpp do for the
   boards that qemu emulates. */

#ifdef __cplusplus
extern "C" {
#endif

/* Speaks to whoever listens: a serial line, a debugger. */
void hardware_say(char const* text);

/* What a network made of its last input, for a log. May do nothing. */
void hardware_log_scores(int8_t const* scores, size_t count);

/* Waits for the next 20 ms of sound and writes its 10 features, quantized as the network's input is. */
void hardware_wait_for_sound(int8_t* features);

/* How a camera sends a pixel: three bytes, or two with five, six and five bits, the low byte first. */
enum hardware_pixels { hardware_rgb888, hardware_rgb565 };

/* Starts the next picture: from now on the camera's interrupt calls camera_row_arrived, 96 times. */
void hardware_start_picture(void);

/* Sleeps until there may have been an interrupt, also one just before the call (on Arm: WFE, not WFI). */
void hardware_wait_for_event(void);

/* Of the application. Takes a row of 96 pixels, which is not needed afterwards; for an interrupt handler. */
void camera_row_arrived(uint8_t const* row, enum hardware_pixels format);

#ifdef __cplusplus
}
#endif
