// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <linnet/io/header/graph_source.hpp>
#include <linnet/session/compile.hpp>

namespace linnet::inline LINNET_ISA::io::header {

/// The generated files of a network, beside its blob NAME.bin: the graph's constant and the declaration of
/// the blob, and an assembler file that brings it into `.rodata`, aligned to `weights_alignment`.
struct sources {
  std::string header, assembly;  ///< texts of the two files
};

namespace detail {

[[nodiscard]] inline bool is_identifier(std::string_view name) {
  auto const digit = [](char c) { return c >= '0' && c <= '9'; };
  auto const letter = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !name.empty() && !digit(name[0]) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || digit(c); });
}

/// Words of C++20, and names that a compiler, the standard library or linnet keeps for itself: no namespace
/// of a user's can be called so.
[[nodiscard]] inline bool is_taken(std::string_view name) {
  static constexpr std::string_view words =
      " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t "
      "char8_t "
      "class co_await co_return co_yield compl concept const const_cast consteval constexpr constinit "
      "continue "
      "decltype default delete do double dynamic_cast else enum explicit export extern false float for "
      "friend "
      "goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private "
      "protected public register reinterpret_cast requires return short signed sizeof static static_assert "
      "static_cast struct switch template this thread_local throw true try typedef typeid typename union "
      "unsigned using virtual void volatile wchar_t while xor xor_eq "
      "linnet linux main posix std unix xsimd ";
  bool const reserved = name.starts_with('_') || name.starts_with("LINNET_") || name.find("__") != name.npos;
  return reserved || words.find(" " + std::string(name) + " ") != words.npos;
}

[[nodiscard]] inline std::string word(kernels::packed_layout layout) {
  switch (layout) {
    case kernels::packed_layout::none: return "none";
    case kernels::packed_layout::zero_pixel: return "zero_pixel";
    case kernels::packed_layout::channel_records: return "channel_records";
    case kernels::packed_layout::tap_planes: return "tap_planes";
    case kernels::packed_layout::channel_pairs: return "channel_pairs";
    case kernels::packed_layout::channel_quads: return "channel_quads";
    case kernels::packed_layout::column_pairs: return "column_pairs";
    case kernels::packed_layout::linear_sum: return "linear_sum";
    case kernels::packed_layout::channel_lanes: return "channel_lanes";
    case kernels::packed_layout::channel_octets: return "channel_octets";
    case kernels::packed_layout::tap_pairs: return "tap_pairs";
    case kernels::packed_layout::sampled_entries: return "sampled_entries";
    case kernels::packed_layout::recurrent: return "recurrent";
  }
  return "?";
}

[[nodiscard]] inline std::string weights_source(compiled_network const& net, std::string const& symbol) {
  std::string streams;
  for (packed_stream const& stream : net.streams) {
    streams += "          {kernels::packed_layout::" + word(stream.layout) + ", " + number(stream.offset) +
               ", " + number(stream.bytes) + (stream.fast ? ", true" : "") + "},\n";
  }
  char hash[24];
  std::snprintf(hash, sizeof hash, "0x%016llx", static_cast<unsigned long long>(net.hash));
  bool const fast = !net.fast_weights.empty();
  std::string text =
      "packed_weights<" + number(std::ssize(net.weights)) + ", " + number(std::ssize(net.streams)) +
      (fast ? ", " + number(std::ssize(net.fast_weights)) : "") + ">{\n      .bytes = " + symbol +
      ",\n      .format = " + number(weights_format) + ",\n      .hash = " + hash +
      ",\n      .layout = {.bytes = " + number(net.plan.packed_bytes);
  if (!streams.empty()) text += ", .streams = {{\n" + streams + "      }}";
  return text + "}" + (fast ? ",\n      .fast_bytes = " + symbol + "_fast" : "") + "}";
}

/// "plan_options{...}" of what is not a default.
[[nodiscard]] inline std::string options_source(plan_options const& o) {
  std::string text;
  auto const add = [&](std::string const& field) { text += (text.empty() ? "" : ", ") + field; };
  if (o.policy != plan_options{}.policy) add(".policy = memory_policy::" + std::string(name_of(o.policy)));
  if (o.budget != 0) add(".budget = " + number(o.budget));
  if (o.stream_input) add(".stream_input = true");
  return "plan_options{" + text + "}";
}

/// The searched plan of a network: groups, rings and, where there is one, the table of rows.
[[nodiscard]] inline std::string plan_source(dynamic_plan const& plan) {
  row_plan const& s = plan.schedule;
  std::string rings;
  for (planner::ring const& r : s.rings)
    rings += "          " + list(std::array{r.offset, r.rows, r.row_bytes, r.table}) + ",\n";
  std::string text =
      "searched_plan<" + number(std::ssize(s.grouping.group_of)) + ", " + number(std::ssize(s.rings)) + ", " +
      number(std::ssize(s.table)) + ">{\n      .options = " + options_source(plan.options) +
      ",\n      .parts = " + (plan.parts ? "true" : "false") + ",\n      .group_of = {" +
      list(s.grouping.group_of) + "},\n      .strip = {" + list(s.grouping.strip) + "},\n      .lag = {" +
      list(s.grouping.lag) + "},\n      .rings = {{\n" + rings + "      }},\n";
  if (!s.table.empty()) text += "      .table = {" + list(s.table) + "},\n";
  return text + "  }";
}

