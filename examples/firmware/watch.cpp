// SPDX-License-Identifier: MIT
// Says whether there is a person before the camera. No picture is kept: the interrupt handler puts rows into
// a short queue, and the network takes each when it has computed with those before.
#include <cstddef>
#include <cstdint>
#include <span>

#include <person_model.hpp>

#include <linnet/runtime/model.hpp>

#include "hardware.h"
#include "pixels.hpp"
#include "row_queue.hpp"

namespace {

constexpr std::size_t row_bytes = 96 * 3, rows_in_queue = 8;
constexpr std::int32_t person = 1;  // the network's outputs: nobody, person

linnet::model<person_model::graph, person_model::weights, person_model::planning> net;
row_queue<row_bytes, rows_in_queue> rows;

void take_row(std::int32_t, std::span<std::int8_t> out) {
  while (rows.is_empty()) hardware_wait_for_event();
  rows.take(out);
}

}  // namespace

void camera_row_arrived(std::uint8_t const* row, hardware_pixels format) {
  pixels::convert(row, format, rows.next());
  rows.advance();
}

int main() {
  while (true) {
    rows.clear();
    hardware_start_picture();
    net.run(take_row);
    if (rows.has_lost_rows()) {
      hardware_say("the camera is too fast\n");
      continue;
    }
    hardware_log_scores(net.output().data(), net.output().size());
    hardware_say(linnet::argmax(net.output()) == person ? "a person\n" : "nobody\n");
  }
}
