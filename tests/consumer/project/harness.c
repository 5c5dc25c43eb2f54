/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <linnet/capi/linnet.h>

/* Loads a model and names its inputs. */
int main(int count, char** arguments) {
  linnet_session* session;
  linnet_error error;
  linnet_tensor input;
  size_t i;
  if (count != 2) return 2;
  if (linnet_load(arguments[1], &session, &error) != linnet_ok) {
    puts(error.message);
    return 1;
  }
  for (i = 0; i < linnet_input_count(session); ++i) {
    if (linnet_input(session, i, &input, NULL) == linnet_ok) puts(input.name);
  }
  linnet_free(session);
  return 0;
}
