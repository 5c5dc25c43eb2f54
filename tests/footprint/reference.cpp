// SPDX-License-Identifier: MIT
// What a compiler's speed is measured with: nothing of linnet.
#include <algorithm>
#include <functional>
#include <map>
#include <regex>
#include <string>
#include <vector>

bool reference(std::map<std::string, std::vector<int>>& counts);
bool reference(std::map<std::string, std::vector<int>>& counts) {
  return std::regex_match("a", std::regex("b")) ? counts.empty() : counts["x"].empty();
}
