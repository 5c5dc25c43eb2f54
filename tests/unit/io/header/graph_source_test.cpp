// SPDX-License-Identifier: MIT
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/header/graph_source.hpp>

#include "support/float_network.hpp"
#include "support/random_source.hpp"

namespace {

using namespace linnet;
namespace header = linnet::io::header;

/// C's own reader of floats takes the text up to the suffix.
void expect_round_trip(float value) {
  std::string const text = header::detail::exact(value);
  char* end = nullptr;
  float const read = std::strtof(text.c_str(), &end);
  EXPECT_EQ(std::bit_cast<std::uint32_t>(read), std::bit_cast<std::uint32_t>(value)) << text;
  EXPECT_EQ(std::string_view(end), "f") << text;
}

TEST(exact, reads_back_as_the_same_bits) {
  using limits = std::numeric_limits<float>;
  for (float value : {0.0f, 1.0f, 0.1f, 1.0f / 3.0f, limits::max(), limits::min(), limits::denorm_min(),
                      limits::min() - limits::denorm_min(), limits::epsilon(), 16777217.0f}) {
    expect_round_trip(value);
    expect_round_trip(-value);
  }
  support::random_source random(0xF10A7);
  for (int i = 0; i < 100000; ++i) {
    auto const value = std::bit_cast<float>(static_cast<std::uint32_t>(random.bits()));
    if (value - value == 0.0f) expect_round_trip(value);  // finite
  }
}

/// One logistic of a tensor with this name.
support::float_maker named(std::string_view input, std::string_view output = "y") {
  support::float_maker g;
  tensor_id const x = g.real({1, 3}, input);
  g.set_ends({x}, {g.node({.kind = op::logistic, .source = 0}, {x}, {1, 3}, output)});
  return g;
}

/// The generated text as a compiler's first phases read it, in miniature: what is left when string literals
/// and line comments are taken out, and the literals' characters.
struct read_text {
  std::string code, literals;

  explicit read_text(std::string const& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '"') {
        for (++i; i < text.size() && text[i] != '"'; ++i) literals += text[i];
      } else if (text[i] == '/' && text[i + 1] == '/') {
        while (i < text.size() && text[i] != '\n') ++i;
      } else {
        code += text[i];
      }
    }
  }
};

std::vector<std::string> hostile_names() {
  using namespace std::string_literals;
  return {"\""s,       "\\"s,         "a\\"s,          "*/"s,           "/*"s,       "//"s,
          "\n"s,       "\r"s,         "x\n#error y"s,  "\"}; int i;"s,  "?\?/"s,     "?\?/\nint i;"s,
          "\0"s,       "a\0b"s,       "\x7F"s,         "\xC3\xA9"s,     "\xFF"s,     "\xE2\x80\xAE"s,
          "R\"(x)\""s, "%:define x"s, "\\u0022"s,      "\xE2\x80\xA8"s, "\t\v\f"s,   std::string(5000, '?'),
          "\\\n"s,     "'"s,          "a\\\ninclude"s, "$(touch x)"s,   "`touch x`"s};
}

/// Whatever a layer is called, the code is that of a layer of a harmless name of that length.
TEST(graph_source, names_stay_in_their_literals_and_comments) {
  for (std::string const& name : hostile_names()) {
    auto const hostile = named(name), harmless = named(std::string(name.size(), 'n'));
    std::string const text = header::graph_source(hostile.view());
    read_text const read(text), wanted(header::graph_source(harmless.view()));
    EXPECT_EQ(read.code, wanted.code) << name;
    EXPECT_EQ(read.literals.size(), name.size() + 1) << "a character a character";
    EXPECT_EQ(text.find('\\'), std::string::npos) << "no escapes, no spliced lines";
    EXPECT_EQ(text.find("??"), std::string::npos) << "no trigraphs";
    for (char c : text) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7F)) << static_cast<int>(c);
  }
}

TEST(graph_source, keeps_harmless_names) {
  read_text const read(header::graph_source(named("conv1/Relu6;a:0 (x)", "b*/").view()));
  EXPECT_EQ(read.literals, "conv1/Relu6;a:0 (x)b*/");
}

TEST(graph_source, states_the_sizes_of_its_lists) {
  support::float_maker const g = named("in", "out");
  EXPECT_TRUE(header::graph_source(g.view()).starts_with("literal_graph<1, 2, 4, 0, 6>{"))
      << "5 characters and what ends the literal";
}

TEST(graph_source, of_names_that_overlap_or_are_missing) {
  support::float_maker g = named("abcdef", "gh");
  g.at(0).name = {0, 4};
  g.at(1).name = {2, 3};
  EXPECT_EQ(read_text(header::graph_source(g.view())).literals, "abcdefgh");
  g.characters.clear();
  g.at(0).name = g.at(1).name = {};
  EXPECT_NE(header::graph_source(g.view()).find("\"\""), std::string::npos);
}

TEST(graph_source, names_states_and_what_replaces_them_where_there_are_some) {
  support::float_maker g = named("in", "out");
  EXPECT_EQ(header::graph_source(g.view()).find("state_edges"), std::string::npos);
  graph_view v = g.view();
  v.state_edges = {0, 1};
  v.update_edges = {1, 1};
  EXPECT_TRUE(header::graph_source(v).ends_with(
      "      .output_edges = {3, 1},\n      .state_edges = {0, 1},\n      .update_edges = {1, 1}}"))
      << header::graph_source(v);
}

TEST(graph_source, says_what_is_not_a_default) {
  support::graph_maker g;
  tensor_id const x = g.activation({1, 5, 5, 2}, s8, {0.5f, -7}, "x");
  tensor_id const w = g.constant({1, 3, 3, 2}, s8, std::vector<std::byte>(18), {}, "w");
  tensor_id const y = g.activation({1, 2, 2, 2}, s8, {0.25f, 1}, "y");
  g.set_scales(w, {0.5f, 0.125f}, 3);
  g.add({.kind = op::depthwise_conv2d,
         .activation = activation::relu6,
         .rounding = rounding::single_rounding,
         .window = {.kernel = {3, 3}, .stride = {2, 1}, .dilation = {1, 2}, .padding = {0, 1, 2, 3}},
         .source = 12},
        {x, w}, y);
  g.set_ends({x}, {y});
  std::string const text = header::graph_source(g.view());
  for (std::string_view part :
       {".kind = op::depthwise_conv2d", ".activation = activation::relu6",
        ".rounding = rounding::single_rounding", ".kernel = {3, 3}", ".stride = {2, 1}", ".dilation = {1, 2}",
        ".padding = {0, 1, 2, 3}", ".source = 12", ".shape = {1, 3, 3, 2}", ".type = s8",
        ".role = tensor_role::constant", ".quantization = {0x1p-1f, -7}", ".channel_axis = 3",
        ".scales = {{0x1p-1f, 0x1p-3f}}"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " is not in\n" << text;
  }
  EXPECT_EQ(text.find(".beta"), std::string::npos);
  EXPECT_EQ(text, header::graph_source(g.view()));
}

}  // namespace
