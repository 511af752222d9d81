// Bytes of a frame: envelope, verification, decoding, sealing (FRAME.md). The only folder that
// knows them. Nothing here throws on foreign bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "oplog/frame.h"

namespace tidemark::proto {

/// Why a frame is refused, in the order of the checks. `none` is acceptance.
enum class FrameReject : std::uint8_t {
  none,
  too_short,  ///< fewer bytes than header and stored length say
  too_long,   ///< bytes follow the frame where it must stand alone
  bad_magic,  ///< not a frame of any version
  bad_crc,
  newer_version,  ///< major, or version of the genesis record, above ours
  unknown_flag,   ///< an incompatible flag that no version known to us has
  encrypted,      ///< known flags that this version can't honour, each by its name
  signed_frame,
  control,
  rewritten,
  scrubbed,
  unknown_codec,
  bad_reserved,  ///< reserved bytes are not zero
  bad_length,    ///< a length or count above its cap, or zero
  bad_index,     ///< first + count passes 2^48
  other_group,
  other_origin,    ///< not the origin that was asked for
  unknown_origin,  ///< begins a log, but not with the genesis entry that its origin hashes to
  bad_payload_hash,
  bad_codec_data,  ///< does not decompress to exactly the raw length
  bad_body,        ///< the body is not as FRAME.md says, or bytes are left over
  bad_entry,       ///< an entry's kind, hlc order or size is illegal, or not as the header says
  chain_before,    ///< begins a log, but not with the chain of its origin
  chain_after,     ///< the entries do not give the chain that the header claims
};

/// The enumerator's name: for status, logs and test names.
const char* to_text(FrameReject reject);

/// Whether a version after this one can read the frame (it waits), rather than it being damaged:
/// newer_version, unknown_flag, unknown_codec, and each flag that this version can't honour.
bool is_newer(FrameReject reject);

/// The fields of a header.
struct Envelope {
  GroupId group;
  PeerId origin;
  EntryIndex first{};
  std::uint32_t count{};
  std::uint32_t raw_length{};
  std::uint32_t stored_length{};
  std::uint16_t incompatible{};
  std::uint16_t info{};
  std::uint8_t codec{};
  Hlc hlc_max;
  Hash chain_before{};
  Hash chain_after{};
  Hash payload_hash{};

  EntryIndex next() const { return advanced(first, count); }
  /// Header, signature if it has one, stored payload: how far the next frame is. Of a frame that
  /// waits (is_newer) it is to be believed only as far as the caller's bytes reach.
  std::size_t frame_bytes() const;
};

/// Magic, CRC, major, flags, codec, reserved bytes and caps of the header at the front of `bytes`,
/// which may hold more, or the header alone. Cheap; allocates nothing. `out` has every field unless
/// the result is too_short, bad_magic or bad_crc; of newer_version they are guesses.
FrameReject parse_envelope(ByteView bytes, Envelope& out);

/// One entry of an opened frame. `payload` borrows from the OpenedFrame.
struct EntryView {
  Hlc hlc;
  EntryKind kind{};
  bool commit{};
  ByteView payload;
};

/// Consecutive entries whose salts lie together in the body.
struct SaltRun {
  std::uint32_t begin{};  ///< position of its first entry in the frame
  std::uint32_t entries{};
  std::uint32_t offset{};  ///< in the body: of the seed, or of the first salt
  bool seeded{};           ///< one seed for all, or a salt each
};

/// A decoded frame: owns the decompressed bytes that its views look into. Movable, not copyable.
struct OpenedFrame {
  OpenedFrame() = default;
  OpenedFrame(OpenedFrame&&) = default;
  OpenedFrame& operator=(OpenedFrame&&) = default;
  OpenedFrame(const OpenedFrame&) = delete;
  OpenedFrame& operator=(const OpenedFrame&) = delete;

  FrameReject reject{};
  Envelope envelope;
  std::vector<EntryView> entries;  ///< empty unless accepted
  std::vector<SaltRun> salt_runs;  ///< ascending, covering all entries
  Bytes body;

