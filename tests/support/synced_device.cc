#include "tests/support/synced_device.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tidemark::test {

SyncedDevice::SyncedDevice(const std::filesystem::path& home, const std::string& name,
                           const std::string& schema, const std::string& join_folder)
    : path_((home / (name + ".db")).string()) {
  options_.name = name;
  options_.state_dir = (home / (name + "-state")).string();
  AppDb(path_).exec(schema);
  Device::init(path_, options_, join_folder);
  open();
}

void SyncedDevice::close() {
  device_.reset();
  app_.reset();
}

void SyncedDevice::open() {
  app_ = std::make_unique<AppDb>(path_);
  device_ = Device::open(path_, options_);
}

void SyncedDevice::track_all() {
  for (const auto& table : device_->track({}, {}).tables) {
    if (!table.tracked) throw std::runtime_error(table.name + " is refused: " + table.reason);
  }
}

std::map<std::string, std::vector<std::string>> SyncedDevice::rows(
    const std::vector<std::string>& tables) {
  std::map<std::string, std::vector<std::string>> all;
  for (const auto& table : tables) all[table] = app_->table(table);
  return all;
}

std::string SyncedDevice::problems() {
  std::string text;
  for (const auto& problem : device_->verify().problems) text += problem + "\n";
  return text;
}

std::map<std::string, std::string> snapshot(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  if (!std::filesystem::exists(folder)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files[std::filesystem::relative(entry.path(), folder).string()] = read_bytes(entry.path());
  }
  return files;
}

std::string read_bytes(const std::filesystem::path& file) {
  std::ostringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  return bytes.str();
}

void write_bytes(const std::filesystem::path& file, const std::string& bytes) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << bytes;
}

void carry_all(const std::filesystem::path& from, const std::filesystem::path& to) {
  for (const auto& [path, bytes] : snapshot(from)) {
    if (!std::filesystem::exists(to / path) || read_bytes(to / path) != bytes) {
      write_bytes(to / path, bytes);
    }
  }
}

}  // namespace tidemark::test
