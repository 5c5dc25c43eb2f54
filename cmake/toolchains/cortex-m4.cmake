# SPDX-License-Identifier: MIT
# Cortex-M4F: DSP instructions and a single-precision FPU.
set(LINNET_CORE_FLAGS "-mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard")
set(LINNET_BOARD mps2-an386)
set(LINNET_MEMORY mps2)
include("${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake")
