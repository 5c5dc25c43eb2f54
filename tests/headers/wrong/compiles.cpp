// SPDX-License-Identifier: MIT
int fine();
