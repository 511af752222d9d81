#include "api/log_lines.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <tuple>

#include "engine/capture/table_shape.h"
#include "proto/frame_codec.h"

namespace tidemark::api {
namespace {

/// The shortest digits that read back as the same number.
std::string text_of(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

std::string text_of(const proto::Cell& cell) {
  switch (cell.type) {
    case proto::CellType::integer: return std::to_string(cell.integer);
    case proto::CellType::real: return text_of(cell.real);
    case proto::CellType::text: return std::string(as_text(cell.bytes));
    case proto::CellType::blob: return "(" + std::to_string(cell.bytes.size()) + " bytes)";
    default: return "NULL";
  }
}

std::string text_of(const std::vector<proto::Cell>& key) {
  std::string text;
  for (const auto& cell : key) text += (text.empty() ? "" : ", ") + text_of(cell);
  return text;
}

const char* name_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::genesis: return "genesis";
    case EntryKind::schema: return "schema";
    case EntryKind::row: return "row";
    case EntryKind::chunk: return "chunk";
    case EntryKind::expunge: return "expunge";
    case EntryKind::rehome: return "rehome";
    case EntryKind::keyring: return "keyring";
    case EntryKind::forget: return "forget";
    case EntryKind::context: return "context";
    case EntryKind::yield: return "yield";
    case EntryKind::floor: return "floor";
    case EntryKind::application: return "application";
  }
  return "unknown";
}

/// What the origins have declared, and what their devices are called.
class Names {
 public:
  explicit Names(replica::Connection& sql) {
    auto devices = sql.prepare("SELECT id, name FROM tidemark_origin");
    while (devices.step()) devices_[id(devices.blob(0))] = devices.text(1);
    auto declarations = sql.prepare(
        "SELECT o.id, d.id, d.payload FROM tidemark_decl d JOIN tidemark_origin o ON o.ref = d.origin");
    while (declarations.step()) {
      proto::TableDecl decl;
      if (proto::decode(declarations.blob(2), decl) != proto::RecordReject::none) continue;
      tables_[{id(declarations.blob(0)), static_cast<std::uint32_t>(declarations.integer(1))}] =
          std::move(decl);
    }
  }

  std::string device(const PeerId& origin) const {
    const auto found = devices_.find(origin);
    return found == devices_.end() ? std::string() : found->second;
  }
  std::string table(const PeerId& origin, std::uint32_t id) const {
    const auto found = tables_.find({origin, id});
    return found == tables_.end() ? std::string() : found->second.name;
  }
  std::string column(const PeerId& origin, std::uint32_t table, std::uint16_t id) const {
    const auto found = tables_.find({origin, table});
    if (found == tables_.end()) return {};
    for (const auto& column : found->second.columns) {
      if (column.id == id) return column.name;
    }
    return {};
  }

 private:
  static PeerId id(ByteView bytes) {
    PeerId origin;
    std::copy_n(bytes.begin(), std::min(bytes.size(), origin.bytes.size()), origin.bytes.begin());
    return origin;
  }
  std::map<PeerId, std::string> devices_;
  std::map<std::pair<PeerId, std::uint32_t>, proto::TableDecl> tables_;
};

void describe_row(const Names& names, ByteView payload, LogLine& line) {
  proto::RowChange change;
  if (proto::decode(payload, change) != proto::RecordReject::none) return;
  switch (change.operation) {
    case proto::Operation::insert: line.operation = change.seed ? "seed" : "insert"; break;
    case proto::Operation::update: line.operation = "update"; break;
    case proto::Operation::remove: line.operation = "delete"; break;
  }
  line.table = names.table(line.origin, change.table);
  line.key = text_of(change.key);
  for (const auto& [id, cell] : change.columns) {
    line.columns.push_back(names.column(line.origin, change.table, id));
  }
}

LogLine describe(const Names& names, const PeerId& origin, EntryIndex index,
                 const proto::EntryView& entry) {
  LogLine line;
  line.origin = origin;
  line.device = names.device(origin);
  line.index = index;
  line.hlc = entry.hlc;
  line.operation = name_of(entry.kind);
  if (entry.kind == EntryKind::row) describe_row(names, entry.payload, line);
  if (entry.kind == EntryKind::schema) {
    proto::TableDecl decl;
    if (proto::decode(entry.payload, decl) == proto::RecordReject::none) line.table = decl.name;
  }
  return line;
}

/// One origin's newest matching lines, newest first: frame by frame from the end.
std::vector<LogLine> newest(SqliteReplica& replica, const Names& names, const PeerId& origin,
                            const std::string& table, std::size_t limit) {
  std::vector<LogLine> lines;
  EntryIndex end = replica.cursor(origin);
  const EntryIndex floor = replica.floor(origin);
  while (end > floor && lines.size() < limit) {
    const EntryIndex last{to_number(end) - 1};
    const auto frames = replica.read_frames(origin, last, {.entries_max = 1, .bytes_max = 1});
    if (frames.empty()) break;
    const auto frame = proto::decode_trusted(frames.front().bytes);
    for (std::size_t i = frame.entries.size(); i-- > 0 && lines.size() < limit;) {
      if (frame.index_of(i) >= end) continue;
      LogLine line = describe(names, origin, frame.index_of(i), frame.entries[i]);
      if (table.empty() || engine::folded(line.table) == table) lines.push_back(std::move(line));
    }
    if (frames.front().first >= end) break;
    end = frames.front().first;
  }
  return lines;
}

}  // namespace

std::vector<LogLine> log_lines(SqliteReplica& replica, const std::string& table,
                               std::size_t limit) {
  const Names names(replica.connection());
  const std::string wanted = engine::folded(table);
  std::vector<LogLine> all;
  for (const auto& [origin, next] : replica.cursors()) {
    auto lines = newest(replica, names, origin, wanted, limit);
    std::ranges::move(lines, std::back_inserter(all));
  }
  std::ranges::sort(all, [](const LogLine& a, const LogLine& b) {
    return std::tie(b.hlc, b.origin, b.index) < std::tie(a.hlc, a.origin, a.index);
  });
  if (all.size() > limit) all.resize(limit);
  return all;
}

}  // namespace tidemark::api
