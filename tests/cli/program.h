// The built program, run as a shell runs it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace tidemark::test {

struct Ended {
  int code{};  ///< exit code; 128 + signal if one ended it
  std::string out;
  std::string err;
};

/// Runs the program in a directory of its own, with nothing in its environment but `variables`
/// and a state directory.
class Program {
 public:
  Program();

  Ended operator()(const std::vector<std::string>& words,
                   const std::map<std::string, std::string>& variables = {}) const;

  /// A name in the directory.
  std::string file(const std::string& name) const { return dir_.file(name); }
  /// Makes a folder there and returns its path.
  std::string folder(const std::string& name) const;
  /// Makes a tidemark database with a table notes(id, title) that is tracked.
  std::string device(const std::string& name) const;

 private:
  TempDir dir_;
};

}  // namespace tidemark::test
