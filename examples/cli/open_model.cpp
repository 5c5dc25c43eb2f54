// SPDX-License-Identifier: MIT
// The one source that instantiates every kernel: the others compile in a fraction of its time.
#include <filesystem>
#include <system_error>
#include <utility>

#include <linnet/io/load.hpp>
#include <linnet/session/composed.hpp>

#include "cli.hpp"

namespace cli {

linnet::result<linnet::network> open_network(std::string const& model) {
  std::error_code ignored;
  if (model.find(':') == model.npos || std::filesystem::exists(model, ignored))
    return linnet::load_network(model);
  return linnet::composed_network(model);
}

linnet::result<linnet::session> open_model(std::string const& model) {
  auto net = open_network(model);
  if (!net) return linnet::unexpected(std::move(net).error());
  return linnet::session::create(*std::move(net));
}

}  // namespace cli
