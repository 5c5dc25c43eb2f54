// SPDX-License-Identifier: MIT
// All of C++ that a program in C needs: it links this object and includes keyword.h.
#include "keyword.h"

#include <keyword_model.hpp>

#include <linnet/runtime/model.hpp>

#include "words.hpp"

namespace {

linnet::model<keyword_model::graph, keyword_model::weights, keyword_model::planning> net;
static_assert(net.input_count == 1 && words::names.size() == keyword_words);

}  // namespace

std::int8_t* keyword_input() { return net.input().data(); }
void keyword_run() { net.run(); }
std::int8_t const* keyword_output() { return net.output().data(); }

char const* keyword_heard(std::int8_t least_score) {
  auto const best = static_cast<std::size_t>(linnet::argmax(net.output()));
  return words::is_command(best) && net.output().data()[best] > least_score ? words::names[best] : nullptr;
}
