// SPDX-License-Identifier: MIT
// The one source that instantiates every kernel: the others compile in a fraction of its time.
#include <filesystem>
#include <system_error>
#include <utility>

#include <linnet/io/load.hpp>
#include <linnet/session/composed.hpp>

#include "cli.hpp"

namespace cli {

linnet::result<linnet::session> open_model(std::string const& path) {
  std::error_code ignored;
  if (path.find(':') == path.npos || std::filesystem::exists(path, ignored)) return linnet::load(path);
  auto composed = linnet::composed_network(path);
  if (!composed) return linnet::unexpected(std::move(composed).error());
  return linnet::session::create(*std::move(composed));
}

}  // namespace cli
