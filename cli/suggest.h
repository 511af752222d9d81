// "Did you mean": the known word that a mistyped one is closest to.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::cli {

/// How many insertions, deletions, replacements and swaps of neighbours lead from `a` to `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The word closest to `typed`, the first of equals; none if even that differs in more than a third
/// of its letters (at least one, always fewer than it has).
std::optional<std::string> nearest(std::string_view typed, const std::vector<std::string>& words);

}  // namespace tidemark::cli
