// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/header/write.hpp>

#include "support/custom_operators.hpp"
#include "support/network_of.hpp"

namespace {

using namespace linnet;
namespace header = linnet::io::header;

compiled_network compiled(std::string name = "/home/someone/secret/small.tflite", bool with_weights = true,
                          plan_options const& options = {}, std::int32_t effort = 0,
                          std::int64_t fast_bytes = 0) {
  support::graph_maker g;
  tensor_id const x = g.activation({1, 2}, s8, {0.5f, 0}, "x"), y = g.activation({1, 2}, s8, {0.5f, 0}, "y");
  if (with_weights) {
    tensor_id const w = g.constant({2, 2}, s8, std::vector<std::byte>(4, std::byte{3}), {0.25f, 0}, "w");
    g.add({.kind = op::dense}, {x, w}, y);
  } else {
    g.add({.kind = op::relu, .activation = activation::relu}, {x}, y);
  }
  g.set_ends({x}, {y});
  return *compile(support::network_of(g, std::move(name)), "scalar",
                  {.plan = options, .search = {.effort = effort}, .fast_bytes = fast_bytes});
}

std::string both(header::sources const& made) { return made.header + made.assembly; }

TEST(write, refuses_what_names_no_namespace) {
  for (std::string_view name :
       {"",         "9a",    "a-b",       "a b", "a.b",  "a/b",    "../a",       "a::b",   "a\n", "a\"",
        "\xC3\xA9", "class", "namespace", "int", "and",  "xor_eq", "co_await",   "linnet", "std", "posix",
        "xsimd",    "main",  "_a",        "_A",  "a__b", "__a",    "LINNET_ISA", "linux",  "unix"}) {
    auto const made = header::write(compiled(), std::string(name));
    ASSERT_FALSE(made.has_value()) << name;
    EXPECT_EQ(made.error().code, errc::wrong_argument);
    EXPECT_TRUE(made.error().message.starts_with(in_quotes(name) + " names")) << made.error().message;
  }
  EXPECT_FALSE(header::write(compiled(), std::string("a\0b", 3)).has_value());
}

/// Its operator is an object of the user's program: a generated file has no name for it.
TEST(write, refuses_custom_operators_by_name) {
  compiled_network net = compiled("one.tflite", false);
  net.graph.nodes[0].kind = op::custom;
  net.graph.nodes[0].custom = &custom_operator_of<support::equalize>;
  auto const made = header::write(net, "a");
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, errc::not_supported);
  EXPECT_NE(made.error().message.find("one.tflite: 'equalize' is a custom operator"), std::string::npos)
      << made.error().message;
}

TEST(write, takes_every_other_identifier) {
  for (std::string_view name : {"person", "a", "A9", "a_b_", "classes", "classifier", "ints", "linnet_person",
                                "std2", "mobilenet_v2_035_96", "n"}) {
    EXPECT_TRUE(header::write(compiled(), std::string(name)).has_value()) << name;
  }
}

TEST(write, the_same_network_gives_the_same_text) {
  auto const one = header::write(compiled(), "a"), other = header::write(compiled(), "a");
  EXPECT_EQ(both(*one), both(*other));
}

TEST(write, tells_no_path_of_the_machine) {
  for (std::string_view name : {"/home/someone/secret/small.tflite", "secret/small.tflite", "small.tflite"}) {
    auto const made = header::write(compiled(std::string(name)), "a");
    EXPECT_EQ(both(*made).find("secret"), std::string::npos);
    EXPECT_NE(made->header.find("from small.tflite for the architecture scalar"), std::string::npos);
  }
}

/// A file's name is as hostile as a layer's: the header differs in its first line only.
TEST(write, a_file_name_stays_in_its_comment) {
  std::string const plain = header::write(compiled("n"), "a")->header;
  for (std::string_view name : {"x\nint i;", "x\\", "x?\?/", "*/", "\x01\xFF\"", "a/"}) {
    std::string const made = header::write(compiled(std::string(name)), "a")->header;
    EXPECT_EQ(made.substr(made.find('\n')), plain.substr(plain.find('\n'))) << name;
    EXPECT_EQ(made.find('\\'), std::string::npos);
    EXPECT_EQ(made.find("??"), std::string::npos);
  }
}

