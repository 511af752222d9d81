#include "engine/merge/entry_reader.h"

#include <algorithm>

#include "engine/merge/identity.h"
#include "oplog/limits.h"

namespace tidemark::engine {
namespace {

bool ignorable(EntryKind kind) { return static_cast<std::uint8_t>(kind) >= 128; }

bool usable_key(const std::vector<proto::Cell>& key, const Declaration& declaration) {
  return key.size() == declaration.key.size() &&
         std::ranges::find(declaration.key, kNoColumn) == declaration.key.end() &&
         std::ranges::all_of(key, [](const proto::Cell& c) {
           return c.type >= proto::CellType::integer && c.type <= proto::CellType::blob;
         });
}

}  // namespace

namespace {

/// Judged by kind and record version alone.
bool known(const proto::EntryView& entry) {
  if (ignorable(entry.kind) || entry.kind == EntryKind::application) return true;
  const bool known_record = !entry.payload.empty() &&
                            std::to_integer<std::uint8_t>(entry.payload[0]) <= proto::kRecordVersion;
  switch (entry.kind) {
    case EntryKind::genesis:
    case EntryKind::schema:
    case EntryKind::row:
    case EntryKind::chunk:
    case EntryKind::context:
    case EntryKind::yield: return known_record || entry.payload.empty();
    default: return false;
  }
}

/// Counters belong to a later version.
bool counts(const proto::RowChange& change) {
  return std::ranges::any_of(change.columns, [](const auto& c) {
    return c.second.type == proto::CellType::increment;
  });
}

}  // namespace

bool EntryReader::mergeable(const proto::EntryView& entry) {
  if (!known(entry)) return false;
  proto::RowChange change;
  return entry.kind != EntryKind::row ||
         proto::decode(entry.payload, change) != proto::RecordReject::none || !counts(change);
}

EntryFate EntryReader::take(EntryIndex index, const proto::EntryView& entry) {
  if (!known(entry)) return EntryFate::waiting;
  switch (entry.kind) {
    case EntryKind::genesis: return take_genesis(entry.payload);
    case EntryKind::schema: return take_schema(index, entry.payload);
    case EntryKind::row: return take_row(index, entry);
    case EntryKind::yield: return take_yield(index, entry);
    default: return EntryFate::taken;
  }
}

EntryFate EntryReader::reject(EntryIndex index, std::string_view reason) {
  transaction_.quarantine(origin_.id, index, ErrorCode::entry_malformed, reason);
  return EntryFate::quarantined;
}

EntryFate EntryReader::judge(EntryIndex index, proto::RecordReject rejected) {
  if (rejected == proto::RecordReject::none) return EntryFate::taken;
  if (rejected == proto::RecordReject::newer) return EntryFate::waiting;
  return reject(index, "its record is malformed");
}

EntryFate EntryReader::take_genesis(ByteView payload) {
  proto::Genesis genesis;
  if (proto::decode(payload, genesis) != proto::RecordReject::none) return EntryFate::taken;
  auto name = transaction_.sql().prepare("UPDATE tidemark_origin SET name = ?2 WHERE ref = ?1");
  name.bind(1, origin_.ref).bind_text(2, genesis.device_name).run();
  return EntryFate::taken;
}

EntryFate EntryReader::take_schema(EntryIndex index, ByteView payload) {
  proto::TableDecl decl;
  const EntryFate fate = judge(index, proto::decode(payload, decl));
  if (fate == EntryFate::taken) catalog_.declare(origin_.ref, decl, payload);
  return fate;
}

EntryFate EntryReader::take_row(EntryIndex index, const proto::EntryView& entry) {
  const EntryFate fate = judge(index, proto::decode(entry.payload, change_));
  if (fate != EntryFate::taken) return fate;
  if (counts(change_)) return EntryFate::waiting;
  return add(index, entry, {change_.table, change_.lift, change_.seed}, change_.key);
}

EntryFate EntryReader::take_yield(EntryIndex index, const proto::EntryView& entry) {
  const EntryFate fate = judge(index, proto::decode(entry.payload, yield_));
  if (fate != EntryFate::taken) return fate;
  return add(index, entry, {yield_.table, yield_.lift, false}, yield_.key);
}

EntryFate EntryReader::add(EntryIndex index, const proto::EntryView& entry, const Address& address,
                           const std::vector<proto::Cell>& key) {
  const Declaration* declaration = catalog_.declaration(origin_.ref, address.table);
  if (declaration == nullptr) return reject(index, "it names a table that its log never declared");
  if (!usable_key(key, *declaration)) {
    return reject(index, "its key is not that of the declared table");
  }
  if (declaration->table->local && !declaration->placeable) {
    // One row there is not one row here: until the schemas agree, its log must wait.
    transaction_.quarantine(origin_.id, index, ErrorCode::key_changed,
                            "its device has table " + declaration->table->spelling +
                                " with another primary key: this log waits until the keys agree");
    return EntryFate::waiting;
  }
  const std::uint64_t h = address.seed ? 0 : entry.hlc.bits + address.lift;
  if (address.lift >= kStampEnd || h >= kStampEnd) return reject(index, "its stamp is out of range");
  identity_.clear();
  for (std::size_t i = 0; i < key.size(); ++i) {
    append_identity(identity_, key[i], declaration->collations[i]);
  }
  const Stamp stamp{h, origin_.id, 0, index};
  batch_.add({declaration, stamp, entry.payload, entry.kind == EntryKind::yield}, identity_);
  return EntryFate::taken;
}

}  // namespace tidemark::engine
