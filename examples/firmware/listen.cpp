// SPDX-License-Identifier: MIT
// Says the words that it hears: a frame of sound every 20 ms, a run of the network every seventh, a word
// where the last runs agree.
#include <cstddef>
#include <cstdint>
#include <span>

#include <keyword_model.hpp>

#include <linnet/runtime/model.hpp>

#include "hardware.h"
#include "recent_scores.hpp"
#include "sound_ring.hpp"
#include "words.hpp"

namespace {

constexpr std::size_t frames = 49, features = 10, frames_between_runs = 7, runs_that_agree = 2;
constexpr int runs_of_silence = 5;       // after a word: what is left of it in the ring is not heard again
constexpr std::int8_t least_score = 51;  // a probability of 0.7

linnet::model<keyword_model::graph, keyword_model::weights, keyword_model::planning> net;
sound_ring<frames, features> sound;
recent_scores<words::names.size(), runs_that_agree> scores;

void say(std::size_t word) {
  hardware_say("heard ");
  hardware_say(words::names[word]);
  hardware_say("\n");
}

void listen() {
  static int still_silent = 0;
  sound.copy_to(std::span<std::int8_t, frames * features>(net.input().elements()));
  net.run();
  hardware_log_scores(net.output().data(), words::names.size());
  scores.add(std::span<std::int8_t const, words::names.size()>(net.output().elements()));
  if (still_silent > 0) {
    --still_silent;
    return;
  }
  std::size_t const word = scores.best(least_score);
  if (word == scores.nothing || !words::is_command(word)) return;
  say(word);
  still_silent = runs_of_silence;
}

}  // namespace

int main() {
  for (std::size_t since_run = 0;;) {
    hardware_wait_for_sound(sound.next().data());
    sound.advance();
    if (++since_run < frames_between_runs) continue;
    since_run = 0;
    if (sound.is_full()) listen();
  }
}
