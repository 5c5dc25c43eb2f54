// SPDX-License-Identifier: MIT
#pragma once

// Every device room: what firmware and desktop code alike may use. Hosted code adds
// <linnet/session/session.hpp>, <linnet/io/load.hpp> and their neighbours by name.
#include <linnet/graph/builder.hpp>
#include <linnet/graph/compose.hpp>
#include <linnet/graph/validate.hpp>
#include <linnet/kernels/kernels.hpp>
#include <linnet/kernels/pack.hpp>
#include <linnet/planner/placement.hpp>
#include <linnet/quantization/affine.hpp>
#include <linnet/quantization/requantize.hpp>
#include <linnet/runtime/execute.hpp>
#include <linnet/runtime/model.hpp>
#include <linnet/tensor/tensor.hpp>
