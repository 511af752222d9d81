#include "proto/zstd_codec.h"

#include <memory>
#include <new>

#include <zstd.h>

#include "proto/leb.h"

namespace tidemark::proto {
namespace {

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

template <typename Context, Context* (*create)()>
Context* context_of_thread() {
  thread_local const std::unique_ptr<Context, FreeContext> context(create());
  if (context == nullptr) throw std::bad_alloc();
  return context.get();
}

// Magic and descriptor of the one header that we accept: not skippable, no reserved bit, no
// dictionary id (not even one that says zero).
bool plain_header(ByteView stored) {
  constexpr std::uint8_t kDictionaryOrReserved = 0x0B;
  return stored.size() > 5 && get_number<std::uint32_t>(stored.data()) == ZSTD_MAGICNUMBER &&
         (std::to_integer<std::uint8_t>(stored[4]) & kDictionaryOrReserved) == 0;
}

}  // namespace

bool compress(ByteView raw, int level, Bytes& out) {
  if (raw.empty()) return false;
  // Too little room for anything that is not smaller: zstd gives up early.
  out.resize(raw.size() - 1);
  const std::size_t size = ZSTD_compressCCtx(context_of_thread<ZSTD_CCtx, ZSTD_createCCtx>(),
                                             out.data(), out.size(), raw.data(), raw.size(), level);
  if (ZSTD_isError(size) != 0) return false;
  out.resize(size);
  return true;
}

bool decompress(ByteView stored, std::size_t raw_length, Bytes& out) {
  if (!plain_header(stored)) return false;
  if (ZSTD_findFrameCompressedSize(stored.data(), stored.size()) != stored.size()) return false;
  if (ZSTD_getFrameContentSize(stored.data(), stored.size()) != raw_length) return false;
  out.resize(raw_length);
  const std::size_t size =
      ZSTD_decompressDCtx(context_of_thread<ZSTD_DCtx, ZSTD_createDCtx>(), out.data(), out.size(),
                          stored.data(), stored.size());
  return ZSTD_isError(size) == 0 && size == raw_length;
}

}  // namespace tidemark::proto
