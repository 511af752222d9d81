// The value digest: what tables and shadow hold, whatever the clocks say (docs/merge.md, "Digest").
#pragma once

#include <functional>
#include <map>

#include "engine/merge/catalog.h"
#include "engine/merge/digest.h"
#include "replica/connection.h"

namespace tidemark::engine {

/// Sum over (table, identity, column, value) of the table's rows and of its cells in the shadow.
/// Values that a column shows anyway where nothing was written are left out: a row counts alike
/// whether it is shown or parked.
/// Rows that stay local (NULL in the key) are left out. `on_row`, if given, is called with the
/// contribution of each row of table or shadow (a row may come twice: once from each).
Digest value_digest(replica::Connection& sql, const CatalogTable& table,
                    const std::function<void(ByteView identity, const Digest&)>& on_row = {});

}  // namespace tidemark::engine
