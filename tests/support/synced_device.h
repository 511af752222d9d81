// A whole device in a test: a database, the app's connection to it, and a place for its state.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/device.h"
#include "tests/support/app_db.h"

namespace tidemark::test {

/// Thread: one at a time.
class SyncedDevice {
 public:
  /// Makes `home`/`name`.db a tidemark database on which the app has run `schema`.
  SyncedDevice(const std::filesystem::path& home, const std::string& name,
               const std::string& schema, const std::string& join_folder = {});

  Device& device() { return *device_; }
  AppDb& app() { return *app_; }
  const std::string& path() const { return path_; }
  const DeviceOptions& options() const { return options_; }
  PeerId origin() { return device_->status().origin; }

  void close();
  void open();

  /// Tracks everything; throws std::runtime_error if a table is refused.
  void track_all();
  SyncReport sync(const std::filesystem::path& folder) { return device_->sync(folder.string()); }
  /// The rows of these tables, typed and exact.
  std::map<std::string, std::vector<std::string>> rows(const std::vector<std::string>& tables);
  /// What verify says, in one text; empty = sound.
  std::string problems();

 private:
  std::string path_;
  DeviceOptions options_;
  std::unique_ptr<AppDb> app_;
  std::unique_ptr<Device> device_;
};

/// Every file below `folder`: its path from there, and its bytes.
std::map<std::string, std::string> snapshot(const std::filesystem::path& folder);
std::string read_bytes(const std::filesystem::path& file);
/// Makes the directories above it.
void write_bytes(const std::filesystem::path& file, const std::string& bytes);
/// Copies what `to` lacks or has differently; nothing is removed.
void carry_all(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace tidemark::test
