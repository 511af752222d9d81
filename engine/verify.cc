#include "engine/verify.h"

#include <map>

#include "engine/merge/clock_codec.h"
#include "engine/merge/digest.h"
#include "engine/merge/identity.h"
#include "engine/merge/value_digest.h"
#include "oplog/chain.h"
#include "oplog/error.h"
#include "proto/frame_codec.h"
#include "replica/schema.h"

namespace tidemark::engine {
namespace {

constexpr std::string_view kClockBaseKey = "clock_base";
constexpr ReadLimits kReadAhead{.entries_max = 4096, .bytes_max = std::size_t{1} << 20};

std::string key_text(ByteView identity) {
  std::string text;
  const auto key = parse_identity(identity).value_or(std::vector<proto::OwnedCell>());
  for (const auto& value : key) {
    const proto::Cell cell = value.view();
    if (!text.empty()) text += ", ";
    switch (cell.type) {
      case proto::CellType::integer: text += std::to_string(cell.integer); break;
      case proto::CellType::real: text += std::to_string(cell.real); break;
      case proto::CellType::text: text += "'" + std::string(as_text(cell.bytes)) + "'"; break;
      default: text += "a blob of " + std::to_string(cell.bytes.size()) + " bytes";
    }
  }
  return text;
}

std::map<Bytes, Digest> row_digests(replica::Connection& sql, const CatalogTable& table) {
  std::map<Bytes, Digest> rows;
  value_digest(sql, table, [&](ByteView identity, const Digest& digest) {
    rows[Bytes(identity.begin(), identity.end())].add(digest);
  });
  return rows;
}

/// Only reached when something is wrong, so its memory is no matter.
std::string first_difference(replica::Connection& ours, const CatalogTable& table,
                             replica::Connection& scratch, const CatalogTable& replayed) {
  const auto have = row_digests(ours, table);
  const auto want = row_digests(scratch, replayed);
  for (const auto& [identity, digest] : want) {
    const auto found = have.find(identity);
    if (found == have.end()) return "row " + key_text(identity) + " is missing";
    if (found->second != digest) return "row " + key_text(identity) + " has other values";
  }
  for (const auto& [identity, digest] : have) {
    if (!want.contains(identity)) return "row " + key_text(identity) + " is in no log";
  }
  return "rows are equal one by one";
}

/// A sum over all row clocks, of what does not depend on the database they are in: stamps, but
/// neither slots nor column numbers.
Digest clock_sum(replica::Connection& sql, const OriginRefs& refs) {
  const auto base = replica::meta_integer(sql, kClockBaseKey).value_or(0);
  const ClockCodec codec(static_cast<std::uint64_t>(base) << 16, refs);
  Digest sum;
  auto clocks = sql.prepare(
      "SELECT clock FROM tidemark_row UNION ALL SELECT clock FROM tidemark_row_overflow");
  while (clocks.step()) {
    const RowRegisters registers = codec.decode(clocks.blob(0)).registers;
    RowRegisters plain;
    plain.inserted = registers.inserted;
    plain.deleted = registers.deleted;
    plain.yielded = registers.yielded;
    for (const auto& e : registers.exceptions) {
      if (!e.stamp) continue;
      RowRegisters cell;
      cell.inserted = e.stamp;
      sum.add(DigestNames("cell").row({}, cell));
    }
    sum.add(DigestNames("row").row({}, plain));
  }
  return sum;
}

/// Damaged clocks are found here, and told like any other difference.
bool same_clocks(const ReplaySource& source, Replay& replay) {
  const OriginRefs refs(source.origins);
  try {
    return clock_sum(source.sql, refs) == clock_sum(replay.sql(), refs);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::database_corrupt) throw;
    return false;
  }
}

void verify_origin(LogSource& log, const GroupId& group, const PeerId& origin, EntryIndex next,
                   std::vector<Problem>& problems) {
  const auto broken = [&](EntryIndex at, const std::string& what) {
    problems.push_back({ErrorCode::log_broken, "log " + to_text(origin) + " at entry " +
                                                   std::to_string(to_number(at)) + ": " + what});
  };
  EntryIndex at = log.floor(origin);
  std::optional<Hash> chain;
  if (to_number(at) == 0) chain = chain_start(origin);
  while (at < next) {
    const auto frames = log.read_frames(origin, at, kReadAhead);
    if (frames.empty()) return broken(at, "entries are missing");
    for (const Frame& stored : frames) {
      const auto frame = proto::open(group, stored.bytes);
      if (frame.reject != proto::FrameReject::none) {
        return broken(stored.first, proto::to_text(frame.reject));
      }
      if (frame.envelope.first > at || frame.envelope.next() <= at) {
        return broken(at, "frames do not join");
      }
      if (chain && proto::chain_at(frame, at) != *chain) return broken(at, "the chain breaks");
      at = frame.envelope.next();
      chain = frame.envelope.chain_after;
    }
  }
}

}  // namespace

std::vector<Problem> verify_chains(LogSource& log, const GroupId& group) {
  std::vector<Problem> problems;
  for (const auto& [origin, next] : log.cursors()) {
    verify_origin(log, group, origin, next, problems);
  }
  return problems;
}

std::vector<Problem> verify_tables(const ReplaySource& source, Rng& rng) {
  std::vector<Problem> problems;
  Replay replay(source, rng);
  Catalog ours(source.sql);
  ours.reload(true);
  const auto diverged = [&](const CatalogTable& table, const std::string& what) {
    problems.push_back({ErrorCode::diverged, "table " + table.spelling + ": " + what});
  };
  for (CatalogTable* table : ours.tables()) {
    const CatalogTable* replayed = replay.catalog().find(table->name);
    if (replayed == nullptr) {
      if (table->digest != Digest{}) diverged(*table, "its log is gone");
      continue;
    }
    if (table->digest != replayed->digest) diverged(*table, "its clocks are not those of the log");
    if (table->live != replayed->live) {
      diverged(*table, "it should have " + std::to_string(replayed->live) + " rows, not " +
                           std::to_string(table->live));
    }
    if (value_digest(source.sql, *table) != value_digest(replay.sql(), *replayed)) {
      diverged(*table, first_difference(source.sql, *table, replay.sql(), *replayed));
    }
  }
  if (!same_clocks(source, replay)) {
    problems.push_back({ErrorCode::diverged, "row clocks are lost or damaged"});
  }
  return problems;
}

}  // namespace tidemark::engine
