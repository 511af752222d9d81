#include "tests/cli/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/cli/app_database.h"

namespace tidemark::test {
namespace {

/// Empty where a test has put a device in the file's place.
std::string text_of_file(const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) return {};
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

int exit_code(pid_t child) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child) throw std::runtime_error("waitpid failed");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Program::Program() = default;

std::string Program::folder(const std::string& name) const {
  std::filesystem::create_directory(file(name));
  return file(name);
}

std::string Program::device(const std::string& name) const {
  const std::string database = file(name + ".db");
  run_sql(database, "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title TEXT)");
  for (const auto& words : {std::vector<std::string>{"init", database, "--name", name},
                            std::vector<std::string>{"track", database, "notes"}}) {
    const Ended ended = (*this)(words);
    if (ended.code != 0) throw std::runtime_error(ended.err);
  }
  return database;
}

Ended Program::operator()(const std::vector<std::string>& words,
                          const std::map<std::string, std::string>& variables) const {
  std::vector<std::string> arguments = {TIDEMARK_PROGRAM};
  arguments.insert(arguments.end(), words.begin(), words.end());
  std::vector<std::string> environment = {"TIDEMARK_STATE_DIR=" + file("state")};
  for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
  auto argv = pointers(arguments);
  auto envp = pointers(environment);

  const std::string out = file("stdout.txt");
  const std::string err = file("stderr.txt");
  constexpr int kCreate = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), kCreate, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), kCreate, 0600);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("could not run " TIDEMARK_PROGRAM);
  const int code = exit_code(child);
  return {code, text_of_file(out), text_of_file(err)};
}

}  // namespace tidemark::test
