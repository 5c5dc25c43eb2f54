// SPDX-License-Identifier: MIT
#include "pictures.hpp"

#include <cstdio>

#include <linnet/analysis/knee_picture.hpp>
#include <linnet/analysis/memory_picture.hpp>
#include <linnet/analysis/memory_text.hpp>
#include <linnet/io/file.hpp>

namespace cli {
namespace {

std::string title_of(planned_network const& net) {
  bool const plain = net.plan.options == linnet::plan_options{};
  return net.network.name + ", " + net.arch + (plain ? "" : ", " + words(net.plan.options));
}

/// A picture goes where the user wants it, as what the name says: "-" is text on standard output.
template <class Text, class Svg>
linnet::result<void> put(std::string const& path, Text const& text, Svg const& svg) {
  if (path == "-") {
    std::printf("\n%s", text().c_str());
    return {};
  }
  std::string const picture = path.ends_with(".txt") ? text() : svg();
  return linnet::io::write_file(path, std::as_bytes(std::span(picture)));
}

linnet::result<void> draw_memory(planned_network const& net, std::string const& path) {
  linnet::memory_map const map = map_memory(net.graph(), net.plan);
  std::string const title = title_of(net);
  return put(
      path, [&] { return memory_text(map, title); }, [&] { return memory_svg(map, title); });
}

/// The plan that nobody asked for beside the one that was.
linnet::result<void> draw_comparison(planned_network const& net, std::string const& path) {
  auto const layers = linnet::plan_for(net.network, net.arch);
  if (!layers) return linnet::unexpected(layers.error());
  linnet::memory_map const before = map_memory(net.graph(), *layers),
                           after = map_memory(net.graph(), net.plan);
  std::string const title = net.network.name + ", " + net.arch;
  std::string const before_title = words(layers->options), after_title = words(net.plan.options);
  return put(
      path,
      [&] {
        return memory_text(before, title + ", " + before_title) + "\n" +
               memory_text(after, title + ", " + after_title);
      },
      [&] {
        return memory_svg(linnet::memory_comparison{before, after, before_title, after_title}, title);
      });
}

linnet::result<void> draw_knee(planned_network const& net, std::string const& path) {
  linnet::plan_options const rows{.policy = linnet::memory_policy::least_memory,
                                  .stream_input = net.plan.options.stream_input};
  auto const plan = linnet::plan_for(net.network, net.arch, rows);
  if (!plan) return linnet::unexpected(plan.error());
  linnet::memory_knee const knee = linnet::knee_of(plan->rows.problem());
  std::string const title =
      net.network.name + ", " + net.arch + (rows.stream_input ? ", input streamed" : "");
  return put(
      path, [&] { return knee_text(knee, title); }, [&] { return knee_svg(knee, title); });
}

}  // namespace

linnet::result<void> draw_pictures(planned_network const& net, info_options const& options) {
  linnet::result<void> drawn;
  if (!options.memory.empty()) drawn = draw_memory(net, options.memory);
  if (drawn && !options.comparison.empty()) drawn = draw_comparison(net, options.comparison);
  if (drawn && !options.knee.empty()) drawn = draw_knee(net, options.knee);
  return drawn;
}

}  // namespace cli
