# SPDX-License-Identifier: MIT
# Cortex-M55: Helium vectors (integer and float).
set(LINNET_CORE_FLAGS "-mcpu=cortex-m55 -mfloat-abi=hard")
set(LINNET_BOARD mps3-an547)
set(LINNET_MEMORY mps3_an547)
include("${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake")
