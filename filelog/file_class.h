// What a file in a sync folder is to us. None of these is an error of a sync: they are counted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tidemark::filelog {

enum class FileClass : std::uint8_t {
  not_ours,     ///< no file of tidemark
  placeholder,  ///< stands for a file that the sync client has not brought yet
  incomplete,   ///< shorter than it says, or room that is not filled yet: it will come
  unsettled,    ///< does not verify, but was changed or could not be read just now
  corrupt,      ///< does not verify, and nobody is writing it
  foreign,      ///< of another group
  newer,        ///< needs a newer version of tidemark
  duplicate,    ///< the same bytes as another file
  covered,      ///< all that it holds is held elsewhere: in a wider segment, or by the reader
  future,       ///< entries are missing before the ones it holds
  next,         ///< holds what the reader wants next, or what follows that without a hole
  fork,         ///< contradicts another segment: two different logs bear the same origin
};
inline constexpr std::size_t kFileClasses = 12;

/// The enumerator's name: for status.
const char* to_text(FileClass file_class);

/// How many files there are of each class.
class FileCounts {
 public:
  void add(FileClass file_class) { ++counts_[static_cast<std::size_t>(file_class)]; }
  std::size_t of(FileClass file_class) const {
    return counts_[static_cast<std::size_t>(file_class)];
  }
  bool operator==(const FileCounts&) const = default;

 private:
  std::array<std::size_t, kFileClasses> counts_{};
};

}  // namespace tidemark::filelog
