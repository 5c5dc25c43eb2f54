// SPDX-License-Identifier: MIT
// The one source that instantiates every kernel: the others compile in a fraction of its time.
#include <linnet/io/load.hpp>

#include "cli.hpp"

namespace cli {

linnet::result<linnet::session> open_model(std::string const& path) { return linnet::load(path); }

linnet::result<linnet::network> open_network(std::string const& model) { return linnet::load_network(model); }

}  // namespace cli
