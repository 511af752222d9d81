#include "replica/sqlite_replica.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "oplog/check.h"
#include "oplog/error.h"
#include "oplog/limits.h"
#include "replica/log_broken.h"
#include "replica/schema.h"
#include "replica/sqlite_frame_store.h"
#include "replica/sqlite_log_transaction.h"

namespace tidemark {
namespace {

using proto::Cell;
using replica::Connection;
using replica::FrameTransaction;
using replica::LogTransaction;
using replica::Statement;
using replica::WriteTransaction;
namespace meta_key = replica::meta_key;

PeerId stored_self(Connection& connection) {
  const auto blob = replica::meta_blob(connection, meta_key::origin);
  PeerId self;
  if (!blob || blob->size() != self.bytes.size()) {
    throw replica::log_broken("the origin of " + connection.path());
  }
  std::ranges::copy(*blob, self.bytes.begin());
  return self;
}

std::array<std::byte, 16> random_nonce(Rng& rng) {
  std::array<std::byte, 16> nonce;
  rng.fill(nonce);
  return nonce;
}

// Commits inside its life survive a power cut.
class FullSync {
 public:
  explicit FullSync(Connection& connection) : connection_(connection) {
    connection_.set_full_sync(true);
  }
  ~FullSync() {
    try {
      connection_.set_full_sync(false);
    } catch (const Error&) {
      // It stays at FULL: slower, and as safe.
    }
  }
  FullSync(const FullSync&) = delete;
  FullSync& operator=(const FullSync&) = delete;

 private:
  Connection& connection_;
};

void require_options(const SqliteReplicaOptions& options) {
  TIDEMARK_CHECK(options.clock != nullptr && options.rng != nullptr);
}

proto::Genesis make_genesis(Rng& rng, const std::string& device_name) {
  if (device_name.size() > kNameBytesMax) {
    throw Error(ErrorCode::limit_exceeded, "the device name is longer than 1024 bytes",
                "choose a shorter name");
  }
  proto::Genesis genesis;
  genesis.nonce = random_nonce(rng);
  genesis.device_name = device_name;
  return genesis;
}

void begin_log(const replica::LogContext& context, FrameTransaction& frames,
               const proto::Genesis& genesis, Hlc clock) {
  frames.add_origin(context.self, genesis.device_name);
  context.store.set_clock(context.self, clock);
  replica::SqliteLogTransaction log(context, frames);
  log.append_local(log.next_tick(log.now_ms()), EntryKind::genesis, proto::encode(genesis));
  log.finish();
  log.save_clock();
}

}  // namespace

struct SqliteReplica::Impl {
  explicit Impl(const SqliteReplicaOptions& chosen)
      : options(chosen), connection(options.database), store(connection) {
    replica::require_schema(connection);
    self = stored_self(connection);
  }

  replica::LogContext context() { return {connection, store, *options.clock, *options.rng, self}; }

  /// A position in the history of commits, ours and others'.
  struct Mark {
    std::int64_t changes{};
    std::int64_t version{};
    bool operator==(const Mark&) const = default;
  };
  Mark mark() { return {connection.total_changes(), connection.data_version()}; }

