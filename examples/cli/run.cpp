// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <linnet/io/npy/layers.hpp>

#include "cli.hpp"

namespace cli {
namespace {

/// The array of a file that input i takes.
linnet::result<linnet::io::npy::array> read_input(linnet::session& s, std::size_t i,
                                                  std::string const& path) {
  auto array = read_array(path);
  if (!array) return array;
  linnet::tensor_ref const input = s.input(i);
  if (array->type != input.type || !(array->shape == input.shape)) {
    return linnet::fail(linnet::errc::wrong_argument, path + ": is " + words(array->type, array->shape) +
                                                          "; input " + std::to_string(i) + " " +
                                                          linnet::in_quotes(input.name) + " of " + s.name() +
                                                          " takes " + words(input.type, input.shape));
  }
  return array;
}

using arrays = std::vector<linnet::io::npy::array>;

linnet::result<arrays> read_inputs(linnet::session& s, std::vector<std::string> const& paths) {
  if (paths.size() != s.input_count()) {
    std::string message = s.name() + ": has " + std::to_string(s.input_count()) + " inputs, " +
                          std::to_string(paths.size()) + " were given; it takes";
    for (std::size_t i = 0; i < s.input_count(); ++i) {
      message += (i == 0 ? " " : ", ") + words(s.input(i).type, s.input(i).shape);
    }
    return linnet::fail(linnet::errc::wrong_argument, message);
  }
  arrays inputs;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    auto array = read_input(s, i, paths[i]);
    if (!array) return linnet::unexpected(std::move(array).error());
    inputs.push_back(*std::move(array));
  }
  return inputs;
}

/// Runs on arrays that are input as a whole, or row by row where the input is streamed.
template <class... Observer>
void run_on(linnet::session& s, arrays const& inputs, Observer const&... observe) {
  if (s.streams_input()) {
    std::span<std::byte const> const bytes = inputs[0].data;
    s.run(
        [&](std::int32_t y, std::span<std::byte> row) {
          std::ranges::copy(bytes.subspan(static_cast<std::size_t>(y) * row.size(), row.size()), row.begin());
        },
        observe...);
    return;
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) std::ranges::copy(inputs[i].data, s.input(i).bytes.begin());
  s.run(observe...);
}

/// Runs and writes every node's output to FOLDER/NNN_op.npy.
linnet::result<void> run_dumping(linnet::session& s, arrays const& inputs,
                                 std::filesystem::path const& folder) {
  if (auto made = linnet::io::npy::make_folder(folder); !made) return made;
  linnet::io::npy::layer_writer write(folder);
  run_on(s, inputs, [&](std::size_t index, linnet::node const& n, linnet::tensor_ref const& output) {
    write(index, n, output);
    if (!write.written()) return;
    std::printf("%s  %s  %s\n", linnet::io::npy::layer_file_name(index, n).c_str(),
                words(output.type, output.shape).c_str(), linnet::in_quotes(output.name).c_str());
  });
  return write.written();
}

/// y.npy, y.1.npy, y.2.npy, ...
std::filesystem::path numbered(std::filesystem::path path, std::size_t i) {
  if (i == 0) return path;
  std::filesystem::path const extension = path.extension();
  return path.replace_extension("." + std::to_string(i) + extension.string());
}

}  // namespace

int run(run_options const& options) {
  auto plan = plan_options_of(options.plan);
  if (!plan) return complain(plan.error(), wrong_usage);
  auto net = open_network(options.model);
  if (!net) return complain(net.error(), bad_model);
  auto used = folded(*std::move(net), options.fold);
  if (!used) return complain(used.error(), bad_model);
  auto const refuse = [](linnet::error const& e) {
    return complain(e, e.code == linnet::errc::wrong_argument ? wrong_usage : bad_model);
  };
  plan = planned_for(options.plan, *plan, used->net, "native");
  if (!plan) return refuse(plan.error());
  auto session = open_session(std::move(used->net), *plan, search_options_of(options.plan));
  if (!session) return refuse(session.error());
  auto const inputs = read_inputs(*session, options.inputs);
  if (!inputs) return complain(inputs.error(), bad_input);
  if (options.dump.empty()) {
    run_on(*session, *inputs);
  } else if (auto const ran = run_dumping(*session, *inputs, options.dump); !ran) {
    return complain(ran.error(), bad_model);
  }
  for (std::size_t i = 0; i < session->output_count(); ++i) {
    auto const path = numbered(options.output, i);
    auto const written = linnet::io::npy::write_tensor(path, session->output(i));
    if (!written) return complain(written.error(), bad_model);
  }
  return done;
}

}  // namespace cli
