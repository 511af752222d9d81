#include "tests/support/faulty_storage.h"

#include <algorithm>
#include <utility>

#include "oplog/error.h"

namespace tidemark::test {

using filelog::FileInfo;

/// Reads what the file was when it was opened, as a descriptor does.
class OpenFaultyFile final : public filelog::StoredFile {
 public:
  OpenFaultyFile(FaultyStorage& storage, Bytes bytes, std::string path)
      : storage_(storage), bytes_(std::move(bytes)), path_(std::move(path)) {}

  std::uint64_t bytes() const override { return bytes_.size(); }
  std::size_t read(std::uint64_t offset, std::span<std::byte> out) override {
    storage_.count(StorageCall::read, path_);
    const std::size_t end = std::min(bytes_.size(), storage_.open_end_.value_or(bytes_.size()));
    if (offset >= end) return 0;
    const std::size_t size = std::min<std::size_t>(out.size(), end - offset);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), size, out.begin());
    return size;
  }

 private:
  FaultyStorage& storage_;
  Bytes bytes_;
  std::string path_;
};

void FaultyStorage::count(StorageCall call, std::string_view path) {
  const auto found = faults_.find(call);
  if (found == faults_.end()) return;
  Fault& fault = found->second;
  if (fault.skip > 0) {
    --fault.skip;
    return;
  }
  if (fault.times == 0) return;
  if (fault.times != kForever) --fault.times;
  throw Error(ErrorCode::io_failed, "injected failure at " + std::string(path));
}

FileInfo FaultyStorage::facts(const std::string& path, const File& file) const {
  return {path, file.bytes.size(), file.inode, file.changed_ns, file.allocated};
}

filelog::Listing FaultyStorage::list(const filelog::ListLimits& limits) {
  count(StorageCall::list, "");
  filelog::Listing listing;
  const std::string first = std::string(limits.first) + "/";
  const auto add = [&](bool in_first) {
    for (const auto& [path, file] : files_) {
      if (path.starts_with(first) != in_first) continue;
      if (std::ranges::count(path, '/') >= limits.depth_max) continue;
      if (listing.files.size() == limits.names_max) {
        listing.truncated = true;
        return;
      }
      listing.files.push_back(facts(path, file));
    }
  };
  add(true);
  add(false);
  return listing;
}

std::optional<FileInfo> FaultyStorage::info(std::string_view path) {
  count(StorageCall::info, path);
  const auto found = files_.find(std::string(path));
  if (found == files_.end()) return std::nullopt;
  return facts(found->first, found->second);
}

std::unique_ptr<filelog::StoredFile> FaultyStorage::open(std::string_view path) {
  count(StorageCall::open, path);
  const auto found = files_.find(std::string(path));
  if (found == files_.end()) return nullptr;
  ++opens_;
  return std::make_unique<OpenFaultyFile>(*this, found->second.bytes, found->first);
}

void FaultyStorage::store(std::string_view path, ByteView bytes) {
  const std::size_t size = crash_after_ ? std::min(*crash_after_, bytes.size()) : bytes.size();
  put(std::string(path), Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)));
  if (!crash_after_) return;
  crash_after_.reset();
  throw Crash{};
}

bool FaultyStorage::write_new(std::string_view path, ByteView bytes) {
  count(StorageCall::write_new, path);
  if (files_.contains(std::string(path))) return false;
  store(path, bytes);
  return true;
}

void FaultyStorage::replace(std::string_view path, ByteView bytes) {
  count(StorageCall::replace, path);
  store(path, bytes);
}

void FaultyStorage::remove(std::string_view path) {
  count(StorageCall::remove, path);
  files_.erase(std::string(path));
}

void FaultyStorage::put(const std::string& path, Bytes bytes) {
  files_[path] = {std::move(bytes), ++inodes_, now_ns(), true};
}

void FaultyStorage::cut(const std::string& path, std::size_t bytes) {
  Bytes part = files_.at(path).bytes;
  part.resize(std::min(bytes, part.size()));
  put(path, std::move(part));
}

void FaultyStorage::flip(const std::string& path, std::size_t at) {
  Bytes changed = files_.at(path).bytes;
  changed.at(at) ^= std::byte{1};
  put(path, std::move(changed));
}

void FaultyStorage::rot(const std::string& path, std::size_t at) {
  files_.at(path).bytes.at(at) ^= std::byte{1};
}

void FaultyStorage::rename(const std::string& from, const std::string& to) {
  Bytes bytes = files_.at(from).bytes;
  files_.erase(from);
  put(to, std::move(bytes));
}

void FaultyStorage::erase(const std::string& path) {
  files_.erase(path);
}

void FaultyStorage::evict(const std::string& path) {
  File& file = files_.at(path);
  std::ranges::fill(file.bytes, std::byte{0});
  file.allocated = false;
}

std::vector<std::string> FaultyStorage::paths() const {
  return paths_like("");
}

std::vector<std::string> FaultyStorage::paths_like(std::string_view suffix) const {
  std::vector<std::string> all;
  for (const auto& [path, file] : files_) {
    if (path.ends_with(suffix)) all.push_back(path);
  }
  return all;
}

void FaultyStorage::fail(StorageCall call, unsigned times, unsigned skip) {
  faults_[call] = {skip, times};
}

void FaultyStorage::heal() {
  faults_.clear();
  crash_after_.reset();
  open_end_.reset();
}

std::size_t FaultyStorage::take_opens() {
  return std::exchange(opens_, 0);
}

}  // namespace tidemark::test
