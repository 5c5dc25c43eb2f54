/* SPDX-License-Identifier: MIT */
#include "in_c.h"

#include <linnet/capi/linnet.h>

/* Counts layers and remembers the last one's first byte. */
static void count_layer(void* context, linnet_layer const* layer) {
  struct in_c_result* sum = context;
  if (layer->index == sum->layers) ++sum->layers;
  sum->last = *(unsigned char const*)layer->output->data;
}

int run_in_c(char const* path, struct in_c_result* sum) {
  linnet_session* session;
  linnet_error error;
  linnet_tensor input, output;
  size_t i;
  if (linnet_load(path, &session, &error) != linnet_ok) return error.message[0] != '\0' ? -1 : -2;
  if (linnet_input(session, 0, &input, NULL) != linnet_ok) return -3;
  for (i = 0; i < input.size; ++i) ((int8_t*)input.data)[i] = (int8_t)i;
  sum->layers = 0;
  if (linnet_run_observed(session, count_layer, sum, &error) != linnet_ok) return -4;
  if (linnet_output(session, 0, &output, NULL) != linnet_ok) return -5;
  sum->sum = 0;
  for (i = 0; i < output.size; ++i) sum->sum += ((int8_t const*)output.data)[i];
  linnet_free(session);
  return 0;
}
