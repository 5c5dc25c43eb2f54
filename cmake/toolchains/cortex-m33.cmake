# SPDX-License-Identifier: MIT
# Cortex-M33: Armv8-M with DSP instructions and a single-precision FPU.
set(LINNET_CORE_FLAGS "-mcpu=cortex-m33 -mfpu=fpv5-sp-d16 -mfloat-abi=hard")
set(LINNET_BOARD mps2-an505)
set(LINNET_MEMORY mps2_an505)
include("${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake")
