// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <linnet/capi/boundary.hpp>
#include <linnet/capi/linnet.h>
#include <linnet/io/load.hpp>
#include <linnet/io/npy/layers.hpp>
#include <linnet/session/kernels_elsewhere.hpp>

// The bodies of <linnet/capi/linnet.h>, for exactly one source of a program or shared library. The kernels
// are elsewhere: that source, or another one, includes <linnet/session/kernels_here.hpp>. The target
// linnet::capi brings such a source.

/// Names are kept here with the 0 that C wants behind them.
struct linnet_session {
  linnet::session session;
  std::vector<std::string> inputs, outputs;
};

namespace linnet::inline LINNET_ISA::capi {

[[nodiscard]] inline std::unique_ptr<linnet_session> with_names(session&& made) {
  auto owner = std::make_unique<linnet_session>(linnet_session{std::move(made), {}, {}});
  session& s = owner->session;
  for (std::size_t i = 0; i < s.input_count(); ++i) owner->inputs.emplace_back(s.input(i).name);
  for (std::size_t i = 0; i < s.output_count(); ++i) owner->outputs.emplace_back(s.output(i).name);
  return owner;
}

/// Gives the caller a session of a network that could be read.
[[nodiscard]] inline result<void> open(result<network> net, linnet_session** to) {
  if (!net) return unexpected(std::move(net).error());
  auto made = session::create(*std::move(net));
  if (!made) return unexpected(std::move(made).error());
  *to = with_names(*std::move(made)).release();
  return {};
}

/// Fails where there is no such input or output.
[[nodiscard]] inline result<void> within(linnet_session const& s, std::size_t index, std::size_t count,
                                         char const* what) {
  if (index < count) return {};
  return fail(errc::wrong_argument, s.session.name() + ": there is no " + what + " " + std::to_string(index) +
                                        "; it has " + std::to_string(count));
}

}  // namespace linnet::inline LINNET_ISA::capi

extern "C" {

linnet_status linnet_load(char const* path, linnet_session** session, linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    if (session != nullptr) *session = nullptr;
    auto all = linnet::capi::given("linnet_load", {{path, "path"}, {session, "session"}});
    if (!all) return all;
    return linnet::capi::open(linnet::load_network(path), session);
  });
}

linnet_status linnet_load_bytes(void const* bytes, size_t size, char const* name, linnet_session** session,
                                linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    if (session != nullptr) *session = nullptr;
    auto all =
        linnet::capi::given("linnet_load_bytes", {{bytes, "bytes"}, {name, "name"}, {session, "session"}});
    if (!all) return all;
    std::span const file(static_cast<std::byte const*>(bytes), size);
    return linnet::capi::open(linnet::load_network({file.begin(), file.end()}, name), session);
  });
}

void linnet_free(linnet_session* session) { delete session; }

size_t linnet_input_count(linnet_session const* session) {
  return session == nullptr ? 0 : session->session.input_count();
}

size_t linnet_output_count(linnet_session const* session) {
  return session == nullptr ? 0 : session->session.output_count();
}

size_t linnet_layer_count(linnet_session const* session) {
  return session == nullptr ? 0 : session->session.graph().nodes.size();
}

linnet_status linnet_input(linnet_session* session, size_t index, linnet_tensor* input, linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    auto all = linnet::capi::given("linnet_input", {{session, "session"}, {input, "input"}});
    if (!all) return all;
    auto inside = linnet::capi::within(*session, index, session->inputs.size(), "input");
    if (inside) *input = linnet::capi::described(session->session.input(index), session->inputs[index]);
    return inside;
  });
}

linnet_status linnet_output(linnet_session* session, size_t index, linnet_tensor* output,
                            linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    auto all = linnet::capi::given("linnet_output", {{session, "session"}, {output, "output"}});
    if (!all) return all;
    auto inside = linnet::capi::within(*session, index, session->outputs.size(), "output");
    if (inside) *output = linnet::capi::described(session->session.output(index), session->outputs[index]);
    return inside;
  });
}

linnet_status linnet_run(linnet_session* session, linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    auto all = linnet::capi::given("linnet_run", {{session, "session"}});
    if (all) session->session.run();
    return all;
  });
}

linnet_status linnet_run_observed(linnet_session* session, linnet_observer observe, void* context,
                                  linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    auto all = linnet::capi::given("linnet_run_observed", {{session, "session"}});
    if (!all) return all;
    if (observe == nullptr) {
      return linnet::fail(linnet::errc::wrong_argument, "linnet_run_observed: observe is a null pointer");
    }
    session->session.run([&](std::size_t index, linnet::node const& n, linnet::tensor_ref const& made) {
      std::string const name(made.name), kind(name_of(n));
      linnet_tensor const output = linnet::capi::described(made, name);
      linnet_layer const layer{index, kind.c_str(), n.source, &output};
      observe(context, &layer);
    });
    return {};
  });
}

linnet_status linnet_run_dumping(linnet_session* session, char const* folder, linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    auto all = linnet::capi::given("linnet_run_dumping", {{session, "session"}, {folder, "folder"}});
    if (!all) return all;
    if (auto made = linnet::io::npy::make_folder(folder); !made) return made;
    linnet::io::npy::layer_writer write(folder);
    session->session.run(write);
    return write.written();
  });
}

}  // extern "C"