  SqliteReplicaOptions options;
  Connection connection;
  replica::SqliteFrameStore store;
  PeerId self;
  std::optional<replica::SqliteLogTransaction> log;  ///< while a write transaction is open
  bool sealing = true;                               ///< off within transact()
  std::optional<Mark> durable;                       ///< everything up to here was synced
};

void SqliteReplica::initialise(const SqliteReplicaOptions& options,
                               const std::string& device_name) {
  require_options(options);
  const proto::Genesis genesis = make_genesis(*options.rng, device_name);
  Connection connection(options.database);
  // Text that is no valid UTF-16 would not come back as it was.
  if (connection.text("PRAGMA encoding") != "UTF-8") {
    throw Error(ErrorCode::encoding_unsupported, connection.path() + " is not encoded in UTF-8",
                "copy its contents into a new database: sqlite3 old.db .dump | sqlite3 new.db");
  }
  replica::SqliteFrameStore store(connection);
  const FullSync durable(connection);
  const auto transaction = store.begin();
  if (replica::schema_version(connection) != 0) {
    throw Error(ErrorCode::already_initialised,
                connection.path() + " is a tidemark database already", "nothing is left to do");
  }
  replica::migrate(connection);
  proto::GroupSpec group;
  group.nonce = random_nonce(*options.rng);
  group.created_ms =
      static_cast<std::uint64_t>(std::max<std::int64_t>(options.clock->unix_ms(), 0));
  const PeerId self = derive_origin(genesis.key, genesis.nonce);
  replica::set_meta(connection, meta_key::group, Cell::of_blob(proto::encode(group)));
  replica::set_meta(connection, meta_key::origin, Cell::of_blob(self.bytes));
  begin_log({connection, store, *options.clock, *options.rng, self}, *transaction, genesis, Hlc{});
  transaction->commit();
}

void SqliteReplica::begin_new_origin(const SqliteReplicaOptions& options,
                                     const std::string& reason) {
  require_options(options);
  Connection connection(options.database);
  replica::require_schema(connection);
  replica::SqliteFrameStore store(connection);
  const FullSync durable(connection);
  const auto transaction = store.begin();
  const PeerId old = stored_self(connection);
  const auto tail = transaction->tail(old);
  if (!tail) throw replica::log_broken("the own log");
  proto::Genesis genesis = make_genesis(*options.rng, store.name(old));
  genesis.predecessor = proto::Genesis::Predecessor{old, tail->log.next, tail->log.chain};
  genesis.reason = reason;
  const PeerId self = derive_origin(genesis.key, genesis.nonce);
  replica::set_meta(connection, meta_key::origin, Cell::of_blob(self.bytes));
  // What the old origin told, declared and published is its own history.
  connection.execute(
      "UPDATE tidemark_origin SET told = 0, state = 0; UPDATE tidemark_table SET decl = NULL; "
      "DELETE FROM tidemark_peer; DELETE FROM tidemark_segment");
  // The device's clock goes on: what it says next must not be older than what it said before.
  begin_log({connection, store, *options.clock, *options.rng, self}, *transaction, genesis,
            tail->last_hlc);
  transaction->commit();
}

std::unique_ptr<SqliteReplica> SqliteReplica::open(const SqliteReplicaOptions& options) {
  require_options(options);
  return std::unique_ptr<SqliteReplica>(new SqliteReplica(std::make_unique<Impl>(options)));
}

SqliteReplica::SqliteReplica(std::unique_ptr<Impl> impl)
    : StoredReplica(impl->store, *impl->options.clock, impl->self), impl_(std::move(impl)) {}

SqliteReplica::~SqliteReplica() {
  // What the projection prepared on our connection must go before it.
  if (impl_->options.projection != nullptr) impl_->options.projection->rolled_back();
}

PeerId SqliteReplica::self() const {
  return impl_->self;
}

std::string SqliteReplica::device_name() {
  return impl_->store.name(impl_->self);
}

Connection& SqliteReplica::connection() {
  return impl_->connection;
}

std::vector<replica::OriginState> SqliteReplica::origins() {
  return impl_->store.origins();
}

PeerCursors SqliteReplica::applied_cursors() {
  PeerCursors applied;
  for (const auto& origin : origins()) applied.advance(origin.id, origin.applied);
  return applied;
}

OwnLog SqliteReplica::own_log() {
  const auto& origins = state().origins;
  const auto own = origins.find(impl_->self);
  const bool closed = own != origins.end() && own->second.closed;
  return closed ? OwnLog::rolled_back : OwnLog::sound;
}

// Invariant seal-before-apply: what the user wrote before this transaction gets its stamps before
// anything that he has not seen is stored.
void SqliteReplica::before_store(FrameTransaction& transaction) {
  TIDEMARK_CHECK(!impl_->log);
  impl_->log.emplace(impl_->context(), transaction);
  if (impl_->options.projection == nullptr || !impl_->sealing) return;
  impl_->options.projection->seal(*impl_->log);
  impl_->log->finish();
}

void SqliteReplica::stored(FrameTransaction&, const PeerId& origin, Hlc hlc_max) {
  impl_->log->observe(origin, hlc_max);
}

void SqliteReplica::after_store(FrameTransaction&) {
  if (impl_->options.projection != nullptr) impl_->options.projection->project(*impl_->log);
  impl_->log->finish();
  impl_->log->save_clock();
  impl_->log.reset();
}

void SqliteReplica::rolled_back() noexcept {
  impl_->log.reset();
  if (impl_->options.projection != nullptr) impl_->options.projection->rolled_back();
}

EntryIndex SqliteReplica::append(std::span<const NewEntry> transaction) {
  if (transaction.empty()) {
    throw Error(ErrorCode::invalid_argument, "a transaction without entries",
                "append at least one");
  }
  const bool fits = std::ranges::all_of(
      transaction, [](const NewEntry& e) { return e.payload.size() <= kPayloadBytesMax; });
  if (!fits) {
    throw Error(ErrorCode::limit_exceeded, "an entry is larger than 320 KiB",
                "split it over several entries");
  }
  std::optional<EntryIndex> first;
  write([&](FrameTransaction&) {
    replica::SqliteLogTransaction& log = *impl_->log;
    for (const NewEntry& entry : transaction) {
      const LogTransaction::Tick tick = log.next_tick(entry.captured_ms);
      log.append_local(tick, entry.kind, entry.payload);
      if (!first) first = tick.index;
    }
    log.finish();
  });
  return *first;
}

bool SqliteReplica::settle() {
  const std::int64_t changes = impl_->connection.total_changes();
  const std::int64_t schema = impl_->connection.schema_version();
  write([](FrameTransaction&) {});
  return impl_->connection.total_changes() != changes ||
         impl_->connection.schema_version() != schema;
}

void SqliteReplica::transact(const std::function<void(LogTransaction&)>& work) {
  struct Unsealed {
    explicit Unsealed(bool& flag) : sealing(flag) { sealing = false; }
    ~Unsealed() { sealing = true; }
    bool& sealing;
  } const unsealed(impl_->sealing);
  write([&](FrameTransaction&) {
    work(*impl_->log);
    impl_->log->finish();
  });
}

void SqliteReplica::make_durable() {
  if (impl_->durable == impl_->mark()) return;
  Connection& connection = impl_->connection;
  {
    // Syncing a commit syncs the WAL, and with it every commit before, whoever made it.
    const FullSync full(connection);
    WriteTransaction transaction(connection);
    const auto count = replica::meta_integer(connection, meta_key::durable).value_or(0);
    replica::set_meta(connection, meta_key::durable, Cell::of_integer(count + 1));
    transaction.commit();
  }
  impl_->durable = impl_->mark();
}

proto::GroupSpec SqliteReplica::group_spec() {
  return impl_->store.group_spec();
}

void SqliteReplica::adopt_group(const proto::GroupSpec& spec) {
  Connection& connection = impl_->connection;
  WriteTransaction transaction(connection);
  const proto::GroupSpec current = group_spec();
  if (current == spec) return;
  if (!spec.plain() || !current.plain()) {
    throw Error(ErrorCode::invalid_argument,
                "only groups without signatures and encryption can be joined this way",
                "update tidemark on this device");
  }
  const GroupId group = proto::group_id(spec);
  Statement next = connection.prepare(
      "SELECT rowid, bytes FROM tidemark_frame WHERE rowid > ?1 ORDER BY rowid LIMIT 1");
  Statement put = connection.prepare("UPDATE tidemark_frame SET bytes = ?2 WHERE rowid = ?1");
  std::int64_t row = -1;
  while (next.bind(1, row).step()) {
    row = next.integer(0);
    const ByteView stored = next.blob(1);
    Bytes frame(stored.begin(), stored.end());
    next.reset();
    proto::Envelope envelope;
    if (proto::parse_envelope(frame, envelope) != proto::FrameReject::none) {
      throw replica::log_broken("a stored frame");
    }
    proto::rewrite_group(frame, group);
    put.bind(1, row).bind_blob(2, frame).run();
  }
  replica::set_meta(connection, meta_key::group, Cell::of_blob(proto::encode(spec)));
  transaction.commit();
  refresh();
}

}  // namespace tidemark
