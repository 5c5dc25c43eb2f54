# SPDX-License-Identifier: MIT
# Cortex-M7: DSP instructions and a double-precision FPU.
set(LINNET_CORE_FLAGS "-mcpu=cortex-m7 -mfpu=fpv5-d16 -mfloat-abi=hard")
set(LINNET_BOARD mps2-an500)
set(LINNET_MEMORY mps2)
include("${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake")
