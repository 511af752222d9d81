#include "bench/measure.h"

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tidemark::bench {
namespace {

double status_kb(std::string_view field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::stod(line.substr(field.size()));
  }
  throw std::runtime_error("no " + std::string(field) + " in /proc/self/status");
}

void write_all(int fd, const std::vector<Sample>& samples) {
  const auto size = static_cast<ssize_t>(samples.size() * sizeof(Sample));
  if (::write(fd, samples.data(), static_cast<std::size_t>(size)) != size) {
    throw std::runtime_error("the samples could not be handed over");
  }
}

int run_child(const std::function<std::vector<Sample>()>& work, int fd) {
  try {
    write_all(fd, work());
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "tidemark_bench: %s\n", e.what());
    return 1;
  }
}

}  // namespace

MemoryMeter::MemoryMeter() {
  ::malloc_trim(0);  // what was freed before must not hide what is allocated after
  std::ofstream("/proc/self/clear_refs") << "5";
  base_kb_ = status_kb("VmHWM:");
}

double MemoryMeter::peak_kb() const {
  return status_kb("VmHWM:") - base_kb_;
}

std::vector<Sample> in_child(const std::function<std::vector<Sample>()>& work) {
  int pipe[2];
  if (::pipe(pipe) != 0) throw std::runtime_error("no pipe");
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child == 0) {
    ::close(pipe[0]);
    ::_exit(run_child(work, pipe[1]));
  }
  ::close(pipe[1]);
  std::vector<Sample> samples;
  for (Sample sample; ::read(pipe[0], &sample, sizeof sample) == ssize_t{sizeof sample};) {
    samples.push_back(sample);
  }
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0) throw std::runtime_error("a run failed");
  return samples;
}

Sample median(const std::vector<Sample>& samples) {
  const auto of = [&](double Sample::*field) {
    std::vector<double> values;
    for (const Sample& sample : samples) values.push_back(sample.*field);
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  };
  return {of(&Sample::seconds), of(&Sample::bytes), of(&Sample::peak_rss_kb)};
}

}  // namespace tidemark::bench
