# SPDX-License-Identifier: MIT
# Cortex-M0+: no DSP, no FPU. qemu's nearest board with room enough has a Cortex-M3, which runs the same code.
set(LINNET_CORE_FLAGS "-mcpu=cortex-m0plus")
set(LINNET_BOARD mps2-an385)
set(LINNET_MEMORY mps2)
include("${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake")
