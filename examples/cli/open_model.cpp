// SPDX-License-Identifier: MIT
// The one source that makes sessions.
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <system_error>
#include <utility>

#include <linnet/io/file.hpp>
#include <linnet/io/load.hpp>
#include <linnet/quantizer/post_training.hpp>
#include <linnet/quantizer/range_observer.hpp>
#include <linnet/session/composed.hpp>

#include "cli.hpp"

namespace cli {

linnet::result<linnet::network> open_network(std::string const& model) {
  std::error_code ignored;
  if (model.find(':') == model.npos || std::filesystem::exists(model, ignored))
    return linnet::load_network(model);
  return linnet::composed_network(model);
}

linnet::result<linnet::io::npy::array> read_array(std::string const& path) {
  auto const file = linnet::io::read_file(path);
  if (!file) return linnet::unexpected(file.error());
  return linnet::io::npy::read(*file, path);
}

linnet::result<linnet::network> quantized(linnet::network const& net,
                                          std::vector<std::string> const& calibration) {
  auto observer = linnet::range_observer::create(net);
  if (!observer) return linnet::unexpected(std::move(observer).error());
  for (std::string const& path : calibration) {
    auto const array = read_array(path);
    if (!array) return linnet::unexpected(array.error());
    linnet::tensor_ref const input = observer->input();
    std::size_t const size = input.bytes.size();
    bool const fits = observer->input_count() == 1 && array->type == linnet::f32 && size > 0 &&
                      !array->data.empty() && array->data.size() % size == 0;
    if (!fits) {
      return linnet::fail(linnet::errc::wrong_argument, path + ": is " + words(array->type, array->shape) +
                                                            "; " + net.name +
                                                            " is calibrated on samples of its only input, " +
                                                            words(input.type, input.shape));
    }
    for (std::size_t at = 0; at < array->data.size(); at += size) {
      std::copy_n(array->data.begin() + static_cast<std::ptrdiff_t>(at), size, input.bytes.begin());
      if (auto const seen = observer->run(); !seen) return linnet::unexpected(seen.error());
    }
  }
  return linnet::quantize(net, observer->ranges());
}

linnet::result<linnet::folded_channels> folded(linnet::network net, bool asked) {
  if (!asked) return linnet::folded_channels{std::move(net), {}};
  return linnet::fold_constant_channels(net);
}

linnet::result<linnet::session> open_model(std::string const& model) {
  auto net = open_network(model);
  if (!net) return linnet::unexpected(std::move(net).error());
  return open_session(*std::move(net), {});
}

linnet::result<linnet::session> open_session(linnet::network net, linnet::plan_options const& plan,
                                             linnet::search_options const& search) {
  linnet::session_options options;
  options.plan = plan;
  options.search = search;
  return linnet::session::create(std::move(net), options);
}

}  // namespace cli
