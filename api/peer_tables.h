// What the database remembers of sync folders: tidemark_peer, tidemark_segment.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/device.h"
#include "filelog/segment_ledger.h"
#include "replica/connection.h"

namespace tidemark::api {

/// tidemark_segment of one folder. Borrows the connection; durable by synchronous FULL.
class FolderLedger final : public filelog::SegmentLedger {
 public:
  FolderLedger(replica::Connection& sql, std::string location);

  std::vector<filelog::OwnSegment> list() override;
  void add(const filelog::OwnSegment& segment) override;
  void remove(std::string_view name) override;

 private:
  replica::Connection& sql_;
  std::string location_;
};

/// Files of a folder by class.
using FileCensus = std::map<std::string, std::uint64_t>;

/// Remembers how a sync left its folder. `now_ms` counts as good if it is current.
void save_peer(replica::Connection& sql, const PeerReport& report, const GroupId& group,
               std::int64_t now_ms);
/// Remembers what the last sync saw in a folder that save_peer knows.
void save_files(replica::Connection& sql, const std::string& location, const FileCensus& files);
/// The sum over all folders.
FileCensus load_files(replica::Connection& sql);

/// Every folder ever synced, by location; lag as of `now_ms`.
std::vector<PeerReport> load_peers(replica::Connection& sql, std::int64_t now_ms);

/// What peers have shown of each origin that is known here.
void save_known(replica::Connection& sql, const PeerCursors& shown);

}  // namespace tidemark::api
