// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>

#include <linnet/io/file.hpp>
#include <linnet/io/header/write.hpp>
#include <linnet/quantizer/dynamic_range.hpp>

#include "cli.hpp"

namespace cli {
namespace {

linnet::result<void> write_text(std::filesystem::path const& path, std::string const& text) {
  return linnet::io::write_file(path, std::as_bytes(std::span(text)));
}

linnet::result<void> write_files(compile_options const& options, linnet::compiled_network const& net,
                                 linnet::io::header::sources const& sources) {
  std::filesystem::path const folder = options.folder;
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    return linnet::fail(linnet::errc::file_not_writable, folder.string() + ": " + failure.message());
  }
  std::vector<std::byte> blob = net.weights;
  blob.insert(blob.end(), net.fast_weights.begin(), net.fast_weights.end());
  if (auto done = linnet::io::write_file(folder / (options.name + ".bin"), blob); !done) return done;
  if (auto done = write_text(folder / (options.name + ".S"), sources.assembly); !done) return done;
  return write_text(folder / (options.name + ".hpp"), sources.header);
}

bool has_narrow_weights(linnet::graph_view const& g) {
  return std::ranges::any_of(g.tensors, [](auto const& t) {
    return is_constant(t) && (t.type == linnet::s4 || t.type == linnet::f16);
  });
}

/// The network with its weights in other bits, where that was asked for. What becomes s8 is what the narrow
/// weights of the file stand for: floats, and bytes, for which there are more kernels.
linnet::result<linnet::network> with_weights(linnet::network net, std::string const& type) {
  if (type.empty()) return net;
  auto const refuse = [](std::string const& why) { return linnet::fail(linnet::errc::wrong_argument, why); };
  if (type != "f16" && type != "s8") return refuse("weights are stored as f16 or s8, not as '" + type + "'");
  bool const widens = type == "s8" && has_narrow_weights(net.graph.view());
  if (widens) net = linnet::with_wide_weights(std::move(net));
  linnet::graph_view const g = net.graph.view();
  bool const some =
      std::ranges::any_of(g.nodes, [&](auto const& n) { return linnet::has_float_weights(g, n); });
  if (!some && widens) return net;
  if (!some) return refuse(net.name + ": has no layer of float32 whose weights could be stored as " + type);
  return type == "f16" ? linnet::with_half_weights(std::move(net))
                       : linnet::with_dynamic_range(std::move(net));
}

}  // namespace

int compile(compile_options const& options) {
  auto plan = plan_options_of(options.plan);
  if (!plan) return complain(plan.error(), wrong_usage);
  auto net = open_network(options.model);
  if (!net) return complain(net.error(), bad_model);
  if (!options.calibration.empty()) {
    net = quantized(*net, options.calibration);
    if (!net) return complain(net.error(), bad_input);
  }
  auto const refuse = [](linnet::error const& e) {
    return complain(e, e.code == linnet::errc::wrong_argument ? wrong_usage : bad_model);
  };
  net = with_weights(*std::move(net), options.weights);
  if (!net) return refuse(net.error());
  auto used = folded(*std::move(net), options.fold);
  if (!used) return complain(used.error(), bad_model);
  used->net = linnet::channels_last_ends(std::move(used->net));
  plan = planned_for(options.plan, *plan, used->net, options.arch);
  if (!plan) return refuse(plan.error());
  auto const made = [&] {
    return linnet::compile(
        used->net, options.arch,
        {.plan = *plan, .search = search_options_of(options.plan), .fast_bytes = options.fast_bytes});
  };
  auto compiled = made();
  if (!compiled && compiled.error().code == linnet::errc::too_large && !options.plan.budget) {
    // The budget is that of `balanced`, and kernels that weights refused have made another plan of it.
    plan = linnet::plan_options{.stream_input = options.plan.stream_input};
    compiled = made();
  }
  if (!compiled) return refuse(compiled.error());
  auto const sources = linnet::io::header::write(*compiled, options.name);
  if (!sources) return complain(sources.error(), wrong_usage);
  if (auto const written = write_files(options, *compiled, *sources); !written) {
    return complain(written.error(), bad_model);
  }
  std::printf("%s: %s.hpp, %s.S, %s.bin for %s: %s nodes, weights %s bytes, arena %s bytes (%s)\n",
              options.model.c_str(), options.name.c_str(), options.name.c_str(), options.name.c_str(),
              compiled->arch.c_str(), grouped(std::ssize(compiled->graph.nodes)).c_str(),
              grouped(compiled->plan.packed_bytes).c_str(), grouped(compiled->arena_bytes).c_str(),
              words(*plan).c_str());
  return done;
}

}  // namespace cli