TEST(write, the_header_states_format_hash_and_layout) {
  compiled_network const net = compiled();
  std::string const text = header::write(net, "a")->header;
  char hash[24];
  std::snprintf(hash, sizeof hash, "0x%016llx", static_cast<unsigned long long>(net.hash));
  for (std::string const& part :
       {std::string("#pragma once\n"), std::string("namespace a::inline LINNET_ISA {"),
        "extern \"C\" std::byte const a_weights[" + std::to_string(net.weights.size()) + "];",
        ".format = " + std::to_string(weights_format) + ",", ".hash = " + std::string(hash) + ",",
        "packed_weights<" + std::to_string(net.weights.size()) + ", 1>",
        "{kernels::packed_layout::channel_records, 0, " + std::to_string(net.weights.size()) + "}"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " is not in\n" << text;
  }
}

TEST(write, the_header_states_how_memory_is_planned) {
  auto const planning = [](plan_options const& options) {
    std::string const text = header::write(compiled("n", true, options), "a")->header;
    std::size_t const at = text.find("inline constexpr auto planning");
    return at == text.npos ? text : text.substr(at, text.find("}();", at) - at);
  };
  EXPECT_NE(planning({}).find("return plan_options{};"), std::string::npos) << planning({});
  plan_options const within{.policy = memory_policy::within, .budget = 17000};
  EXPECT_NE(planning(within).find("return plan_options{.policy = memory_policy::within, .budget = 17000};"),
            std::string::npos)
      << planning(within);
  plan_options const streamed{.policy = memory_policy::least_memory, .stream_input = true};
  EXPECT_NE(planning(streamed).find(
                "return plan_options{.policy = memory_policy::least_memory, .stream_input = true};"),
            std::string::npos)
      << planning(streamed);
}

TEST(write, the_assembly_aligns_the_blob_in_read_only_data) {
  std::string const text = header::write(compiled(), "a")->assembly;
  std::size_t const section = text.find(".section .rodata"), align = text.find(".balign 64\n"),
                    label = text.find("\na_weights:\n"), blob = text.find(".incbin \"a.bin\", 0, "),
                    size = text.find(".size a_weights, . - a_weights\n");
  EXPECT_LT(section, align);
  EXPECT_LT(align, label);
  EXPECT_LT(label, blob);
  EXPECT_LT(blob, size);
  EXPECT_NE(size, text.npos);
  EXPECT_NE(text.find(".global a_weights\n"), text.npos);
  EXPECT_EQ(text.find(".byte"), text.npos);
}

TEST(write, a_network_without_weights_has_a_symbol_all_the_same) {
  auto const made = header::write(compiled("n", false), "a");
  EXPECT_NE(made->header.find("a_weights[1];"), std::string::npos);
  EXPECT_NE(made->header.find("packed_weights<0, 0>"), std::string::npos);
  EXPECT_NE(made->assembly.find("    .byte 0\n"), std::string::npos);
}

void expect_in(std::string const& text, std::vector<std::string> const& parts) {
  for (std::string const& part : parts)
    EXPECT_NE(text.find(part), text.npos) << part << " is not in\n" << text;
}

TEST(write, weights_for_a_fast_memory_have_a_symbol_and_a_section_of_their_own) {
  compiled_network const net = compiled("n", true, {}, 0, 1000);
  std::string const fast = std::to_string(net.fast_weights.size());
  ASSERT_FALSE(net.fast_weights.empty());
  ASSERT_TRUE(net.weights.empty()) << "the only layer's weights are all there is";
  auto const made = header::write(net, "a");
  expect_in(made->header, {"extern \"C\" std::byte const a_weights_fast[" + fast + "];",
                           ".rodata.fast.a_weights", "packed_weights<0, 1, " + fast + ">",
                           ", 0, " + fast + ", true}", ".fast_bytes = a_weights_fast}"});
  expect_in(made->assembly,
            {".section .rodata.fast.a_weights_fast,", ".global a_weights_fast\n", "\na_weights_fast:\n",
             ".incbin \"a.bin\", 0, " + fast + "\n", ".size a_weights_fast, . - a_weights_fast\n",
             ".section .rodata.a_weights,", ".byte 0\n"});
  EXPECT_EQ(both(*header::write(compiled(), "a")).find("fast"), std::string::npos);
}

/// The fast part stands behind the other one in the blob's file.
TEST(write, the_fast_part_begins_where_the_other_ends) {
  compiled_network net = compiled("n", true, {}, 0, 1000);
  net.weights.resize(72);
  std::string const fast = std::to_string(net.fast_weights.size());
  std::string const text = header::write(net, "a")->assembly;
  std::size_t const slow = text.find(".incbin \"a.bin\", 0, 72\n"),
                    behind = text.find(".incbin \"a.bin\", 72, " + fast + "\n");
  EXPECT_LT(slow, behind);
  EXPECT_NE(behind, text.npos);
}

TEST(write, a_searched_plan_stands_in_the_header) {
  plan_options const least{.policy = memory_policy::least_memory};
  compiled_network net = compiled("n", true, least, 5);
  ASSERT_TRUE(net.searched.has_value());
  row_plan& plan = net.searched->schedule;
  plan.table.clear();
  std::string const rings = header::write(net, "a")->header;
  expect_in(rings,
            {"inline constexpr auto plan = [] {", "inline constexpr linnet::searched<plan> planning{};",
             "return searched_plan<1, " + std::to_string(plan.rings.size()) + ", 0>{",
             ".options = plan_options{.policy = memory_policy::least_memory}", ".parts = false",
             ".group_of = {{0}}", ".strip = {{1}}", ".rings = {{"});
  EXPECT_EQ(rings.find(".table"), rings.npos);
  plan.table = {7, 65535};
  plan.rings[0] = {16, 3, 24, 1};
  expect_in(header::write(net, "a")->header, {", 2>{", ".table = {{7, 65535}},", "{16, 3, 24, 1},\n"});
}

}  // namespace
