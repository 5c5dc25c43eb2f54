// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <string_view>

#include <linnet/session/check.hpp>
#include <linnet/session/with_arch.hpp>

namespace linnet::inline LINNET_ISA {

/// The plan that the kernels of an architecture (`architecture_names()`) ask for: its arena and its packed
/// weights, whatever machine this is. Errors: no such architecture (wrong_argument); what `check_network` and
/// `plan_network` refuse.
[[nodiscard]] inline result<dynamic_plan> plan_for(network const& net, std::string_view architecture,
                                                   plan_options const& options = {},
                                                   search_options const& search = {}) {
  if (auto sound = check_network(net); !sound) return unexpected(sound.error());
  result<dynamic_plan> made = unknown_architecture(architecture);
  (void)with_arch(architecture, [&]<class Arch>(Arch) { made = plan_network<Arch>(net, options, search); });
  return made;
}

}  // namespace linnet::inline LINNET_ISA
