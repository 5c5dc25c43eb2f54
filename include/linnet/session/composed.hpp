// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <linnet/models/mobilenet.hpp>
#include <linnet/models/squeezenet.hpp>
#include <linnet/session/describe.hpp>
#include <linnet/session/deterministic_weights.hpp>
#include <linnet/session/error.hpp>

namespace linnet::inline LINNET_ISA {

/// The names that `composed_network` understands, for messages and help.
inline constexpr std::string_view composed_names =
    "mobilenet_v1:WIDTH:RESOLUTION, mobilenet_v2:WIDTH:RESOLUTION, squeezenet:1.0:RESOLUTION and "
    "squeezenet:1.1:RESOLUTION, each with :CLASSES behind it or not; WIDTH in (0, 4], RESOLUTION in "
    "[32, 1024], CLASSES in [1, 100000] (1000 if left out)";

namespace detail {

using composing_builder = basic_graph_builder<dynamic_graph>;
using composition_result = expected<dynamic_graph, graph_error>;

/// "mobilenet_v2:1.0:224" in its parts.
struct composed_name {
  std::string_view family, variant;
  std::int32_t resolution = 0, classes = 1000;
};

[[nodiscard]] inline unexpected<error> bad_name(std::string_view name, std::string const& why) {
  return fail(errc::wrong_argument, in_quotes(name) + " names no composed network: " + why + ". There are " +
                                        std::string(composed_names));
}

/// All of the text as a number.
template <class T>
[[nodiscard]] bool parse_number(std::string_view text, T& number) {
  auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size();
}

[[nodiscard]] inline result<composed_name> parse_composed_name(std::string_view name) {
  std::vector<std::string_view> parts(1);
  for (std::size_t i = 0, start = 0; i <= name.size(); ++i) {
    parts.back() = name.substr(start, i - start);
    if (i == name.size() || name[i] != ':') continue;
    start = i + 1;
    parts.emplace_back();
  }
  if (parts.size() < 3 || parts.size() > 4)
    return bad_name(name, "it has " + std::to_string(parts.size()) + " parts");
  composed_name n{.family = parts[0], .variant = parts[1]};
  if (!parse_number(parts[2], n.resolution) || n.resolution < 32 || n.resolution > 1024)
    return bad_name(name, "the resolution is " + in_quotes(parts[2]));
  bool const counted = parts.size() < 4 || parse_number(parts[3], n.classes);
  if (!counted || n.classes < 1 || n.classes > 100000)
    return bad_name(name, "the classes are " + in_quotes(parts[3]));
  return n;
}

[[nodiscard]] inline result<composition_result> compose_mobilenet(std::string_view name,
                                                                  composed_name const& n) {
  models::mobilenet_options o{.resolution = n.resolution, .classes = n.classes, .type = s8};
  if (!parse_number(n.variant, o.width) || !(o.width > 0.0 && o.width <= 4.0))
    return bad_name(name, "the width is " + in_quotes(n.variant));
  composing_builder g;
  return g.finish(n.family == "mobilenet_v1" ? models::mobilenet_v1(g, o) : models::mobilenet_v2(g, o));
}

[[nodiscard]] inline result<composition_result> compose_squeezenet(std::string_view name,
                                                                   composed_name const& n) {
  if (n.variant != "1.0" && n.variant != "1.1")
    return bad_name(name, "the version is " + in_quotes(n.variant));
  models::squeezenet_options const o{.resolution = n.resolution, .classes = n.classes, .type = s8};
  composing_builder g;
  return g.finish(n.variant == "1.0" ? models::squeezenet_1_0(g, o) : models::squeezenet_1_1(g, o));
}

}  // namespace detail

/// An int8 network composed from its paper's table, with deterministic (untrained) weights of seed 1:
/// `composed_name`s are "mobilenet_v2:1.0:224", "mobilenet_v1:0.25:96:2", "squeezenet:1.1:224", ... Fails
/// with `wrong_argument`, and says which names there are, or with `invalid_graph` where the picture is too
/// small for the layers or the width leaves one without channels.
[[nodiscard]] inline result<network> composed_network(std::string_view name) {
  auto const parsed = detail::parse_composed_name(name);
  if (!parsed) return unexpected(parsed.error());
  bool const mobile = parsed->family == "mobilenet_v1" || parsed->family == "mobilenet_v2";
  if (!mobile && parsed->family != "squeezenet")
    return detail::bad_name(name, "the family is " + in_quotes(parsed->family));
  auto made = mobile ? detail::compose_mobilenet(name, *parsed) : detail::compose_squeezenet(name, *parsed);
  if (!made) return unexpected(made.error());
  if (!*made) {
    graph_error const& e = made->error();
    return fail(errc::invalid_graph, std::string(name) + ": node " + std::to_string(e.node) + " (" +
                                         std::string(name_of(e.kind)) + "): " + describe(e.first) + ": " +
                                         std::string(explain(e.fault)));
  }
  return with_deterministic_weights(**std::move(made), 1, std::string(name));
}

}  // namespace linnet::inline LINNET_ISA
