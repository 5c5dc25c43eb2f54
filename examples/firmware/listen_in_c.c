/* SPDX-License-Identifier: MIT */
/* The network in a program in C: it says what it heard in every second of sound. */
#include <stddef.h>

#include "hardware.h"
#include "keyword.h"

int main(void) {
  for (;;) {
    int frame;
    char const* word;
    for (frame = 0; frame < keyword_frames; ++frame)
      hardware_wait_for_sound(keyword_input() + frame * keyword_features);
    keyword_run();
    hardware_log_scores(keyword_output(), keyword_words);
    word = keyword_heard(51);
    if (word == NULL) continue;
    hardware_say("heard ");
    hardware_say(word);
    hardware_say("\n");
  }
}