/// What says how models of a network plan their memory: the constant `planning`.
[[nodiscard]] inline std::string planning_source(compiled_network const& net) {
  if (!net.searched)
    return "inline constexpr auto planning = [] {\n  using namespace linnet;\n  return " +
           options_source(net.options) + ";\n}();\n\n";
  return "inline constexpr auto plan = [] {\n  using namespace linnet;\n  return " +
         plan_source(*net.searched) + ";\n}();\n\ninline constexpr linnet::searched<plan> planning{};\n\n";
}

[[nodiscard]] inline std::string header_source(compiled_network const& net, std::string const& name) {
  std::string const symbol = name + "_weights";
  std::string const elements = number(std::max<std::int64_t>(std::ssize(net.weights), 1));
  std::string text =
      "// Made by `linnet compile` from " + plain(net.name.substr(net.name.find_last_of('/') + 1)) +
      " for the architecture " + net.arch +
      ".\n#pragma once\n\n#include <linnet/graph/graph.hpp>\n#include <linnet/runtime/searched_plan.hpp>\n"
      "#include <linnet/runtime/weights.hpp>\n\n";
  text += "extern \"C\" std::byte const " + symbol + "[" + elements + "];  // in " + name + ".S\n\n";
  if (!net.fast_weights.empty()) {
    text += "extern \"C\" std::byte const " + symbol + "_fast[" + number(std::ssize(net.fast_weights)) +
            "];  // in section .rodata.fast." + symbol + "\n\n";
  }
  text += "namespace " + name + "::inline LINNET_ISA {\n\n";
  text += "inline constexpr auto graph = [] {\n  using namespace linnet;\n  return " +
          graph_source(net.graph.view()) + ";\n}();\n\n";
  text += "inline constexpr auto weights = [] {\n  using namespace linnet;\n  return " +
          weights_source(net, symbol) + ";\n}();\n\n";
  text += planning_source(net);
  return text + "}  // namespace " + name + "::inline LINNET_ISA\n";
}

/// One symbol for `count` bytes of NAME.bin behind the first `skip`.
[[nodiscard]] inline std::string blob_source(std::string const& section, std::string const& symbol,
                                             std::string const& name, std::int64_t skip, std::int64_t count) {
  std::string text = "    .section " + section + "." + symbol + ",\"a\",%progbits\n";
  text += "    .balign " + number(weights_alignment) + "\n";
  text += "    .global " + symbol + "\n    .type " + symbol + ", %object\n" + symbol + ":\n";
  text += count > 0 ? "    .incbin \"" + name + ".bin\", " + number(skip) + ", " + number(count) + "\n"
                    : "    .byte 0\n";  // an object has a size
  return text + "    .size " + symbol + ", . - " + symbol + "\n";
}

[[nodiscard]] inline std::string assembly_source(compiled_network const& net, std::string const& name) {
  std::string const symbol = name + "_weights";
  std::int64_t const bytes = std::ssize(net.weights), fast = std::ssize(net.fast_weights);
  std::string text = "/* Made by `linnet compile`: the packed weights of " + name + ". */\n";
  text += blob_source(".rodata", symbol, name, 0, bytes);
  if (fast > 0) text += blob_source(".rodata.fast", symbol + "_fast", name, bytes, fast);
  // On Linux an object without this note asks for an executable stack; on a bare board it disturbs the
  // linker.
  return text + "#if defined(__linux__)\n    .section .note.GNU-stack,\"\",%progbits\n#endif\n";
}

}  // namespace detail

/// Writes the sources of a compiled network under a name, which becomes a namespace, the stem of the files
/// and of the blob's symbol. An error where it is no C++ identifier, or one that is taken.
[[nodiscard]] inline result<sources> write(compiled_network const& net, std::string const& name) {
  if (!detail::is_identifier(name)) {
    return fail(errc::wrong_argument,
                in_quotes(name) + " names files, a namespace and a symbol: letters, digits and _ only");
  }
  if (detail::is_taken(name)) {
    return fail(errc::wrong_argument,
                in_quotes(name) + " names a namespace: it is a word of C++ or a reserved name");
  }
  for (node const& n : net.graph.nodes) {
    if (n.kind != op::custom) continue;
    return fail(errc::not_supported,
                net.name + ": '" + std::string(name_of(n)) +
                    "' is a custom operator, an object of a program: a header has no name for it");
  }
  return sources{detail::header_source(net, name), detail::assembly_source(net, name)};
}

}  // namespace linnet::inline LINNET_ISA::io::header
