// A VFS that counts how often SQLite asks the disk to keep what was written.
#pragma once

#include <sqlite3.h>

#include <map>

namespace tidemark::test {

/// Registered as "tidemark-sync-counter" for the whole process. Thread: one at a time.
class SyncCounter {
 public:
  static constexpr const char* kName = "tidemark-sync-counter";

  static void install() {
    static const bool once = [] {
      original() = sqlite3_vfs_find(nullptr);
      static sqlite3_vfs counting = *original();
      counting.zName = kName;
      counting.xOpen = open;
      return sqlite3_vfs_register(&counting, 0) == SQLITE_OK;
    }();
    static_cast<void>(once);
  }
  static int& syncs() {
    static int count = 0;
    return count;
  }

 private:
  static sqlite3_vfs*& original() {
    static sqlite3_vfs* vfs = nullptr;
    return vfs;
  }
  // Files of one kind share their methods: one counting copy for each kind.
  struct Methods {
    const sqlite3_io_methods* plain{};
    sqlite3_io_methods counting{};
  };
  static std::map<const sqlite3_io_methods*, Methods>& kinds() {
    static std::map<const sqlite3_io_methods*, Methods> all;
    return all;
  }
  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
    const int code = original()->xOpen(original(), name, file, flags, out);
    if (code != SQLITE_OK || file->pMethods == nullptr) return code;
    Methods& kind = kinds()[file->pMethods];
    if (kind.plain == nullptr) {
      kind = {file->pMethods, *file->pMethods};
      kind.counting.xSync = sync;
    }
    file->pMethods = &kind.counting;
    return code;
  }
  static int sync(sqlite3_file* file, int flags) {
    ++syncs();
    for (const auto& [plain, kind] : kinds()) {
      if (&kind.counting == file->pMethods) return plain->xSync(file, flags);
    }
    return SQLITE_IOERR_FSYNC;
  }
};

}  // namespace tidemark::test