  EntryIndex index_of(std::size_t position) const { return advanced(envelope.first, position); }
  /// The salt of one entry: costs a hash where its run has a seed. Requires: position < size.
  Salt salt(std::size_t position) const;
  /// An owning copy of one entry, with its salt. Requires: position < size.
  IndexedEntry entry(std::size_t position) const;
};

/// Full check of a frame that stands alone in `bytes`: envelope, group, payload hash,
/// decompression, body, then the chain from header to header. Does not know the log: the caller
/// compares `envelope.chain_before` (or `chain_at`) with its own chain. A frame with first = 0 must
/// begin with the genesis entry that hashes to its origin, and with that origin's first chain.
OpenedFrame open(const GroupId& group, ByteView bytes);

/// Decodes a frame that was verified before it was stored: no hash is computed again, header and
/// body are still fully bounds-checked. For reading back from our own database.
OpenedFrame decode_trusted(ByteView bytes);

/// The chain at `index` of an accepted frame: recomputed from its header.
/// Requires: first <= index <= next.
Hash chain_at(const OpenedFrame& frame, EntryIndex index);

/// Replaces the group in the header of a plain frame and repairs the CRC (joining another group).
/// The frame must be one that parse_envelope accepts: anything else aborts.
void rewrite_group(Bytes& frame, const GroupId& group);

/// What the columns of a body say of one entry.
struct EntryHead {
  Hlc hlc;
  EntryKind kind{};
  bool commit{};
  std::uint32_t length{};
};

/// Seals entries of a plain group into frames that continue a log's tail. Streams: at most one
/// frame's entries are held. Thread: one at a time.
class FrameBuilder {
 public:
  struct Options {
    GroupId group;
    PeerId origin;
    std::uint32_t entries_max = 1024;        ///< per frame; at most kFrameEntriesMax
    std::size_t raw_bytes_max = 256 * 1024;  ///< soft: a larger entry gets a frame of its own
    int zstd_level = 3;                      ///< 0 = stored raw
  };

  /// Continues `tail` (of an empty log: {0, chain_start(origin), 0}).
  FrameBuilder(const Options& options, const LogTail& tail);

  /// Adds one entry. `commit` = it ends a transaction. Returns its index.
  /// Requires: hlc rises strictly and is below kHlcEnd, payload <= kPayloadBytesMax, and what is
  /// held fits one frame (ask full_frame after each add, and it does).
  EntryIndex add(Hlc hlc, EntryKind kind, bool commit, ByteView payload);

  /// Marks the last added entry as the end of its transaction. Requires: it is not sealed yet
  /// (`full_frame` keeps the last entry back for this).
  void commit_last();

  /// A frame if one is full, the last entry excepted, which stays: call after each add.
  std::optional<Frame> full_frame(const Salt& seed);

  /// Seals all that is left, as one frame; none when there is nothing. `seed` makes the salts of
  /// the run: fresh random bytes for each frame.
  std::optional<Frame> finish(const Salt& seed);

  /// Position and chain after the last sealed frame.
  const LogTail& tail() const { return tail_; }
  /// The index that the next added entry gets.
  EntryIndex next() const;

 private:
  Frame seal(std::size_t count, const Salt& seed);

  Options options_;
  LogTail tail_;
  std::vector<EntryHead> pending_;
  Bytes payloads_;
  Bytes body_;          ///< scratch of seal
  Hlc last_hlc_;        ///< of the last added entry
  bool begins_ = true;  ///< the next sealed entry begins a transaction
};

/// Wraps consecutive entries that bring their salts (salt form 1) into one frame that continues
/// `tail`: equal chain by any path. None if there are none, if they don't begin at the tail's next
/// index, if a payload or the frame is above a cap, or an entry is expunged (plain frames can't
/// hold one). Whether the entries are legal is for `open` to say.
std::optional<Frame> wrap(const GroupId& group, const PeerId& origin, const LogTail& tail,
                          std::span<const IndexedEntry> entries);

}  // namespace tidemark::proto
