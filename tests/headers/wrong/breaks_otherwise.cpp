// SPDX-License-Identifier: MIT
#include <no_such_header.hpp>
