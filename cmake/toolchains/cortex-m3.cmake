# SPDX-License-Identifier: MIT
# Cortex-M3: 64-bit multiply and hardware division, no DSP, no FPU.
set(LINNET_CORE_FLAGS "-mcpu=cortex-m3")
set(LINNET_BOARD mps2-an385)
set(LINNET_MEMORY mps2)
include("${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake")
