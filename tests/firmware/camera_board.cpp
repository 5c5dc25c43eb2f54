// SPDX-License-Identifier: MIT
// A board whose camera shows pictures of the collection: the timer that every M-profile core has interrupts
// the program for each row, whether it waits or computes.
#include <cstddef>
#include <cstdint>

#include "hardware.h"
#include "pictures.hpp"  // pictures, whether there are persons in them, and the reference's scores of noise
#include "random_bytes.hpp"
#include "transcript.hpp"

extern "C" void system_tick();

namespace {

constexpr std::size_t height = 96, row_bytes = 96 * 3, scores_of_one = 2;
constexpr std::size_t noise = picture_count;  // the last picture, to which the reference knows the bytes

std::size_t picture = 0;
bool has_begun = false;
std::size_t volatile row = 0;
random_bytes next_of_noise{noise_seed};
std::uint8_t buffer[row_bytes];  // as a camera's memory access would fill it

std::uint32_t volatile& timer(std::uint32_t offset) {
  return *reinterpret_cast<std::uint32_t volatile*>(0xE000E010u + offset);
}

/// As a camera makes them of eight bits: the low ones are lost.
void send_565(std::uint8_t const* pixels) {
  for (std::size_t i = 0, to = 0; i < row_bytes; i += 3) {
    std::uint32_t const red = pixels[i], green = pixels[i + 1], blue = pixels[i + 2];
    std::uint32_t const packed = red >> 3 << 11 | green >> 2 << 5 | blue >> 3;
    buffer[to++] = static_cast<std::uint8_t>(packed);
    buffer[to++] = static_cast<std::uint8_t>(packed >> 8);
  }
  camera_row_arrived(buffer, hardware_rgb565);
}

void send_noise() {
  for (std::uint8_t& value : buffer)
    value = static_cast<std::uint8_t>(next_of_noise.next() + 128);  // the network gets it less 128
  camera_row_arrived(buffer, hardware_rgb888);
}

}  // namespace

/// The timer goes on behind the last row: a program that misses one interrupt is woken by the next.
void system_tick() {
  if (row == height) return;
  if (picture == noise) {
    send_noise();
  } else if ((picture & 1) == 0) {
    camera_row_arrived(pictures[picture] + row * row_bytes, hardware_rgb888);
  } else {
    send_565(pictures[picture] + row * row_bytes);
  }
  row = row + 1;
}

void hardware_say(char const* text) { transcript::add(text); }

void hardware_log_scores(std::int8_t const* scores, std::size_t) {
  if (picture == noise) transcript::compare(scores, noise_scores, scores_of_one);
}

void hardware_start_picture() {
  if (has_begun) ++picture;
  has_begun = true;
  if (picture > noise) transcript::end(expected_persons);
  timer(0) = 0;
  row = 0;
  timer(4) = LINNET_TICKS_A_ROW - 1;
  timer(8) = 0;
  timer(0) = 7;  // the core's clock, with interrupts
}

void hardware_wait_for_event() { asm volatile("wfi" ::: "memory"); }
